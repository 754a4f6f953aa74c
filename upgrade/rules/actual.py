"""From the events of an operation to what happened to each resource, and whether that was the plan. Pure.

How events tell it: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-monitor-stack.html
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from upgrade.facts.actual import ActualChange, Agreement, Compared, Happened, Kind, Rollback, Step
from upgrade.facts.changes import ChangeDetail, ResourceChange
from upgrade.facts.operation import Ending
from upgrade.facts.stack import Event
from upgrade.template.schema import schema

_ROLLING_BACK = ("UPDATE_ROLLBACK_", "ROLLBACK_")
_ENDS = {
    "CREATE_COMPLETE": Happened.CREATED,
    "IMPORT_COMPLETE": Happened.IMPORTED,
    "UPDATE_COMPLETE": Happened.UPDATED,
    "DELETE_COMPLETE": Happened.DELETED,
    "DELETE_SKIPPED": Happened.RETAINED,
}
_EXPECTED = {
    Kind.REPLACED: {Happened.REPLACED},
    Kind.MAY_BE_REPLACED: {Happened.REPLACED, Happened.UPDATED},
    Kind.REMOVED: {Happened.DELETED, Happened.RETAINED, Happened.FAILED},  # out of the stack, though left behind
    Kind.ADDED: {Happened.CREATED},
    Kind.IMPORTED: {Happened.IMPORTED},
    Kind.MODIFIED: {Happened.UPDATED},
    Kind.DYNAMIC: {Happened.UPDATED, Happened.UNTOUCHED},
}
STACK = "AWS::CloudFormation::Stack"
NESTED = "."
"""Between a nested stack and a resource of it; no logical id holds one."""

_TOUCHES_RESOURCE = frozenset({"Properties", "Tags"})
"""A change of anything else (Metadata, DeletionPolicy …) need not touch the resource."""


def actual_changes(events: Iterable[Event], physical_before: Mapping[str, str]) -> tuple[ActualChange, ...]:
    """What happened to each resource, in the order it began.

    Args:
        events: of one operation, oldest first; those of nested stacks may be among them.
        physical_before: physical id by logical id, `Parent.Child` in nested stacks, before the update; may be empty.
    """
    events = tuple(events)
    prefix = prefixes(events)
    forward: defaultdict[tuple[str, str], list[Event]] = defaultdict(list)
    backward: defaultdict[tuple[str, str], list[Event]] = defaultdict(list)
    rolling_back: set[str] = set()
    for event in events:
        key = event.stack_arn, event.logical_id
        if is_own(event):
            if event.status.startswith(_ROLLING_BACK):
                rolling_back.add(event.stack_arn)
        elif event.stack_arn in rolling_back:
            backward[key].append(event)
        else:
            forward[key].append(event)
    keys = dict.fromkeys([*forward, *backward])
    return tuple(_actual(forward[key], backward[key], physical_before.get(prefix[key[0]] + key[1], "")) for key in keys)


def prefixes(events: Iterable[Event]) -> dict[str, str]:
    """By stack ARN what stands before the logical ids of its resources: nothing for the root, `Parent.` if it is nested."""
    events = tuple(events)
    rows = {event.physical_id: event for event in events if event.type == STACK and not is_own(event)}

    def prefix(arn: str) -> str:
        return f"{prefix(rows[arn].stack_arn)}{rows[arn].logical_id}{NESTED}" if arn in rows else ""

    return {arn: prefix(arn) for arn in dict.fromkeys(event.stack_arn for event in events)}


def is_own(event: Event) -> bool:
    """Whether an event is about the stack itself, not about a resource in it."""
    return event.physical_id == event.stack_arn


def compare(
    planned: Iterable[ResourceChange], actual: Iterable[ActualChange], stack_arn: str, ending: Ending
) -> tuple[Compared, ...]:
    """Plan against reality, resource by resource: the planned ones in their order, then those nobody planned."""
    happened = {change.logical_id: change for change in actual if change.stack_arn == stack_arn}
    rows = [_compared(plan, happened.pop(plan.logical_id, None), ending) for plan in planned]
    rows += [_unplanned(change) for change in happened.values()]
    return tuple(rows)


def _actual(forward: list[Event], backward: list[Event], physical_before: str) -> ActualChange:
    events = forward + backward
    first = events[0]
    work = [event for event in forward if not event.status.startswith("DELETE_")] or forward or backward
    return ActualChange(
        stack_arn=first.stack_arn,
        logical_id=first.logical_id,
        type=first.type,
        physical_ids=tuple(dict.fromkeys(filter(None, [physical_before, *(event.physical_id for event in events)]))),
        happened=_happened(forward, physical_before),
        rollback=_rollback(backward),
        started=first.at,
        finished=events[-1].at,
        seconds=round((work[-1].at - work[0].at).total_seconds(), 3),
        steps=tuple(
            Step(status=event.status, physical_id=event.physical_id, reason=event.reason, at=event.at)
            for event in events
        ),
    )


def _happened(events: list[Event], physical_before: str) -> Happened:
    if not events:
        return Happened.UNTOUCHED
    failed = [event for event in events if event.status.endswith("_FAILED")]
    ended = [event for event in events if event.status in _ENDS]
    if failed and not ended:
        cancelled = failed[0].reason.startswith("Resource ") and failed[0].reason.endswith(" cancelled")
        return Happened.CANCELLED if cancelled else Happened.FAILED
    if not ended:
        return Happened.UNFINISHED
    happened = _ENDS[ended[0].status]
    before = physical_before or events[0].physical_id
    if happened is Happened.UPDATED and ended[0].physical_id != before:
        return Happened.REPLACED
    return happened


def _rollback(events: list[Event]) -> Rollback:
    if not events:
        return Rollback.NONE
    last = events[-1].status
    if last.endswith("_FAILED"):
        return Rollback.FAILED
    return Rollback.RESTORED if last in _ENDS else Rollback.UNFINISHED


def _compared(plan: ResourceChange, actual: ActualChange | None, ending: Ending) -> Compared:
    happened = actual.happened if actual else Happened.UNTOUCHED
    agreement, note = _judge(plan, kind(plan), happened, ending)
    return Compared(
        logical_id=plan.logical_id,
        type=plan.type,
        planned=kind(plan),
        actual=happened,
        rollback=actual.rollback if actual else Rollback.NONE,
        agreement=agreement,
        note=note,
    )


def _judge(plan: ResourceChange, planned: Kind, happened: Happened, ending: Ending) -> tuple[Agreement, str]:
    if unjudged := _unjudged(plan, planned, ending):
        return Agreement.NOT_JUDGED, unjudged
    if happened in _EXPECTED[planned]:
        return Agreement.AS_PLANNED, "nothing it reads had changed" if happened is Happened.UNTOUCHED else ""
    if happened is Happened.REPLACED and planned in {Kind.MODIFIED, Kind.DYNAMIC} and schema(plan.type) is None:
        return Agreement.AS_PLANNED, "its provider answered with another physical id"
    if happened is Happened.UNTOUCHED and plan.action == "Modify":
        if only_dynamic(plan.details):
            return Agreement.AS_PLANNED, "nothing it reads had changed"
        if plan.scope and not _TOUCHES_RESOURCE & set(plan.scope):
            return Agreement.AS_PLANNED, f"only {', '.join(plan.scope)} changed, which touches no resource"
    return Agreement.NOT_AS_PLANNED, f"planned: {planned}; what happened: {happened}"


def _unjudged(plan: ResourceChange, planned: Kind, ending: Ending) -> str:
    """Why nothing can be said about a planned change; empty if something can."""
    if NESTED in plan.logical_id:
        return "only resources of the stack itself are compared"
    if ending is not Ending.COMPLETE:
        return "the update did not complete"
    return "" if planned in _EXPECTED else f"the plan does not tell what {plan.action} will do"


def _unplanned(change: ActualChange) -> Compared:
    return Compared(
        logical_id=change.logical_id,
        type=change.type,
        planned=None,
        actual=change.happened,
        rollback=change.rollback,
        agreement=Agreement.NOT_PLANNED,
        note="the change set did not name this resource",
    )


_KINDS = {
    ("Add", ""): Kind.ADDED,
    ("Remove", ""): Kind.REMOVED,
    ("Import", ""): Kind.IMPORTED,
    ("Modify", "True"): Kind.REPLACED,
    ("Modify", "Conditional"): Kind.MAY_BE_REPLACED,
}
"""By action and replacement."""


def kind(change: ResourceChange) -> Kind:
    """Classify a planned change by what it means for the resource."""
    if change.action == "Modify" and change.replacement == "False":
        return Kind.DYNAMIC if only_dynamic(change.details) else Kind.MODIFIED
    return _KINDS.get((change.action, change.replacement), _KINDS.get((change.action, ""), Kind.OTHER))


def only_dynamic(details: tuple[ChangeDetail, ...]) -> bool:
    """Whether all that changes is what CloudFormation can't know before it updates."""
    return bool(details) and all(detail.evaluation == "Dynamic" for detail in details)
