"""What a rollback could not take back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from upgrade.facts.stack import Event, Stack

STUCK = "UPDATE_ROLLBACK_FAILED"
"""A stack whose rollback has failed; only its continuation leads out."""

BACK = "UPDATE_ROLLBACK_IN_PROGRESS"
"""A stack at the beginning of its rollback, and of each continuation of it."""

CANCELLED = "Resource update cancelled"
"""How the reason of a resource begins that was given up because another one failed."""


@dataclass(frozen=True, slots=True)
class Stuck:
    """A resource that the last rollback has left in UPDATE_FAILED."""

    name: str
    """As ContinueUpdateRollback wants it: the logical id, in a nested stack `NestedStackName.LogicalId` with that stack's
    own name."""
    logical_id: str
    """`Parent.Child` in a nested stack, as among the stack's resources."""
    physical_id: str
    type: str
    reason: str
    """Untrusted text."""
    may_be_skipped: bool
    """Whether it failed itself: not what was only given up because of another one, nor a nested stack around it.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html"""


def left_by(newest_first: Iterable[Event]) -> tuple[Event, ...]:
    """With what each resource ended that the newest rollback of one stack, or its continuation, has left in UPDATE_FAILED."""
    last: dict[str, Event] = {}
    for event in newest_first:
        if event.physical_id == event.stack_arn:
            if event.status == BACK:
                break
        else:
            last.setdefault(event.logical_id, event)
    return tuple(event for event in reversed(last.values()) if event.status == "UPDATE_FAILED")


def stuck(
    root: Stack, paths: Mapping[str, str], nested: Mapping[str, Stack], left: Mapping[str, Sequence[Event]]
) -> tuple[Stuck, ...]:
    """All that is stuck in a tree of stacks.

    Args:
        root: its root.
        paths: logical id of each nested stack, `Parent.Child`, by its ARN.
        nested: the nested stacks by ARN.
        left: what the rollback has left of each stack that is stuck, by ARN.
    """
    found = []
    for arn, events in left.items():
        path = f"{paths[arn]}." if arn != root.arn else ""
        prefix = f"{nested[arn].name}." if arn != root.arn else ""
        for event in events:
            inner = nested.get(event.physical_id)
            itself = inner is None or inner.status.startswith("DELETE_")
            found.append(
                Stuck(
                    name=prefix + event.logical_id,
                    logical_id=path + event.logical_id,
                    physical_id=event.physical_id,
                    type=event.type,
                    reason=event.reason,
                    may_be_skipped=itself and not event.reason.startswith(CANCELLED),
                )
            )
    return tuple(found)
