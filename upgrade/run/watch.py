"""Watches one operation by its events until that very operation ends.

The stack's status is never asked: right after execution it may still be the previous UPDATE_COMPLETE. The cursor is the
set of event ids seen before, not a time: two events may share one, and an event may be delivered late.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from upgrade.facts.operation import Ending
from upgrade.facts.stack import Event

STACK = "AWS::CloudFormation::Stack"

ENDINGS = {
    "UPDATE_COMPLETE": Ending.COMPLETE,
    "UPDATE_ROLLBACK_COMPLETE": Ending.ROLLED_BACK,
    "UPDATE_ROLLBACK_FAILED": Ending.NEEDS_OPERATOR,
}
"""Any other status a stack comes to rest in (UPDATE_FAILED, DELETE_…) needs a person, too."""

BEGINNINGS = frozenset({"UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS"})
"""Of the root stack at rest: the first event of an operation."""

Pages = Callable[[], Iterable[tuple[Event, ...]]]
"""DescribeStackEvents from its newest page on."""


@dataclass
class Feed:
    """The events of one stack since our operation, as far as they were seen."""

    is_older: Callable[[Event], bool]
    """Whether an event is from before our operation."""
    _seen: dict[str, Event] = field(default_factory=dict, init=False)
    _ordered: tuple[Event, ...] = field(default=(), init=False)

    def news(self, pages: Pages, *, whole: bool = False) -> list[Event]:
        """Events not seen before, oldest first.

        Reads back to the first page with a known event; `whole`: with one from before, for what was delivered late.
        """
        found: dict[str, Event] = {}
        for page in pages():
            older = [self.is_older(event) for event in page]
            known = [event.event_id in self._seen for event in page]
            rows = zip(page, older, known, strict=True)
            found.update((event.event_id, event) for event, is_older, is_known in rows if not (is_older or is_known))
            if any(older) or (any(known) and not whole):
                break
        if found:
            self._seen.update(found)
            self._ordered = tuple(sorted(self._seen.values(), key=in_order))
        return sorted(found.values(), key=in_order)

    def events(self) -> tuple[Event, ...]:
        """All that were seen, oldest first."""
        return self._ordered


@dataclass
class Watch:
    """The events of one operation in its stack itself.

    What they tell depends on them alone, not on when and in which order they were delivered.
    """

    token: str
    """ClientRequestToken of our operation."""
    anchor: frozenset[str]
    """Ids of events from before our operation."""
    _feed: Feed = field(init=False)

    def __post_init__(self) -> None:
        self._feed = Feed(lambda event: event.event_id in self.anchor)

    def news(self, pages: Pages, *, whole: bool = False) -> list[Event]:
        """Events not seen before, oldest first; see `Feed.news`."""
        return self._feed.news(pages, whole=whole)

    def events(self) -> tuple[Event, ...]:
        """All events from the beginning of our operation to its end, oldest first; empty if it has not begun."""
        ordered = self._feed.events()
        first = next((index for index, event in enumerate(ordered) if event.token == self.token), None)
        if first is None:
            return ()
        last = next((index for index, event in enumerate(ordered[first:], first) if has_ended(event)), len(ordered) - 1)
        return ordered[first : last + 1]

    def ending(self) -> Ending | None:
        """How our operation ended; None while it runs, and before it has begun.

        The end is the first resting state of the root stack after our beginning, whosever token it carries: who
        cancels an update does so with a token of his own.
        """
        events = self.events()
        return ENDINGS.get(events[-1].status, Ending.NEEDS_OPERATOR) if events and has_ended(events[-1]) else None

    def another(self, page: Iterable[Event]) -> Event | None:
        """The event with which another's operation began that runs, or has run, in the place of ours.

        Args:
            page: the newest events, newest first.
        """
        ended = False
        for event in filter(is_root, page):
            if event.status in BEGINNINGS:
                before_ours = ended and event.event_id in self.anchor
                return None if before_ours or event.token == self.token else event
            ended = ended or has_ended(event)
        return None


def in_order(event: Event) -> tuple[datetime, int, str]:
    """Oldest first. Of events of one millisecond: the stack begins before its resources, and rests after them."""
    rank = (3 if is_root(event) else 1) + (not event.status.endswith("_IN_PROGRESS"))
    begins = is_root(event) and event.status in BEGINNINGS
    return event.at, 0 if begins else rank, event.event_id


def has_ended(event: Event) -> bool:
    """Whether this event is the root stack coming to rest; clean-up is still part of the operation."""
    return is_root(event) and not event.status.endswith("_IN_PROGRESS")


def is_root(event: Event) -> bool:
    """Whether this event is of the stack itself, not of a resource in it."""
    return event.type == STACK and event.physical_id == event.stack_arn
