"""Executes our change set, once, and watches it to its end. Nothing else changes a stack.

Whatever is not certain ends as UNKNOWN, never as success and never as failure: a lost poll says nothing.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from upgrade.aws import change_sets, cloudformation
from upgrade.aws.errors import fact
from upgrade.clock import Clock
from upgrade.config.tables import Polling
from upgrade.facts.changes import Plan
from upgrade.facts.diagnosis import Diagnosis
from upgrade.facts.journal import Act
from upgrade.facts.known import Fact, Reason, Unknown
from upgrade.facts.operation import Ending, Operation
from upgrade.facts.stack import Event
from upgrade.run.explain import explain
from upgrade.run.journal import EXECUTE, Journal, NotKept
from upgrade.run.watch import Watch

DESCRIBE = "cloudformation:DescribeChangeSet"
EVENTS = "cloudformation:DescribeStackEvents"

WATCH_ATTEMPTS = 3
"""Attempts of one read of events."""

LOST_SECONDS = 5 * 60
"""Events could not be read for this long: contact is lost."""

BEGIN_SECONDS = 60
"""Where the answer to ExecuteChangeSet was lost: if nothing of our operation is seen for this long, we can't tell."""

NOT_SENT = frozenset({Reason.DENIED, Reason.EXPIRED, Reason.NOT_FOUND, Reason.THROTTLED})
"""Refusals of an attempt that did nothing. Others may follow an attempt whose answer was lost: CloudFormation then says
that the change set is already being executed."""

NO_REMEDY = frozenset({Reason.DENIED, Reason.EXPIRED, Reason.NOT_FOUND})
"""Reading again won't help, or not without a person."""

Progress = Callable[[Event | str], None]
"""Told while we wait: an event of our operation, or a sentence."""


@dataclass(frozen=True, slots=True)
class Executor:
    """Executes and watches one change set."""

    client: Any
    """CloudFormation, with the credentials that may execute."""
    watcher: Any
    """The same with few attempts a call: the watch asks again by itself, and must keep its deadline."""
    clock: Clock
    token: str
    polling: Polling
    minutes: float
    progress: Progress
    journal: Journal

    def execute(self, plan: Plan) -> Operation:
        """Execute the change set and watch the update to its end, or until time is over."""
        started = self.clock.now()
        anchor = fact(self.clock, EVENTS, lambda: self._newest_page(plan))
        if isinstance(anchor, Unknown):
            return self.refused(plan, f"nothing was executed: the events can't be read ({anchor})")
        try:
            with self.journal.around(EXECUTE, change_set=plan.arn, token=self.token, stack=plan.stack_arn) as attempt:
                sent = fact(self.clock, EXECUTE, lambda: change_sets.execute(self.client, plan.arn, self.token))
                if isinstance(sent, Unknown) and self._was_not_executed(plan, sent):
                    attempt.act = Act.REFUSED
                    return self.refused(plan, f"nothing was executed: {sent}")
                attempt.act = Act.UNSURE if isinstance(sent, Unknown) else Act.ACCEPTED
        except NotKept as error:
            return self.refused(plan, f"nothing was executed: {error}")
        watch = Watch(self.token, anchor.value)
        detail = self._watch(plan, watch, sent)
        return self._operation(plan, watch, started, detail)

    def _was_not_executed(self, plan: Plan, sent: Unknown) -> bool:
        """Whether a refusal certainly means that nothing runs.

        The refusal may be that of a repeated attempt, after a first one whose answer was lost: so the change set is asked,
        too. OBSOLETE: another update came first. AVAILABLE may be an old picture, and counts only with a plain refusal.
        """
        now = fact(self.clock, DESCRIBE, lambda: change_sets.read_status(self.client, plan.arn))
        if isinstance(now, Unknown):
            return False
        return now.value[2] == "OBSOLETE" or (now.value[2] == "AVAILABLE" and sent.reason in NOT_SENT)

    def refused(self, plan: Plan, detail: str) -> Operation:
        """The operation that was never started."""
        now = self.clock.now()
        return Operation(Ending.REFUSED, self.token, plan.arn, now, now, (), None, detail)

    def _newest_page(self, plan: Plan) -> frozenset[str]:
        page = next(cloudformation.event_pages(self.client, plan.stack_arn), ())
        return frozenset(event.event_id for event in page)

    def _watch(self, plan: Plan, watch: Watch, sent: Fact[None]) -> str:
        """Look until the operation has ended; returns why we stopped looking, empty if it ended."""
        begun = self.clock.monotonic()
        deadline, contact = begun + self.minutes * 60, begun
        interval = self.polling.watch
        while True:
            news = fact(self.clock, EVENTS, lambda: watch.news(lambda: self._pages(plan)))
            now = self.clock.monotonic()
            if isinstance(news, Unknown):
                if news.reason in NO_REMEDY or now - contact > LOST_SECONDS:
                    return f"contact was lost while the update was running: {news}"
                self._tell(f"the events can't be read at the moment: {news}")
            else:
                contact = now
                self._tell_all(news.value)
                if watch.ending() is not None:
                    return ""
                if isinstance(sent, Unknown) and not watch.events() and now - begun > BEGIN_SECONDS:
                    return f"it is not known whether the update was started: {sent}"
            if now >= deadline:
                return f"the update still runs after {self.minutes:g} minutes"
            has_news = not isinstance(news, Unknown) and bool(news.value)
            interval = self.polling.watch if has_news else min(interval * 1.5, self.polling.watch_max)
            self.clock.sleep(min(interval, deadline - now))

    def _pages(self, plan: Plan) -> Any:
        return cloudformation.event_pages(self.watcher, plan.stack_arn)

    def _tell_all(self, events: list[Event]) -> None:
        for event in events:
            self._tell(event)

    def _tell(self, what: Event | str) -> None:
        with suppress(OSError):  # a terminal that is gone must not end the watch
            self.progress(what)

    def _operation(self, plan: Plan, watch: Watch, started: datetime, stopped: str) -> Operation:
        if not stopped:
            # Events are told late now and then: read once more all the way back, for the record and the cause.
            late = fact(self.clock, EVENTS, lambda: watch.news(lambda: self._pages(plan), whole=True))
            self._tell_all([] if isinstance(late, Unknown) else late.value)
        events = watch.events()
        ending = watch.ending() or Ending.UNKNOWN
        found = None if ending is Ending.COMPLETE else explain(self.watcher, self.clock, events)
        cause = found.cause.event if found and found.cause else None
        detail = stopped or _sentence(ending, found, events)
        finished = events[-1].at if events and not stopped else self.clock.now()
        return Operation(ending, self.token, plan.arn, started, finished, events, cause, detail, found)


def _sentence(ending: Ending, found: Diagnosis | None, events: tuple[Event, ...]) -> str:
    if found is None:
        return "the update is complete"
    why = found.cause.told if found.cause else "No failure is told."
    if ending is Ending.ROLLED_BACK:
        return f"{why} CloudFormation restored the old state"
    again = f" Its rollback failed at {found.not_undone[0].told}" if found.not_undone else ""
    return f"{why}{again} The stack is {events[-1].status}, and only a person can take it on from there"
