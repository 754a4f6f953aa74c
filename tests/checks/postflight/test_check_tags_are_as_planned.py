"""Tags that were there, tags that were added, tags that others have set meanwhile."""

import pytest

from checks.postflight import check_tags_are_as_planned as module
from tests.builders import entry, known, snapshot, stack, unknown
from tests.checks.says import says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_tags_are_as_planned


def tagged(**tags: str) -> Snapshot:
    return snapshot(stack=known(stack(tags=tags)))


def judged(before: Snapshot, after: Snapshot, **added: str) -> tuple[Outcome, tuple[Finding, ...]]:
    return says(CHECK, before=before, after=after, entry=entry(tags=added))


@pytest.mark.parametrize(
    ("before", "after", "added"),
    [
        ({}, {}, {}),
        ({"owner": "a"}, {"owner": "a"}, {}),
        ({"owner": "a"}, {"owner": "a", "team": "b"}, {"team": "b"}),
        ({"owner": "a"}, {"owner": "c"}, {"owner": "c"}),
        ({"owner": "a", "aws:cloudformation:x": "1"}, {"owner": "a"}, {}),
        ({"owner": "a"}, {"owner": "a", "aws:servicecatalog:y": "2"}, {}),
        ({"api-token": "****"}, {"api-token": "hush"}, {}),
    ],
    ids=["none", "kept", "added", "changed by the configuration", "AWS's own gone", "AWS's own come", "secret"],
)
def test_what_was_there_and_what_was_added_passes(
    before: dict[str, str], after: dict[str, str], added: dict[str, str]
) -> None:
    assert judged(tagged(**before), tagged(**after), **added)[0] is Outcome.PASS


@pytest.mark.parametrize(
    ("after", "found", "expected"),
    [({}, "tag owner is absent", "'a'"), ({"owner": "b"}, "tag owner is 'b'", "'a'"), ({"owner": ""}, "is ''", "'a'")],
    ids=["lost", "changed", "emptied"],
)
def test_a_lost_or_changed_tag_fails(after: dict[str, str], found: str, expected: str) -> None:
    outcome, findings = judged(tagged(owner="a"), tagged(**after))

    assert outcome is Outcome.FAIL
    assert found in findings[0].found
    assert findings[0].property == "owner"
    assert findings[0].expected.startswith(expected)


@pytest.mark.parametrize("after", [{"owner": "a"}, {"owner": "a", "team": "x"}], ids=["not set", "another value"])
def test_a_tag_that_was_to_be_added_fails(after: dict[str, str]) -> None:
    outcome, findings = judged(tagged(owner="a"), tagged(**after), team="b")

    assert (outcome, [finding.property for finding in findings]) == (Outcome.FAIL, ["team"])


def test_a_tag_that_others_have_added_is_told() -> None:
    outcome, findings = judged(tagged(owner="a"), tagged(owner="a", cost="x"))

    assert outcome is Outcome.WARN
    assert (findings[0].found, findings[0].expected) == ("tag cost is 'x'", "no such tag")


@pytest.mark.parametrize(
    ("before", "after"),
    [(snapshot(stack=unknown()), snapshot()), (snapshot(), snapshot(stack=unknown()))],
    ids=["before", "after"],
)
def test_what_cannot_be_read_cannot_tell(before: Snapshot, after: Snapshot) -> None:
    assert judged(before, after)[0] is Outcome.ERROR
