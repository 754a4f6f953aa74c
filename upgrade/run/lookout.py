"""Reads what is new of an operation under way, and tells it: its stack at every look, nested stacks in turn.

However many stacks are nested, no more is asked at once and in a minute than of one alone that has much to tell.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from upgrade.aws.budget import Budget
from upgrade.aws.cloudformation import event_pages
from upgrade.aws.errors import fact
from upgrade.clock import Clock
from upgrade.facts.known import Fact, Known, Unknown
from upgrade.facts.stack import Event
from upgrade.rules.actual import NESTED
from upgrade.rules.durations import Earlier, stalls
from upgrade.run.tree import Nested, Tree
from upgrade.run.watch import in_order, is_root

EVENTS = "cloudformation:DescribeStackEvents"

CALLS = 5
"""Within the shortest interval between two looks: at 2 s, half of what is reported to be throttled
(`upgrade.aws.budget`)."""

LATE = 10
"""Seconds for which events that must come are waited for at the end."""

Progress = Callable[[Event | str], None]
"""Told while we wait: an event of our operation, or a sentence."""


@dataclass(slots=True)
class Lookout:
    """Watches one operation."""

    tree: Tree
    stack_arn: str
    watcher: Callable[[], Any]
    """CloudFormation, asked for anew at every look."""
    clock: Clock
    interval: float
    """Seconds between two looks, at least."""
    progress: Progress
    earlier: Earlier
    """How long things took before."""
    _budget: Budget = field(init=False)
    _newest: dict[str, tuple[Event, float]] = field(default_factory=dict, init=False)
    """By resource its newest event, and since when it is seen to be at work, or to rest."""
    _stalled: set[str] = field(default_factory=set, init=False)
    _unread: set[str] = field(default_factory=set, init=False)
    """ARNs of nested stacks whose events could not be read when they were last asked for."""

    def __post_init__(self) -> None:
        self._budget = Budget(self.clock, CALLS, CALLS / self.interval)

    def look(self, *, whole: bool = False) -> Fact[list[Event]]:
        """Look at the stack itself: what is new; `whole`: back to the beginning."""
        news = fact(self.clock, EVENTS, lambda: self.tree.news(lambda: self._pages(self.stack_arn), whole=whole))
        if isinstance(news, Known):
            self._tell_all(news.value)
        return news

    def look_at_nested(self) -> bool:
        """Look at nested stacks in turn, at as many as may be asked now: whether there is news.

        What can't be read is read at another turn: it says nothing about the operation.
        """
        has_news = False
        for nested in self.tree.at_work():
            if not self._budget.has_left():
                break
            news = self._look_at(nested)
            if isinstance(news, Unknown):
                break
            has_news = has_news or bool(news.value)
        return has_news

    def tell_stalls(self) -> None:
        """Tell once of each resource that is at work for far longer than it ever was."""
        now = self.clock.monotonic()
        for name, sentence in stalls(
            {name: now - since for name, since in self._at_work().items()}, self.earlier
        ).items():
            if name not in self._stalled:
                self._stalled.add(name)
                self.tell(sentence)

    def look_back(self) -> None:
        """Look at everything once more, back to the beginning: events are told late now and then.

        For a while it is done again as long as a resource is told to be at work: no stack rests before all of them do.
        """
        self.look_back_once()
        deadline = self.clock.monotonic() + LATE
        while self._at_work() and self.clock.monotonic() < deadline:
            self.clock.sleep(self.interval)
            self.look_back_once()

    def look_back_once(self) -> bool:
        """Look at everything back to the beginning, now: whether all of it could be read."""
        news = self.look(whole=True)
        done = set[str]()
        while todo := [each for each in self.tree.nested() if each.arn not in done]:
            for nested in todo:
                done.add(nested.arn)
                if isinstance(self._look_at(nested, whole=True), Unknown):  # nor is it waited for the others
                    self._unread.update(each.arn for each in self.tree.nested())
                    return False
        return isinstance(news, Known)

    def explainable(self) -> tuple[Event, ...]:
        """The events of the operation, without those of nested stacks of which some may be missing."""
        return tuple(event for event in self.tree.events() if event.stack_arn not in self._unread)

    def tell(self, what: Event | str) -> None:
        """Tell who waits."""
        with suppress(OSError):  # a terminal that is gone must not end the watch
            self.progress(what)

    def _look_at(self, nested: Nested, *, whole: bool = False) -> Fact[list[Event]]:
        news = fact(self.clock, EVENTS, lambda: self.tree.news_of(nested, lambda: self._pages(nested.arn), whole=whole))
        if isinstance(news, Unknown):
            if nested.arn not in self._unread:
                self.tell(f"the events of {nested.path} can't be read at the moment: {news}")
            self._unread.add(nested.arn)
        else:
            self._unread.discard(nested.arn)
            inner = [event for event in news.value if not is_root(event)]  # the stack's own its parent tells as well
            self._tell_all(replace(event, logical_id=nested.path + NESTED + event.logical_id) for event in inner)
        return news

    def _tell_all(self, events: Iterable[Event]) -> None:
        for event in events:
            self.tell(event)
            if not is_root(event):
                self._note(event)

    def _at_work(self) -> dict[str, float]:
        """Resources that are told to be at work, and since when we have seen it."""
        return {name: since for name, (event, since) in self._newest.items() if event.status.endswith("_IN_PROGRESS")}

    def _note(self, event: Event) -> None:
        """Note since when a resource is at work; by our own clock, since we have seen it."""
        before, since = self._newest.get(event.logical_id, (event, self.clock.monotonic()))
        if in_order(event) < in_order(before):
            return
        if event.status != before.status:
            since = self.clock.monotonic()
        self._newest[event.logical_id] = event, since

    def _pages(self, stack_arn: str) -> Iterator[tuple[Event, ...]]:
        """Events from the newest page on, no faster than the budget allows."""
        pages = event_pages(self.watcher(), stack_arn)
        while True:
            self._budget.take()
            page = next(pages, None)
            if page is None:
                return
            yield page
