"""What a rollback has left, of the root and of what is nested in it, under the names that CloudFormation wants."""

from typing import Any

import pytest

from tests.builders import ARN, event, stack
from upgrade.facts.nested import NESTED
from upgrade.facts.stack import Event
from upgrade.facts.stuck import BACK, STUCK, left_by, stuck

CHILD = f"{ARN}-child"


def newest_first(*told: tuple[str, str]) -> list[Event]:
    return [event(name, status, event_id=str(number)) for number, (name, status) in enumerate(told)]


def test_only_what_the_newest_rollback_has_left_counts() -> None:
    events = newest_first(
        ("codeocean", STUCK),
        ("DataVolume", "UPDATE_FAILED"),
        ("TargetGroupWeb", "UPDATE_COMPLETE"),
        ("TargetGroupWeb", "UPDATE_FAILED"),
        ("DataVolume", "UPDATE_IN_PROGRESS"),
        ("codeocean", BACK),
        ("ServicesAutoScalingGroup", "UPDATE_FAILED"),
    )
    assert [each.logical_id for each in left_by(events)] == ["DataVolume"]


@pytest.mark.parametrize(
    ("failed", "may"),
    [
        ({"reason": "it is busy"}, True),
        ({"reason": "Resource update cancelled"}, False),
        ({"type": NESTED, "physical_id": CHILD}, False),
    ],
    ids=str,
)
def test_what_was_only_given_up_may_not_be_skipped(failed: dict[str, Any], *, may: bool) -> None:
    nested = {CHILD: stack(arn=CHILD, name="codeocean-Child-1X", status=STUCK)}
    (found,) = stuck(stack(), {CHILD: "Child"}, nested, {ARN: [event("DataVolume", "UPDATE_FAILED", **failed)]})
    assert found.may_be_skipped is may


def test_a_nested_stack_may_be_skipped_once_it_is_being_deleted() -> None:
    nested = {CHILD: stack(arn=CHILD, name="codeocean-Child-1X", status="DELETE_FAILED")}
    events = [event("Child", "UPDATE_FAILED", type=NESTED, physical_id=CHILD)]
    (found,) = stuck(stack(), {CHILD: "Child"}, nested, {ARN: events})
    assert found.may_be_skipped


def test_what_is_nested_goes_by_the_name_of_its_stack() -> None:
    nested = {CHILD: stack(arn=CHILD, name="codeocean-Child-1X", status=STUCK)}
    left = {CHILD: [event("DataVolume", "UPDATE_FAILED", stack_arn=CHILD)]}
    (found,) = stuck(stack(), {CHILD: "Child"}, nested, left)
    assert (found.name, found.logical_id) == ("codeocean-Child-1X.DataVolume", "Child.DataVolume")
