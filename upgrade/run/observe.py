"""What became of an update that somebody else made: read from the stack's events, after the fact.

No clock is compared: an update was made since the baseline if the stack's own LastUpdatedTime is another one.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from upgrade.facts.diagnosis import Diagnosis
from upgrade.facts.operation import Ending, Operation
from upgrade.facts.stack import Event, Stack
from upgrade.run.watch import ENDINGS, has_ended, is_root

Explain = Callable[[Sequence[Event]], Diagnosis]
"""The diagnosis of a failed update, by its events."""

SLACK = timedelta(minutes=5)
"""An update's first event is not older than the stack's LastUpdatedTime by more than this."""

BEGINS = "UPDATE_IN_PROGRESS"
"""The root stack's first event of an update; a rollback's says so."""

STUCK = "UPDATE_ROLLBACK_FAILED"


def newest_update(before: Stack, now: Stack, pages: Iterable[tuple[Event, ...]], explain: Explain) -> Operation:
    """The newest update of a stack.

    Args:
        before: the stack when the baseline was taken.
        now: the stack as it is.
        pages: its events, newest first.
        explain: asked why it failed.
    """
    if now.updated == before.updated:
        return _none(now, "no update of the stack has begun since the baseline was taken")
    newest_first = (event for page in pages for event in page)
    events = _since_beginning(newest_first)
    if not events or (now.updated and events[0].at < now.updated - SLACK):
        return _none(now, "the events of the newest update are no longer there")
    ended = _end(events)
    events = events if ended is None else events[: ended + 1]
    ending = Ending.UNKNOWN if ended is None else ENDINGS.get(events[-1].status, Ending.NEEDS_OPERATOR)
    found = None if ending is Ending.COMPLETE else explain(events)
    return Operation(
        ending=ending,
        token=events[0].token,
        change_set_arn="",
        started=events[0].at,
        finished=events[-1].at,
        events=events,
        cause=found.cause.event if found and found.cause else None,
        detail=_sentence(ending, found, events),
        diagnosis=found,
    )


@dataclass(frozen=True, slots=True)
class Beginning:
    """The newest update of a stack, as it began."""

    first: Event
    anchor: frozenset[str]
    """Ids of some events from before it."""
    ended: Event | None
    """With which it came to rest; None while it runs."""


def newest_beginning(pages: Iterable[tuple[Event, ...]]) -> Beginning | None:
    """The newest update among a stack's events, newest first, read no further than needed; None if there is none."""
    events: list[Event] = []
    first, older = None, frozenset[str]()
    for page in pages:
        events.extend(page)
        first = first or next(filter(_begins, page), None)
        if first is not None:
            began = first.at
            older = frozenset(event.event_id for event in events if event.at < began)
        if older:
            break
    if first is None:
        return None
    own = _since_beginning(events)
    ended = _end(own)
    return Beginning(first, older, None if ended is None else own[ended])


def _since_beginning(newest_first: Iterable[Event]) -> tuple[Event, ...]:
    """The events from the newest beginning of an update on, oldest first; none if there is no beginning."""
    found: list[Event] = []
    for event in newest_first:
        found.append(event)
        if _begins(event):
            return tuple(reversed(found))
    return ()


def _end(events: tuple[Event, ...]) -> int | None:
    """Index of the event with which the update ended; None while it runs. A failed rollback may be continued."""
    rests = [index for index, event in enumerate(events) if has_ended(event)]
    later = (index for index in rests if events[index].status != STUCK)
    if (end := next(later, None)) is not None:
        return end
    continued = bool(rests) and any(is_root(event) for event in events[rests[-1] + 1 :])
    return rests[-1] if rests and not continued else None


def _begins(event: Event) -> bool:
    return is_root(event) and event.status == BEGINS


def _none(stack: Stack, detail: str) -> Operation:
    at = stack.updated or stack.created
    return Operation(Ending.UNKNOWN, "", "", at, at, (), None, detail)


def _sentence(ending: Ending, found: Diagnosis | None, events: tuple[Event, ...]) -> str:
    match ending:
        case Ending.COMPLETE:
            return f"the update begun at {events[0].at:%Y-%m-%d %H:%M:%S %Z} is complete"
        case Ending.UNKNOWN:
            return f"the update begun at {events[0].at:%Y-%m-%d %H:%M:%S %Z} is still running"
    why = f"{found.cause.told} " if found and found.cause else ""
    return f"{why}The stack came to rest as {events[-1].status}"
