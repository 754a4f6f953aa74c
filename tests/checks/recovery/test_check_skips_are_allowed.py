"""What is skipped must be what the rollback itself could not take back."""

from checks.recovery import check_skips_are_allowed as module
from tests.builders import known, snapshot, stuck, unknown
from tests.checks.says import says
from upgrade.catalogue import Outcome

CHECK = module.check_skips_are_allowed
BEFORE = snapshot(
    stuck=known((stuck("DataVolume"), stuck("Child.Queue"), stuck("Group", "Resource update cancelled", skip=False)))
)


def test_what_the_rollback_could_not_take_back_passes() -> None:
    assert says(CHECK, before=BEFORE, skips=("DataVolume", "Child.Queue"))[0] is Outcome.PASS


def test_anything_else_fails_and_names_what_may_be() -> None:
    outcome, findings = says(CHECK, before=BEFORE, skips=("Group", "DataVolume", "Queue"))
    assert outcome is Outcome.FAIL
    assert [each.found for each in findings] == [
        "Group is in UPDATE_FAILED, but only because of another one: Resource update cancelled",
        "Queue was not left in UPDATE_FAILED by the rollback",
    ]
    assert {each.remedy for each in findings} == {"what may be skipped: DataVolume, Child.Queue"}


def test_without_a_skip_it_does_not_apply_and_without_facts_it_cannot_tell() -> None:
    assert says(CHECK, before=BEFORE, skips=())[0] is Outcome.NOT_APPLICABLE
    assert says(CHECK, before=snapshot(stuck=unknown()), skips=("DataVolume",))[0] is Outcome.ERROR
