"""From the events of a failed update to its first true cause. Pure.

Nearly all that events call FAILED only follows from something else: what was cancelled, a nested stack around what failed,
the rollback's own failures. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from upgrade.facts.diagnosis import Annotation, Diagnosis, Failure
from upgrade.facts.known import Fact, Unknown
from upgrade.facts.stack import Event, HookRun
from upgrade.rules.actual import NESTED, STACK, is_own
from upgrade.rules.reasons import advice, bare

CASCADES = ("Resource creation cancelled", "Resource update cancelled", "Resource deletion cancelled")
"""How the reasons of resources begin that were given up because another one failed."""

SUMS_UP = "The following resource(s) failed to "
"""How a stack's own reason begins that says no more than its resources do."""

NO_RESOURCE = (
    "Look in CloudTrail whether somebody cancelled the update, and at the alarms among the rollback triggers: "
    "no resource has failed."
)
"""What to do where only the stack gives a reason, and one of no known kind."""

HOOK_FAILED = frozenset({"HOOK_COMPLETE_FAILED", "HOOK_FAILED"})

BY_HOOK = "The following hook(s)"
"""How the reason of a resource begins that a hook has stopped."""

Ask = Callable[[str], Fact[tuple[Annotation, ...]]]
"""What the rules of a hook found wrong in its run of this id."""

Read = Callable[[str], Fact[tuple[Event, ...]]]
"""The events of the nested stack of this ARN, of whatever time and in any order."""

Stops = Callable[[str], Fact[tuple[Event, ...]]]
"""What stopped the operation of this id and is no event of its stack: validations, and hooks in other words."""


def diagnose(events: Iterable[Event], read: Read, ask: Ask, stops: Stops) -> Diagnosis:
    """What the events of one operation tell of its failure. Never raises.

    Args:
        events: of the operation, in any order; those of nested stacks may be among them.
        read: asked for the events of nested stacks that failed and are not among `events`.
        ask: asked what a hook advises that stopped the first of them.
        stops: asked what stopped an operation where the events of its stack leave that open.
    """
    by_stack = defaultdict[str, list[Event]](list)
    for event in sorted(events, key=_order):
        by_stack[event.stack_arn].append(event)
    if not by_stack:
        return Diagnosis(None, (), (), (), (), (), ())
    root = _Story("", next(iter(by_stack.values())))
    stories, unread = _with_nested(root, by_stack, read)
    untold = _look_closer(stories, stops)
    failures = _failures(stories, _Story.failed)
    if not failures and root.turn is not None:
        failures = [_of_stack(root, root.turn)]
    if failures and untold:
        remedy = f"{failures[0].remedy} What validations and hooks have found can't be read ({untold})."
        failures[0] = replace(failures[0], remedy=remedy)
    return Diagnosis(
        cause=_advised(failures[0], ask) if failures else None,
        chain=_chain(failures[0], stories) if failures else (),
        also=tuple(failures[1:]),
        cancelled=tuple(dict.fromkeys(story.named(event) for story in stories for event in story.cancelled())),
        undone=tuple(story.named(event) for story in stories for event in story.taken_back()),
        not_undone=tuple(_failures(stories, _Story.not_taken_back)),
        unread=tuple(unread),
    )


@dataclass
class _Story:
    """What one stack did in the operation."""

    path: str
    """Of the nested stack, `Parent.Child`; empty for the root."""
    events: Sequence[Event]
    """In order."""
    forward: Sequence[Event] = field(init=False)
    backward: Sequence[Event] = field(init=False)
    turn: Event | None = field(init=False)
    """The stack's own event with which the way forward ended; None if it did not fail."""
    stops: Sequence[Event] = ()
    """What only its operation tells: validations and hooks that stopped it."""

    def __post_init__(self) -> None:
        own = [(index, event) for index, event in enumerate(self.events) if is_own(event)]
        end, self.turn = next(
            ((index, event) for index, event in own if _ends_forward(event)), (len(self.events), None)
        )
        back = next((index for index, event in own if "ROLLBACK" in event.status), len(self.events))
        done = next((index for index, event in own if "ROLLBACK_COMPLETE" in event.status), len(self.events))
        self.forward, self.backward = self.events[:end], self.events[back:done]
        if self.turn is not None and "CLEANUP" in self.turn.status:
            self.turn = None

    def named(self, event: Event) -> str:
        """The event's resource."""
        return f"{self.path}{NESTED}{event.logical_id}" if self.path else event.logical_id

    @property
    def operation(self) -> str:
        """Id of the operation that went forward; the rollback is another. Empty where AWS gives none."""
        return next((event.operation_id for event in self.forward if event.operation_id), "")

    def lacks_a_hook(self) -> bool:
        """Whether a hook has stopped a resource and is not told of."""
        return any(event.reason.startswith(BY_HOOK) and self.hook_of(event) is None for event in self.failed())

    def hook_of(self, failed: Event) -> HookRun | None:
        """The hook that made this resource fail."""
        return next((each.hook for each in (*self.events, *self.stops) if _is_stopped_by(failed, each)), None)

    def cancelled(self) -> list[Event]:
        """What was given up on the way forward."""
        return [event for event in self.forward if event.reason.startswith(CASCADES)]

    def failed(self) -> list[Event]:
        """The first failure of each resource on the way forward, by itself or around something that failed."""
        told = (*self.forward, *self.stops)
        failures = [event for event in told if _has_failed(event) and not event.reason.startswith(CASCADES)]
        return list({event.logical_id: event for event in reversed(failures)}.values())

    def taken_back(self) -> list[Event]:
        """With what the way back ended well, by resource."""
        return [event for event in self._last() if event.status.endswith(("_COMPLETE", "_SKIPPED"))]

    def not_taken_back(self) -> list[Event]:
        """With what it failed, by resource."""
        return [event for event in self._last() if _has_failed(event) and not event.reason.startswith(CASCADES)]

    def _last(self) -> Iterable[Event]:
        return {event.logical_id: event for event in self.backward if not is_own(event)}.values()


def _with_nested(root: _Story, by_stack: dict[str, list[Event]], read: Read) -> tuple[list[_Story], list[str]]:
    """The stories of a stack and of all nested ones that failed, outer before inner; and why others can't be read."""
    stories, unread, seen = [root], list[str](), {event.stack_arn for event in root.events}
    for story in stories:  # grows
        for event in story.events:
            arn = event.physical_id
            if event.type != STACK or not arn or arn in seen or not _has_failed(event):
                continue
            seen.add(arn)
            events = by_stack.get(arn) or read(arn)
            if isinstance(events, Unknown):
                unread.append(f"{story.named(event)}: {events}")
                continue
            told = events if isinstance(events, list) else events.value
            begun = next(each.at for each in story.events if each.logical_id == event.logical_id)
            stories.append(_Story(story.named(event), sorted((e for e in told if e.at >= begun), key=_order)))
    return stories, unread


def _look_closer(stories: Sequence[_Story], stops: Stops) -> Unknown | None:
    """Add what stopped a stack as a whole, or by a hook that is not told; why that can't be read, and no other is tried."""
    failed = {failure.resource for failure in _failures(stories, _Story.failed)}
    if not failed and stories[0].turn:
        failed = {stories[0].path}
    for story in stories:
        if story.operation and (story.path in failed or story.lacks_a_hook()):
            answer = stops(story.operation)
            if isinstance(answer, Unknown):
                return answer
            story.stops = answer.value
    return None


def _failures(stories: Sequence[_Story], failed: Callable[[_Story], list[Event]]) -> list[Failure]:
    """True failures, the earliest first: a nested stack is one only if nothing that failed in it is known."""
    found = {story.path: failed(story) for story in stories}
    holding = [path + NESTED for path, events in found.items() if events]
    failures = [
        _failure(story, event)
        for story in stories
        for event in found[story.path]
        if not any(path.startswith(story.named(event) + NESTED) for path in holding)
    ]
    return sorted(failures, key=lambda failure: (failure.event.at, failure.resource))


def _failure(story: _Story, event: Event) -> Failure:
    reason = bare(event.reason) or f"{event.status} without a reason"
    hook = story.hook_of(event)
    said = hook.reason if hook else ""
    known = advice(f"{event.reason} {said}".strip())
    return Failure(
        resource=story.named(event),
        event=event,
        reason=f"{reason}: {said}" if said else reason,
        family=known.family,
        remedy=known.remedy,
        source=known.source,
        hook=hook,
    )


def _advised(failure: Failure, ask: Ask) -> Failure:
    """With what the hook advises, if one stopped it."""
    if failure.hook is None or not failure.hook.id:
        return failure
    answer = ask(failure.hook.id)
    if isinstance(answer, Unknown):
        return replace(failure, remedy=f"{failure.remedy} What the hook advises can't be read ({answer}).")
    told = "; ".join(map(_annotated, answer.value))
    return replace(failure, remedy=f"{failure.remedy} The hook says: {told.rstrip('.')}.") if told else failure


def _annotated(each: Annotation) -> str:
    said = ", ".join(text.strip(". ") for text in (each.found, each.advice) if text)
    return " ".join(filter(None, [f"{each.rule}:", said, f"({each.link})" if each.link else ""]))


def _of_stack(root: _Story, turn: Event) -> Failure:
    """Where no resource failed, as for an export in use: what the stack itself says."""
    failure = _failure(root, turn)
    has_no_kind = not failure.family and not turn.reason.startswith(SUMS_UP)
    return replace(failure, remedy=NO_RESOURCE) if has_no_kind else failure


def _chain(cause: Failure, stories: Sequence[_Story]) -> tuple[Event, ...]:
    around = [
        event
        for story in reversed(stories)
        for event in story.forward
        if _has_failed(event) and cause.resource.startswith(story.named(event) + NESTED)
    ]
    turn = stories[0].turn
    return (cause.event, *around, *([turn] if turn and turn is not cause.event else []))


def _order(event: Event) -> tuple[datetime, bool]:
    """By time; at the same time what happened to a resource before what the stack makes of it."""
    return event.at, is_own(event)


def _has_failed(event: Event) -> bool:
    return event.status.endswith("_FAILED") and not is_own(event)


def _ends_forward(event: Event) -> bool:
    status = event.status
    return "ROLLBACK" in status or "CLEANUP" in status or status.startswith("DELETE_") or status.endswith("_FAILED")


def _is_stopped_by(failed: Event, each: Event) -> bool:
    """Whether a resource failed because of this, a hook."""
    hook = each.hook
    return (
        hook is not None
        and each.logical_id == failed.logical_id
        and each.at <= failed.at
        and hook.status in HOOK_FAILED
        and hook.mode != "WARN"
    )
