"""Continues a rollback that has failed, once, and watches it to its end: as an update is, with other words and proofs."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

from upgrade.aws import cloudformation
from upgrade.aws.errors import fact
from upgrade.aws.recovery import continue_rollback
from upgrade.errors import NotExecuted
from upgrade.facts.diagnosis import Diagnosis
from upgrade.facts.journal import Act
from upgrade.facts.known import Fact, Known, Unknown
from upgrade.facts.operation import Ending, Operation
from upgrade.facts.stack import Event
from upgrade.facts.stuck import BACK, STUCK
from upgrade.run.apply import NOT_SENT, Executable, Executor
from upgrade.run.journal import CONTINUE
from upgrade.run.lookout import EVENTS, Lookout
from upgrade.run.observe import Beginning, Explain
from upgrade.run.watch import BEGINNINGS, Watch, has_ended, is_root


@dataclass(frozen=True, slots=True)
class Rollback:
    """A rollback that may be continued."""

    stack_arn: str
    arn: str = ""
    """Of a change set: it has none."""


@dataclass(slots=True)
class Recoverer(Executor):
    """Continues and watches one rollback."""

    work: ClassVar[str] = "the rollback"
    skips: tuple[str, ...] = ()
    """What is left as it is, as `LogicalId` or `NestedStackName.LogicalId`."""

    def _send(self, plan: Executable) -> Fact[None]:
        with self.journal.around(CONTINUE, **self._told(plan)) as attempt:
            ask = lambda: continue_rollback(self.client, plan.stack_arn, self.token, self.skips)  # noqa: E731
            sent = fact(self.clock, CONTINUE, ask)
            if isinstance(sent, Known):
                attempt.act = Act.ACCEPTED
        return sent

    def _told(self, plan: Executable) -> dict[str, str]:
        return {"token": self.token, "stack": plan.stack_arn, "skips": " ".join(self.skips)}

    def _require_possible(self, plan: Executable, sent: Unknown, *, over: bool) -> None:
        """Ask the stack whether its rollback may have been continued by us, where the answer was lost.

        Only one continuation is accepted at a time. A stack that is still stuck may be an old picture.

        Raises:
            NotExecuted: it certainly was not.
        """
        read = fact(
            self.clock,
            "cloudformation:DescribeStacks",
            lambda: cloudformation.read_stack(self.watcher(), plan.stack_arn),
        )
        still_stuck = isinstance(read, Known) and read.value.status == STUCK
        if (over and still_stuck and sent.reason in NOT_SENT) or (self._lookout and self._another(plan, self._lookout)):
            self.journal.keep(Act.REFUSED, CONTINUE, **self._told(plan))
            raise NotExecuted(str(sent))

    def _another(self, plan: Executable, lookout: Lookout) -> str:
        """Who continues the rollback in our place; empty where nobody is seen to."""
        page = fact(self.clock, EVENTS, lambda: self._newest(self.watcher(), plan))
        for event in page.value if isinstance(page, Known) else ():
            is_new = event.event_id not in lookout.tree.root.anchor and event.token != self.token
            if is_root(event) and event.status == BACK and is_new:
                return (
                    f"; somebody else continued it at {event.at:%H:%M:%S %Z} by request {event.token or '(no token)'}"
                )
        return ""

    def _operation(self, plan: Executable, lookout: Lookout, stopped: str, explained: Explain) -> Operation:
        events, ending = lookout.tree.events(), _ending(lookout.tree.root)
        found = None if ending is Ending.COMPLETE else _of_rollback(explained(lookout.explainable()))
        is_over = ending is not Ending.UNKNOWN
        return Operation(
            ending=ending,
            token=self.token,
            change_set_arn=plan.arn,
            started=self._started,
            finished=events[-1].at if is_over else self.clock.now(),
            events=events,
            cause=found.cause.event if found and found.cause else None,
            detail=_sentence(events[-1].status, found, self.skips) if is_over else stopped,
            diagnosis=found,
            skipped=self.skips,
        )


def newest_continuation(pages: Iterable[tuple[Event, ...]]) -> Beginning | None:
    """The newest continuation of a stack's last rollback; None if there is none.

    Args:
        pages: the stack's events, newest first; read no further than needed.
    """
    first: Event | None = None
    ended: Event | None = None
    older: set[str] = set()
    for event in (event for page in pages for event in page):
        if first is not None:
            older.add(event.event_id)
            if is_root(event):  # an update's own rollback follows something else
                return Beginning(first, frozenset(older), ended) if event.status == STUCK else None
        elif is_root(event):
            if event.status in BEGINNINGS:
                return None
            first = event if event.status == BACK else None
            ended = event if has_ended(event) else ended
    return None


def _ending(watch: Watch) -> Ending:
    if watch.ending() is None:
        return Ending.UNKNOWN
    is_back = watch.events()[-1].status == "UPDATE_ROLLBACK_COMPLETE"
    return Ending.COMPLETE if is_back else Ending.NEEDS_OPERATOR


def _of_rollback(found: Diagnosis) -> Diagnosis:
    """Of a rollback that failed again, the first cause is what it could not take back."""
    first = found.not_undone[0] if found.not_undone else None
    return replace(found, cause=first, chain=(), also=(), not_undone=found.not_undone[1:])


def _sentence(status: str, found: Diagnosis | None, skips: tuple[str, ...]) -> str:
    skipped = f", without {', '.join(skips)}" if skips else ""
    if found is None:
        return f"the rollback is complete{skipped}, and the stack is at rest"
    why = found.cause.told if found.cause else "No failure is told."
    return f"{why} The rollback has failed again{skipped}; the stack is {status}"
