"""Executes our change set, once, and watches it to its end. Nothing else changes a stack.

Whatever is not certain ends as UNKNOWN, never as success and never as failure: a lost poll says nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import chain, islice
from typing import Any, ClassVar, Protocol

from upgrade.aws import change_sets, cloudformation
from upgrade.aws.errors import fact
from upgrade.clock import Clock
from upgrade.config.tables import Polling
from upgrade.errors import NotExecuted
from upgrade.facts.diagnosis import Diagnosis
from upgrade.facts.journal import Act
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.operation import Ending, Operation
from upgrade.facts.stack import Event
from upgrade.facts.stuck import STUCK
from upgrade.rules.diagnosis import diagnose
from upgrade.rules.durations import Earlier, earlier, expectation
from upgrade.rules.reasons import advice
from upgrade.run.cancel import Cancel
from upgrade.run.explain import explain
from upgrade.run.journal import EXECUTE, Journal, NotKept
from upgrade.run.lookout import EVENTS, Lookout, Progress
from upgrade.run.observe import Explain
from upgrade.run.tree import Tree
from upgrade.run.watch import Watch

DESCRIBE = "cloudformation:DescribeChangeSet"
WATCH_ATTEMPTS = 3
"""Attempts of one read of events."""

HISTORY = 10
"""Pages of events that are read for the durations of earlier updates."""

LOST_SECONDS = 5 * 60
"""Events could not be read for this long: contact is lost."""

NOT_SENT = frozenset({Reason.DENIED, Reason.EXPIRED, Reason.CLOCK, Reason.THROTTLED})
"""Refusals of an attempt that did nothing. Others may follow an attempt whose answer was lost: CloudFormation then says
that the change set is already being executed."""


class Executable(Protocol):
    """What is executed: a plan, or what an earlier run has begun."""

    @property
    def arn(self) -> str:
        """Its ARN."""
        ...

    @property
    def stack_arn(self) -> str:
        """Of its stack."""
        ...


@dataclass(slots=True)
class Executor:
    """Executes and watches one change set."""

    work: ClassVar[str] = "the update"
    """What runs, in words."""
    client: Any
    """CloudFormation, with the credentials that may execute."""
    watcher: Callable[[], Any]
    """The same with few attempts a call: the watch asks again by itself, and must keep its deadline. Asked for anew at
    every look: credentials that were renewed are another client's."""
    renew: Callable[[], None]
    """Looks for newer credentials in the place of expired ones."""
    clock: Clock
    token: str
    polling: Polling
    minutes: float
    progress: Progress
    journal: Journal
    cancel: Cancel | None = None
    """Cancels the update when time is over; None: it is left to itself."""
    _is_overdue: bool = field(default=False, init=False)
    _cancelled: bool = field(default=False, init=False)
    _lookout: Lookout | None = field(default=None, init=False)
    """None until the change set may have been executed."""
    _started: datetime = field(init=False)
    _earlier: Earlier = field(default_factory=Earlier, init=False)

    def learn(self, plan: Executable) -> None:
        """Read how long earlier updates of the stack took, and tell it; it is judged nowhere, and may be unknown."""
        pages = partial(cloudformation.event_pages, self.watcher(), plan.stack_arn)
        read = fact(self.clock, EVENTS, lambda: tuple(chain.from_iterable(islice(pages(), HISTORY))))
        if isinstance(read, Known):
            self._earlier = earlier(read.value, self.token)
            if sentence := expectation(self._earlier):
                self.progress(sentence)

    def execute(self, plan: Executable) -> Operation:
        """Execute the change set and watch the update to its end, or until time is over."""
        self._started = self.clock.now()
        anchor = fact(self.clock, EVENTS, lambda: self._newest(self.client, plan))
        if isinstance(anchor, Unknown):
            return self.refused(plan, f"nothing was executed: the events can't be read ({anchor})")
        lookout = self._watch_from(plan, frozenset(event.event_id for event in anchor.value))
        try:
            stopped = self._look(plan, lookout, self._send(plan), self.minutes)
        except NotKept as error:
            return self.refused(plan, f"nothing was executed: {error}")
        except NotExecuted as error:
            known = advice(str(error))
            remedy = f". Do this: {known.remedy}" if known.family else ""
            return self.refused(plan, f"nothing was executed: {error}{self._another(plan, lookout)}{remedy}")
        if self._is_overdue and self.cancel is not None:
            stopped = self._given_up(self.cancel, plan, lookout, stopped)
        return self._ended(plan, lookout, stopped)

    def _given_up(self, cancel: Cancel, plan: Executable, lookout: Lookout, stopped: str) -> str:
        """Cancel the update if it may be, and watch it being taken back; why we stopped looking."""
        if why := cancel.ask(plan.stack_arn, lookout):
            return f"{stopped}; it was not cancelled: {why}"
        self._cancelled = True
        lookout.tell("time is over: the update is cancelled, and its rollback watched half as long")
        return self._look(plan, lookout, Known(None, self.clock.now()), self.minutes / 2)

    def take_up(self, begun: Executable, began: datetime, anchor: frozenset[str]) -> Operation:
        """Watch an update to its end that was begun with our token; nothing is executed.

        Args:
            begun: the change set.
            began: when.
            anchor: ids of events from before it.
        """
        self._started = began
        lookout = self._watch_from(begun, anchor)
        return self._ended(begun, lookout, self._look(begun, lookout, Known(None, self.clock.now()), self.minutes))

    def _watch_from(self, plan: Executable, anchor: frozenset[str]) -> Lookout:
        tree = Tree(Watch(self.token, anchor))
        self._lookout = Lookout(
            tree, plan.stack_arn, self.watcher, self.clock, self.polling.watch, self.progress, self._earlier
        )
        return self._lookout

    def _ended(self, plan: Executable, lookout: Lookout, stopped: str) -> Operation:
        if not stopped:
            lookout.look_back()
        return self._operation(plan, lookout, stopped, self._explain)

    def refused(self, plan: Executable, detail: str) -> Operation:
        """The operation that was never started."""
        now = self.clock.now()
        return Operation(Ending.REFUSED, self.token, plan.arn, now, now, (), None, detail)

    def so_far(self, plan: Executable) -> Operation:
        """What is known of the operation when the run is broken off; nothing is asked any more."""
        if self._lookout is None:
            return self.refused(plan, "nothing was executed: the run was broken off before")
        stopped = f"the watch was broken off before the end of {self.work} was seen"
        not_asked = Unknown(Reason.NOT_ASKED, "the run was broken off", "", self.clock.now())

        def explain_offline(events: Sequence[Event]) -> Diagnosis:
            return diagnose(events, lambda _: not_asked, lambda _: not_asked, lambda _: not_asked)

        return self._operation(plan, self._lookout, stopped, explain_offline)

    def _send(self, plan: Executable) -> Fact[None]:
        with self.journal.around(EXECUTE, **self._told(plan)) as attempt:
            sent = fact(self.clock, EXECUTE, lambda: change_sets.execute(self.client, plan.arn, self.token))
            if isinstance(sent, Known):
                attempt.act = Act.ACCEPTED
        return sent

    def _told(self, plan: Executable) -> dict[str, str]:
        return {"change_set": plan.arn, "token": self.token, "stack": plan.stack_arn}

    def _look(self, plan: Executable, lookout: Lookout, sent: Fact[None], minutes: float) -> str:
        """Look until the operation has ended; returns why we stopped looking, empty if it ended.

        Raises:
            NotExecuted: our operation was not started, and never will be.
        """
        begun = self.clock.monotonic()
        deadline, contact = begun + minutes * 60, begun
        interval, lost = self.polling.watch, None
        while True:
            news = lookout.look()
            now = self.clock.monotonic()
            has_news = False
            if isinstance(news, Unknown):
                if now - contact > LOST_SECONDS:
                    return f"contact was lost while {self.work} was running: {news}"
                if lost is not news.reason:
                    lookout.tell(f"the events can't be read at the moment: {news}")
                lost = news.reason
                if lost is Reason.EXPIRED:
                    self.renew()
            else:
                contact, lost = now, None
                if lookout.tree.root.ending() is not None:
                    return ""
                has_news = lookout.look_at_nested() or bool(news.value)
            lookout.tell_stalls()
            if isinstance(sent, Unknown) and not lookout.tree.root.events():
                over = lost is None and now - begun > self.polling.begin
                self._require_possible(plan, sent, over=over)
                if over:
                    return f"it is not known whether {self.work} was started: {sent}{self._another(plan, lookout)}"
            if now >= deadline:
                self._is_overdue = True
                return f"{self.work} still runs after {minutes:g} minutes"
            interval = self.polling.watch if has_news else min(interval * 1.5, self.polling.watch_max)
            self.clock.sleep(max(0.0, min(now + interval, deadline) - self.clock.monotonic()))

    def _require_possible(self, plan: Executable, sent: Unknown, *, over: bool) -> None:
        """Ask the change set whether it may have been executed, where the answer was lost.

        OBSOLETE: another update came first. AVAILABLE may be an old picture: it counts when the time to begin is over.

        Raises:
            NotExecuted: it certainly was not.
        """
        now = fact(self.clock, DESCRIBE, lambda: change_sets.read_status(self.watcher(), plan.arn))
        status = now.value[2] if isinstance(now, Known) else ""
        if status == "OBSOLETE":
            why = f"our change set is OBSOLETE, another operation came first ({sent})"
        elif over and status == "AVAILABLE" and sent.reason in NOT_SENT:
            why = str(sent)
        else:
            return
        self.journal.keep(Act.REFUSED, EXECUTE, **self._told(plan))
        raise NotExecuted(why)

    def _another(self, plan: Executable, lookout: Lookout) -> str:
        """Whose operation runs in the place of ours; empty where none is seen."""
        page = fact(self.clock, EVENTS, lambda: self._newest(self.watcher(), plan))
        other = lookout.tree.root.another(page.value) if isinstance(page, Known) else None
        if other is None:
            return ""
        newest = fact(self.clock, DESCRIBE, lambda: change_sets.read_newest_executed(self.watcher(), plan.stack_arn))
        named = f"; the stack's last change set is {newest.value}" if isinstance(newest, Known) and newest.value else ""
        return f"; another's {other.status} began at {other.at:%H:%M:%S %Z} with token {other.token or '(none)'}{named}"

    def _newest(self, client: Any, plan: Executable) -> tuple[Event, ...]:
        return next(cloudformation.event_pages(client, plan.stack_arn), ())

    def _operation(self, plan: Executable, lookout: Lookout, stopped: str, explained: Explain) -> Operation:
        """What was seen of our operation; `stopped` says why its end was not."""
        events, ending = lookout.tree.events(), lookout.tree.root.ending() or Ending.UNKNOWN
        found = None if ending is Ending.COMPLETE else explained(lookout.explainable())
        cause = found.cause.event if found and found.cause else None
        is_over = ending is not Ending.UNKNOWN
        detail = _sentence(ending, found, events) if is_over else stopped
        if self._cancelled and ending is not Ending.COMPLETE:
            detail = f"This run cancelled the update when its time was over: {detail}"
        finished = events[-1].at if is_over else self.clock.now()
        return Operation(ending, self.token, plan.arn, self._started, finished, events, cause, detail, found)

    def _explain(self, events: Sequence[Event]) -> Diagnosis:
        return explain(self.watcher(), self.clock, events)


def _sentence(ending: Ending, found: Diagnosis | None, events: tuple[Event, ...]) -> str:
    if found is None:
        return "the update is complete"
    why = found.cause.told if found.cause else "No failure is told."
    if ending is Ending.ROLLED_BACK:
        return f"{why} CloudFormation restored the old state"
    again = f" Its rollback failed at {found.not_undone[0].told}" if found.not_undone else ""
    status = events[-1].status
    way_on = ": mend the cause, then run with --recover (docs/recover.md)" if status == STUCK else ""
    return f"{why}{again} The stack is {status}, and only a person can take it on from there{way_on}"
