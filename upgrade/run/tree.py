"""An operation in its whole tree of stacks: those nested in the stack are watched while they work.

How it ends the stack itself says (`upgrade.run.watch`); what nested stacks tell is progress and evidence.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from upgrade.facts.stack import Event
from upgrade.rules.actual import NESTED
from upgrade.run.watch import STACK, Feed, Pages, Watch, in_order, is_root


@dataclass
class Nested:
    """One nested stack.

    Its events belong to our operation from the time on at which that began: while a stack is being updated, nobody else
    updates one that is nested in it. Tokens don't tell: that they are handed down to nested stacks is not documented.
    """

    arn: str
    path: str
    """Its logical id, `Parent.Child` where it is nested deeper."""
    row: Event
    """Its newest event in the stack it is nested in."""
    began: datetime
    """When our operation began."""
    looked: int = 0
    """In which turn it was looked at last."""
    feed: Feed = field(init=False)

    def __post_init__(self) -> None:
        self.feed = Feed(lambda event: event.at < self.began)

    @property
    def works(self) -> bool:
        """Whether more is to come; one that is done may be set to work again by its parent, to be rolled back."""
        own = next(filter(is_root, reversed(self.feed.events())), None)
        return any(event is not None and event.status.endswith("_IN_PROGRESS") for event in (self.row, own))


@dataclass
class Tree:
    """A watched operation, and the stacks nested in its stack, at any depth."""

    root: Watch
    _nested: dict[str, Nested] = field(default_factory=dict, init=False)
    _turns: Iterator[int] = field(default_factory=lambda: count(1), init=False)

    def news(self, pages: Pages, *, whole: bool = False) -> list[Event]:
        """What is new in the stack itself; see `Feed.news`."""
        news = self.root.news(pages, whole=whole)
        if news and (events := self.root.events()):
            self._follow(events, "", events[0].at)
        return news

    def news_of(self, nested: Nested, pages: Pages, *, whole: bool = False) -> list[Event]:
        """What is new in a nested stack."""
        nested.looked = next(self._turns)
        news = nested.feed.news(pages, whole=whole)
        self._follow(news, nested.path + NESTED, nested.began)
        return news

    def at_work(self) -> list[Nested]:
        """The nested stacks to look at, the one first that was not looked at for longest."""
        return sorted((each for each in self._nested.values() if each.works), key=lambda each: each.looked)

    def nested(self) -> tuple[Nested, ...]:
        """All nested stacks that the operation has come to."""
        return tuple(self._nested.values())

    def events(self) -> tuple[Event, ...]:
        """All events of the operation, in its stack and in nested ones, oldest first: its own first and last ones frame it."""
        own, has_ended = self.root.events(), self.root.ending() is not None
        if not own:
            return ()
        first, last = own[0], own[-1]
        inner = (event for each in self._nested.values() for event in each.feed.events())
        events = [*own, *(event for event in inner if not has_ended or event.at <= last.at)]
        return tuple(sorted(events, key=lambda each: (has_ended and each is last, each is not first, in_order(each))))

    def _follow(self, events: Iterable[Event], prefix: str, began: datetime) -> None:
        """Find the nested stacks among the resources of a stack."""
        for event in events:
            arn = event.physical_id
            if event.type != STACK or is_root(event) or not arn.startswith("arn:"):
                continue
            nested = self._nested.setdefault(arn, Nested(arn, prefix + event.logical_id, event, began))
            if in_order(event) > in_order(nested.row):
                nested.row = event
