"""A change set may add tags and change those that were asked for, but lose none."""

from collections.abc import Mapping

import pytest

from checks.preflight import check_tags_are_kept as module
from tests.builders import entry, known, plan, snapshot, stack, unknown
from tests.checks.says import says
from upgrade.catalogue import Finding, Outcome

CHECK = module.check_tags_are_kept


def judged(
    present: Mapping[str, str], planned: Mapping[str, str], asked: Mapping[str, str] | None = None, **changes: str
) -> tuple[Outcome, tuple[Finding, ...]]:
    return says(
        CHECK,
        before=snapshot(stack=known(stack(tags=present))),
        plan=known(plan(tags=planned, **changes)),
        entry=entry(tags=asked or {}),
    )


@pytest.mark.parametrize(
    ("present", "planned", "asked"),
    [
        ({"owner": "platform"}, {"owner": "platform"}, {}),
        ({"owner": "platform"}, {"owner": "platform", "team": "x"}, {"team": "x"}),
        ({"owner": "platform"}, {"owner": "science"}, {"owner": "science"}),
        ({"owner": "platform", "map-migrated": "auto"}, {"owner": "platform", "map-migrated": "auto"}, {}),
        ({"owner": "platform", "aws:servicecatalog:x": "y"}, {"owner": "platform"}, {}),
        ({"owner": "platform"}, {}, {}),  # none are sent, so all are kept
    ],
)
def test_kept_tags_pass(present: dict[str, str], planned: dict[str, str], asked: dict[str, str]) -> None:
    assert judged(present, planned, asked)[0] is Outcome.PASS


@pytest.mark.parametrize(
    ("planned", "asked", "found"),
    [
        ({"team": "x"}, {"team": "x"}, "the change set leaves out tag owner"),
        ({"owner": "science"}, {}, "the change set sets 'science' as the value of tag owner"),
        ({}, {"team": "x"}, "the change set leaves out tag owner"),
    ],
)
def test_a_lost_or_changed_tag_fails(planned: dict[str, str], asked: dict[str, str], found: str) -> None:
    outcome, (finding,) = judged({"owner": "platform"}, planned, asked)

    assert (outcome, finding.found, finding.expected) == (Outcome.FAIL, found, "tag owner = 'platform'")


def test_a_stack_without_tags_has_none_to_lose() -> None:
    assert judged({"aws:x": "y"}, {})[0] is Outcome.NOT_APPLICABLE


def test_where_there_is_no_change_set_nothing_is_judged() -> None:
    assert judged({"owner": "platform"}, {}, {"a": "b"}, status="FAILED")[0] is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("fact", ["plan", "stack"])
def test_what_cannot_be_read_cannot_tell(fact: str) -> None:
    before = snapshot(stack=unknown()) if fact == "stack" else snapshot()
    made = unknown() if fact == "plan" else known(plan())
    assert says(CHECK, before=before, plan=made, entry=entry())[0] is Outcome.ERROR
