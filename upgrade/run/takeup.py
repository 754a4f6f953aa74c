"""Takes up what an earlier run has begun: looked for before the first fact is read, with its journal or without.

An upgrade is asked for at most once: as long as an intent of ours to execute is open, nothing else is made or executed.
Whether it was accepted, CloudFormation says: by an event with its token, or by letting its change set be deleted, which it
refuses once that is executing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from upgrade.aws import change_sets
from upgrade.aws.cloudformation import event_pages, read_stack
from upgrade.aws.errors import fact
from upgrade.clock import Clock
from upgrade.config.entry import StackEntry
from upgrade.facts.baseline import Baseline
from upgrade.facts.changes import run_of
from upgrade.facts.journal import Act, Record
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.stack import Stack
from upgrade.run.journal import CREATE, EXECUTE, Journal, Memory, Store, open_intent
from upgrade.run.observe import Beginning, newest_beginning
from upgrade.run.plan import Planner
from upgrade.run.recognise import Theirs, Unsure, recognise, target_of

GRACE = timedelta(hours=1)
"""A complete update of ours of which nothing says that it was judged is taken up this much longer than a run takes."""


class Earlier(Protocol):
    """What earlier runs have left of one stack."""

    def journals(self) -> Iterable[Store]:
        """Their journals."""
        ...

    def journal(self, run_id: str) -> Store:
        """That of a run; empty if it has left none."""
        ...

    def baseline(self, run_id: str) -> Baseline | None:
        """How things were before that run executed; None if it is not there."""
        ...

    def newest(self, account: str) -> Baseline | None:
        """How things were in this account before the newest upgrade, as far as there is evidence of it."""
        ...

    def made_evidence(self, run_id: str) -> bool:
        """Whether that run came to its end."""
        ...

    def has_judged(self, token: str) -> bool:
        """Whether there is evidence of a run that saw this update end."""
        ...


class Nothing:
    """Earlier runs have left nothing."""

    def journals(self) -> Iterable[Store]:
        return ()

    def journal(self, run_id: str) -> Store:  # noqa: ARG002  # as the protocol has it
        return Memory()

    def baseline(self, run_id: str) -> Baseline | None:  # noqa: ARG002
        return None

    def newest(self, account: str) -> Baseline | None:  # noqa: ARG002
        return None

    def made_evidence(self, run_id: str) -> bool:  # noqa: ARG002
        return False

    def has_judged(self, token: str) -> bool:  # noqa: ARG002
        return False


@dataclass(frozen=True, slots=True)
class Begun:
    """An update that an earlier run has begun."""

    run: str
    """That executed."""
    token: str
    arn: str
    """Of the change set."""
    stack_arn: str
    began: datetime
    target: str = ""
    """What it upgrades to, in the words of the change set's description; empty if that is not known."""
    anchor: frozenset[str] = frozenset()
    """Ids of some events from before it."""
    has_ended: bool = False
    unsure: str = ""
    """Why it is not known whether it was begun; empty if it was."""
    other: str = ""
    """Why it is not the update that is asked for; empty if it is."""


@dataclass(frozen=True, slots=True)
class TakeUp:
    """Looks for what is to be taken up."""

    client: Any
    """CloudFormation, to read."""
    planner: Callable[[Journal], Planner]
    """Deletes change sets, and keeps that in a journal."""
    journal: Callable[[Store], Journal]
    """This run's hand in an earlier run's journal."""
    earlier: Earlier
    entry: StackEntry
    clock: Clock
    skew: Callable[[], float | None]
    """Seconds that our clock is ahead of AWS's."""
    note: Callable[[str], None]
    planned_by: str = ""
    """The run whose plan is to be executed; empty if none was named. Its change set is wanted, whatever became of it."""

    def look(self) -> Begun | None:
        """What is to be watched and judged; None: this is an ordinary run. Nothing is executed, ever."""
        opened = self._opened()
        stack = fact(
            self.clock, "cloudformation:DescribeStacks", lambda: read_stack(self.client, self.entry.stack_name)
        )
        if isinstance(stack, Unknown):  # the checks say so, too, and nothing is executed
            asked = [record for record in opened if record.call == EXECUTE]
            return self._unsure(asked[-1], str(stack)) if asked else None
        opened = [record for record in opened if record.told.get("stack") == stack.value.arn]
        for record in opened:
            wanted = record.run == self.planned_by or self.earlier.made_evidence(record.run)
            if record.call == CREATE and not wanted:
                self.note(f"run {record.run} was broken off before it executed anything: its change set is deleted")
                self._planner(record).take_back(record.told["stack"], record.told["change_set"])
        executed = {record.told["token"]: record for record in opened if record.call == EXECUTE}
        return self._executed(executed, stack.value) if executed else self._recognised()

    def _opened(self) -> list[Record]:
        """What each earlier run has left open, oldest first."""
        left = map(self._left, self.earlier.journals())
        return sorted((record for record in left if record is not None), key=lambda record: record.at)

    def _left(self, store: Store) -> Record | None:
        try:
            return open_intent(store.records())
        except OSError as error:
            self.note(f"the journal of an earlier run can't be read: {error}")
            return None

    # ---- with a journal ----------------------------------------------------------------------------------------------

    def _executed(self, opened: Mapping[str, Record], stack: Stack) -> Begun | None:
        """Ask until it is certain of each execution, by token, whether it was accepted; the newest update is taken up."""
        deadline = self.clock.monotonic() + self.entry.polling.begin
        while True:
            newest = self._newest(stack.arn)
            found = newest.value if isinstance(newest, Known) else None
            if found is not None and (record := opened.get(found.first.token)):
                return self._begun(record, found)
            over = self.clock.monotonic() > deadline
            waiting = [each for each in opened.values() if self._may_have_begun(each, over=over)]
            if isinstance(newest, Known) and not waiting:
                return self._recognised()
            if over:
                why = str(newest) if isinstance(newest, Unknown) else "no event of it is seen"
                return self._unsure((waiting or list(opened.values()))[-1], why)
            self.note("looking whether the update that an earlier run has asked for was accepted")
            self.clock.sleep(self.entry.polling.watch)

    def _may_have_begun(self, record: Record, *, over: bool) -> bool:
        """Whether an execution of which no event is seen may be under way; what is its own and is not, is fenced off."""
        arn, token = record.told["change_set"], record.told["token"]
        read = fact(self.clock, "cloudformation:DescribeChangeSet", lambda: change_sets.read_status(self.client, arn))
        if isinstance(read, Unknown):
            return read.reason is not Reason.NOT_FOUND or not self._settled(record, Act.REFUSED, "it is gone")
        status = read.value[2]
        if status == "OBSOLETE":
            return not self._settled(record, Act.REFUSED, "its change set is OBSOLETE")
        if status in {"EXECUTE_COMPLETE", "EXECUTE_FAILED"} and over:
            return not self._settled(record, Act.CONCLUDED, "the stack was updated again since")
        if status.startswith("EXECUTE_"):
            return True
        if run_of(token) != run_of(arn):  # a reviewed plan's: to execute it again is safe, CloudFormation does it once
            return not over
        self._planner(record).delete(arn)  # which it refuses while that executes; once it is gone it can't be executed
        return True  # until change set and events were looked at once more

    def _settled(self, record: Record, act: Act, why: str) -> bool:
        """Keep that an execution is not to be taken up any more."""
        self._journal(record).keep(act, "" if act is Act.CONCLUDED else EXECUTE, **record.told, why=why)
        return True

    # ---- without one -------------------------------------------------------------------------------------------------

    def _recognised(self) -> Begun | None:
        """What AWS tells of the newest update, where no journal does."""
        deadline = self.clock.monotonic() + self.entry.polling.begin
        while True:
            read = self._read()
            if isinstance(read, Unknown):
                return None  # the checks say so, too, and nothing is executed
            stack, newest, described = read.value
            first = newest.first if newest else None
            found = recognise(stack, first, described)
            if newest is None or isinstance(found, Theirs) or self._is_concluded(newest):
                return None
            if isinstance(found, Unsure):
                if self.clock.monotonic() <= deadline:
                    self.clock.sleep(self.entry.polling.watch)
                    continue
                token, began = newest.first.token, newest.first.at
                return Begun(run_of(token), token, "", stack.arn, began, unsure=found.why)
            change_set, target = found.change_set, found.target
            has_ended = newest.ended is not None
            return Begun(found.run, found.token, change_set, stack.arn, found.began, target, newest.anchor, has_ended)

    def _read(self) -> Fact[tuple[Stack, Beginning | None, str]]:
        def read() -> tuple[Stack, Beginning | None, str]:
            stack = read_stack(self.client, self.entry.stack_name)
            newest = newest_beginning(event_pages(self.client, stack.arn))
            ours = newest is not None and run_of(newest.first.token) and run_of(stack.change_set_id)
            described = change_sets.read_description(self.client, stack.change_set_id) if ours else ""
            return stack, newest, described

        return fact(self.clock, "cloudformation:DescribeStackEvents", read)

    def _is_concluded(self, newest: Beginning) -> bool:
        """Whether nobody waits for an update to be judged: it was, it failed, or it ended longer ago than a run takes."""
        token, now = newest.first.token, self.clock.now() - timedelta(seconds=self.skew() or 0)
        lasts = timedelta(minutes=self.entry.minutes + self.entry.health_minutes) + GRACE
        ended = newest.ended
        is_over = ended is not None and (ended.status != "UPDATE_COMPLETE" or now - ended.at > lasts)
        return is_over or _is_closed(self.earlier.journal(run_of(token))) or self.earlier.has_judged(token)

    # ---- both --------------------------------------------------------------------------------------------------------

    def _newest(self, stack_arn: str) -> Fact[Beginning | None]:
        call = "cloudformation:DescribeStackEvents"
        return fact(self.clock, call, lambda: newest_beginning(event_pages(self.client, stack_arn)))

    def _begun(self, record: Record, newest: Beginning) -> Begun:
        first, arn = newest.first, record.told["change_set"]
        call, read = "cloudformation:DescribeChangeSet", change_sets.read_description
        described = fact(self.clock, call, lambda: read(self.client, arn))
        target = target_of(described.value) if isinstance(described, Known) else ""
        run, has_ended = run_of(first.token), newest.ended is not None
        return Begun(run, first.token, arn, first.stack_arn, first.at, target, newest.anchor, has_ended)

    def _unsure(self, record: Record, why: str) -> Begun:
        told = record.told
        return Begun(run_of(told["token"]), told["token"], told["change_set"], told["stack"], record.at, unsure=why)

    def _planner(self, record: Record) -> Planner:
        return self.planner(self._journal(record))

    def _journal(self, record: Record) -> Journal:
        """That of the run that asked, whoever has taken it up since."""
        return self.journal(self.earlier.journal(run_of(record.told.get("token", "")) or record.run))


def _is_closed(store: Store) -> bool:
    """Whether a run's journal says that nothing of it is left to take up."""
    try:
        records = store.records()
    except OSError:
        return False
    return bool(records) and open_intent(records) is None
