"""A run that takes a stack back to rest whose rollback has failed: in the order of the flow, as that of an upgrade."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from upgrade.aws.cloudformation import detect_drift, event_pages
from upgrade.aws.errors import fact
from upgrade.aws.sts import read_identity
from upgrade.errors import CannotTell
from upgrade.facts.changes import PREFIX, run_of
from upgrade.facts.drift import Drift
from upgrade.facts.journal import Act, Record
from upgrade.facts.known import Unknown
from upgrade.facts.operation import Ending, Operation
from upgrade.facts.snapshot import Snapshot
from upgrade.run.apply import Executable
from upgrade.run.journal import CONTINUE, Store, open_continuation
from upgrade.run.lookout import EVENTS
from upgrade.run.observe import Beginning
from upgrade.run.recover import Recoverer, Rollback, newest_continuation
from upgrade.run.session import Run
from upgrade.run.takeup import Begun

FACTS = ("stack", "nested", "resources", "stuck")


class Recovery(Run):
    """One recovery."""

    _skipped: tuple[str, ...] = ()
    """What the rollback leaves out that is continued, by whichever run."""

    def take_up(self) -> None:
        """Look for a continuation that an earlier run has begun: it is watched, and no other is asked for."""
        if not self._identities.are_where_they_should_be:
            return  # a check says so, and nothing else is looked at
        opened = {each.told["token"]: each for each in map(self._opened, self._earlier.journals()) if each}
        client, deadline = self._cloudformation(), self.clock.monotonic() + self.entry.polling.begin
        while True:
            read = fact(self.clock, EVENTS, lambda: newest_continuation(event_pages(client, self.entry.stack_name)))
            if isinstance(read, Unknown):
                return  # the checks say so, too, and nothing is executed
            token = read.value.first.token if read.value else ""
            if read.value and (token in opened or (run_of(token) and read.value.ended is None)):
                self._adopts(read.value, opened.get(token))
                return
            if not opened or self.clock.monotonic() > deadline:
                break
            self._progress("looking whether the recovery that an earlier run has asked for was accepted")
            self.clock.sleep(self.entry.polling.watch)
        for record in opened.values():
            journal = replace(self.journal, store=self._earlier.journal(record.run))
            journal.keep(Act.REFUSED, CONTINUE, **record.told, why="no event of it is seen")

    def collect_before(self) -> Snapshot:
        """How the stack is stuck."""
        return self._collector.only(*FACTS)

    def recover(self, before: Snapshot, too_old: Callable[[], list[str]]) -> Operation:
        """Read again how the stack is stuck; if nothing has moved, continue its rollback and watch it to its end.

        Args:
            before: the facts that were judged.
            too_old: asked last: what the judgement rests on and is too old by then, a sentence each.
        """
        self._skipped = self.wish.skips
        executor = self._executor = self._recoverer(PREFIX + self.run_id)
        rollback = Rollback(before.stack.value.arn)
        self._progress("reading again what may have moved")
        changes = [*self._moved(before), *too_old()]
        if changes:
            return executor.refused(rollback, f"nothing was executed: {'; '.join(changes)}")
        return self._over(executor.execute(rollback), rollback)

    def adopt(self, begun: Begun) -> Operation:
        """Watch a continuation to its end that an earlier run has begun."""
        executor = self._executor = self._recoverer(begun.token)
        self.journal.store = self._earlier.journal(begun.run)
        self.journal.keep(
            Act.ADOPTED, CONTINUE, token=begun.token, stack=begun.stack_arn, skips=" ".join(self._skipped)
        )
        operation = executor.take_up(begun, begun.began, begun.anchor)
        return self._over(replace(operation, adopted_from=begun.run), begun)

    def collect_after(self, before: Snapshot) -> Snapshot:  # noqa: ARG002  # as after an upgrade
        """How the stack is at rest, and what was skipped against what the template says."""
        after = self._collector.only(*FACTS)
        if not self._skipped or isinstance(after.nested, Unknown):
            return after
        arns = {stack.name: stack.arn for stack in after.nested.value} | {"": self.entry.stack_name}
        self._progress("detecting drift of what was skipped")
        drift = fact(self.clock, "cloudformation:DetectStackDrift", lambda: self._drift(arns))
        return replace(after, drift=drift)

    def _opened(self, store: Store) -> Record | None:
        try:
            return open_continuation(store.records())
        except OSError as error:
            self._progress(f"the journal of an earlier run can't be read: {error}")
            return None

    def _adopts(self, newest: Beginning, record: Record | None) -> None:
        first = newest.first
        self._skipped = tuple(record.told.get("skips", "").split()) if record else ()
        run, has_ended = run_of(first.token), newest.ended is not None
        self.begun = Begun(run, first.token, "", first.stack_arn, first.at, "", newest.anchor, has_ended)
        skips = f"without {', '.join(self._skipped)}" if self._skipped else "with nothing skipped"
        told = skips if record else "with skips that are not known here"
        self._progress(f"adopted: run {run}'s recovery, {told}, begun at {first.at:%Y-%m-%d %H:%M:%S %Z}")

    def _moved(self, before: Snapshot) -> list[str]:
        """What is no longer as it was judged, a sentence each."""
        sts, again = self._executing.client("sts"), self._collector.again(before, FACTS)
        identity = fact(self.clock, "sts:GetCallerIdentity", lambda: read_identity(sts))
        try:
            was, now, account = before.stack.value, again.stack.value, identity.value.account
            same = (before.stuck.value, before.nested.value) == (again.stuck.value, again.nested.value)
        except CannotTell as error:
            return [f"what was judged can't be read again: {error}"]
        found = []
        if (was.status, was.updated, was.operations) != (now.status, now.updated, now.operations):
            found.append(
                f"the stack has moved: it was {was.status}, it is {now.status}; somebody else has begun something"
            )
        elif not same:
            found.append("what is stuck is no longer the same")
        if account != self.entry.account_id:
            found.append(f"the executing credentials are of account {account}, not {self.entry.account_id}")
        return found

    def _over(self, operation: Operation, rollback: Executable) -> Operation:
        """Keep that a continuation has ended, if that was seen."""
        if operation.ending not in {Ending.REFUSED, Ending.UNKNOWN}:
            told = {"token": operation.token, "stack": rollback.stack_arn, "status": operation.events[-1].status}
            self.journal.keep(Act.TERMINAL, CONTINUE, **told, skips=" ".join(self._skipped))
        return operation

    def _drift(self, arns: dict[str, str]) -> Drift:
        """Drift of what was skipped, each resource under the name by which it was."""
        by_stack: dict[str, list[str]] = defaultdict(list)
        for name in self._skipped:
            nested, _, logical_id = name.rpartition(".")
            by_stack[nested].append(logical_id)
        rows = [
            replace(row, logical_id=f"{nested}.{row.logical_id}" if nested else row.logical_id)
            for nested, names in by_stack.items()
            for row in self._detected(arns[nested], names).rows
        ]
        return Drift(self.clock.now(), tuple(rows))

    def _detected(self, stack: str, names: Sequence[str]) -> Drift:
        return detect_drift(self._cloudformation(), self.clock, stack, self.entry.polling.drift, names)

    def _recoverer(self, token: str) -> Recoverer:
        return self._executor_of(token, partial(Recoverer, skips=self._skipped))
