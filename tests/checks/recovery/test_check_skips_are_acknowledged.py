"""Each skip is stated by name, and nothing else counts."""

from checks.recovery import check_skips_are_acknowledged as module
from tests.builders import NOW, review
from tests.checks.says import says
from upgrade.catalogue import Outcome
from upgrade.facts.review import Acknowledgement, Review

CHECK = module.check_skips_are_acknowledged


def stated(*ids: str) -> Review:
    return review(*(Acknowledgement(id_, "me", NOW, "", "") for id_ in ids))


def test_each_is_shown_with_what_it_means() -> None:
    outcome, (finding,) = says(CHECK, review=stated("skip:DataVolume"), skips=("DataVolume",))
    assert outcome is Outcome.WARN
    assert "CloudFormation marks it UPDATE_COMPLETE and leaves it as it is" in finding.found


def test_one_that_nobody_stated_fails() -> None:
    outcome, findings = says(CHECK, review=stated("skip:DataVolume", "Queue"), skips=("DataVolume", "Queue"))
    assert outcome is Outcome.FAIL
    assert [each.logical_id for each in findings if each.blocking] == ["Queue"]


def test_without_a_skip_it_does_not_apply() -> None:
    assert says(CHECK, review=stated("skip:DataVolume"), skips=())[0] is Outcome.NOT_APPLICABLE
