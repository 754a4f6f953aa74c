"""One gate run inside one pytest session: orders the checks, blocks what may not run, keeps the ledger, decides.

Order is a courtesy; safety is that `execute` asks the decision itself, and that a result gets into the ledger only where
this class has run the check's function: whatever a plugin makes of pytest's own reports changes nothing.
"""

from __future__ import annotations

import inspect
import signal
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from upgrade.catalogue import (
    EXECUTION,
    PREFLIGHT,
    CheckInfo,
    Outcome,
    Phase,
    Verdictless,
    info_of,
    path_of,
    running_order,
)
from upgrade.errors import CannotTell, PlimsollError
from upgrade.facts.known import Fact, Known
from upgrade.facts.reading import Reading, readings, watched
from upgrade.gate.decision import NO_EVIDENCE, Decision, Happened, decide, gate
from upgrade.gate.evidence import Evidence, Published
from upgrade.gate.freshness import in_time, too_old_to_start
from upgrade.gate.ledger import Entry
from upgrade.gate.mode import Mode, Verdict
from upgrade.gate.results import PYTEST_OUTCOMES, ReturnedValueError, configured, counted, entry_of
from upgrade.gate.signals import GOODBYE, PATIENCE, Stopped, ignore, leave, unheard
from upgrade.gate.waivers import Waivers, scope_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from upgrade.facts.changes import Plan
    from upgrade.facts.operation import Operation
    from upgrade.gate.console import Console
    from upgrade.gate.order import Order
    from upgrade.gate.stages import Stages
    from upgrade.rules.bound import BoundPlan
    from upgrade.run.lock import Lock
    from upgrade.run.session import Run


@dataclass(eq=False)
class Gatekeeper:
    """The state of a run between pytest's hooks."""

    order: Order
    """Which checks run, and what they have said."""
    own: frozenset[str]
    """Files of the user's own checks; what they say of themselves is known when they are collected."""
    console: Console
    publish: Callable[[Evidence], Published]
    """Writes the evidence."""
    command: tuple[str, ...]
    plugins: tuple[str, ...] = ()
    """Of pytest, with their versions."""
    manifest: str = ""
    """Of the checks that must exist."""
    keep: Callable[[Evidence], None] = lambda _: None
    """Puts the baseline where it outlives this process. Raises OSError, LeakError."""
    notes: tuple[str, ...] = ()
    """What a person should know before anything begins."""
    lock: Lock | None = None
    """Keeps a second upgrade of this stack from this machine out."""
    summary: list[str] = field(default_factory=list)
    exit_code: int | None = None
    """Set when the run is decided."""
    run: Run = field(init=False)
    stages: Stages = field(init=False)
    _stopped_by: int | None = None
    """The signal that stopped the run."""
    _by_node: dict[str, Entry] = field(default_factory=dict)
    """What the checks said, by pytest's id of their items."""

    def __post_init__(self) -> None:
        self.run, self.stages = self.order.run, self.order.stages

    # ---- what may be asked for ---------------------------------------------------------------------------------------

    def door(self, item: pytest.Item) -> Callable[[], Operation]:
        """What executes: for the item alone that is there for it.

        Raises:
            CannotTell: another check asks for it.
        """
        if self._info(item).phase not in EXECUTION:
            raise CannotTell("only checks/upgrade/check_upgrade.py may execute the change set")
        return self.execute

    def execute(self) -> Operation:
        """Execute the change set: once, and only through an open gate; what an earlier run has begun is only watched.

        Raises:
            CannotTell: the gate is not open; the upgrade item should never have been reached.
        """
        if self.run.begun is not None:
            return self.stages.adopt(self.run.begun)
        reason = self.order.shut_gate()
        if reason:
            raise CannotTell(f"the gate is not open: {reason}")
        lost = self._not_kept() if self.stages.operation is None else []
        return self.stages.execute(lambda: [*lost, *too_old_to_start(self.order.entries(), self.run.clock.now())])

    def _not_kept(self) -> list[str]:
        """Keep how the stack was, for whoever takes the upgrade up if this run is killed; why that failed."""
        try:
            self.keep(self._evidence(gate(self.order.entries(*PREFLIGHT))))
        except (OSError, PlimsollError) as error:
            return [f"the baseline can't be kept: {error}"]
        return []

    def plan(self) -> Fact[Plan]:
        """The plan that checks judge: the change set, or what it is predicted to be."""
        return self.stages.read_before().prediction if self.order.course.predicts else self.stages.read_plan()

    def operation(self) -> Operation:
        """The recorded result of the upgrade; asking for it never starts one."""
        return self.stages.observe() if self.order.mode is Mode.VERIFY else self.stages.done()

    def close(self) -> None:
        """Leave the process as it was, and the stack without a change set of a run that was stopped."""
        if self._stopped_by is not None and self.exit_code is not None:
            self.stages.discard_plan()
            leave(self.exit_code, GOODBYE)
        if self.lock is not None:
            self.lock.release()
        self.run.aws.guard.remove()

    # ---- order and blocking ------------------------------------------------------------------------------------------

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self) -> None:
        """Say what a person should know before anything begins."""
        for note in self.notes:
            self.console.note(note)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep what the mode asks for, in running order; learn what checks of the user's own say of themselves."""
        required = {info.file: info for info in self.order.required}
        kept: dict[pytest.Item, CheckInfo] = {}
        for item in items:
            info = info_of(getattr(item, "obj", None))
            if info is None or info.file != _file(item):
                raise pytest.UsageError(
                    f"{item.nodeid} is no check: a check is a function decorated with @check, in a file of its name"
                )
            if info.file in self.own:
                required[info.file] = configured(info, self.run.entry.checks)
            if info.file in required:
                kept[item] = required[info.file]
        self.order.required = tuple(sorted(filter(self.order.wants, required.values()), key=running_order))
        items[:] = sorted(
            (item for item in kept if self.order.wants(kept[item])), key=lambda item: running_order(kept[item])
        )

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Keep a check from running that an earlier result does not allow."""
        reason = self.order.blocked(self._info(item))
        if reason:
            raise Verdictless(Outcome.BLOCKED, detail=reason)

    # ---- results -----------------------------------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        """Run the check: the only place where a result that holds comes from, but for the run whose update is taken up."""
        clock, info = self.run.clock, self._info(pyfuncitem)
        if info.id in self.order.kept():
            entry = self.order.kept()[info.id]
            self.order.ledger.record(entry)
            pyfuncitem.stash[_ENTRY] = self._by_node[pyfuncitem.nodeid] = entry
            return True
        started, began = clock.now(), clock.monotonic()
        raised, reads = self._said_by(pyfuncitem)
        said = replace(entry_of(info, raised, started, clock.monotonic() - began), reads=reads)
        entry = self._record(in_time(said, self.order.mode))
        pyfuncitem.stash[_ENTRY] = self._by_node[pyfuncitem.nodeid] = entry
        if raised is not None:
            raise raised
        return True

    def _said_by(self, item: pytest.Function) -> tuple[BaseException | None, tuple[Reading, ...]]:
        """What the check raised, and which facts it has read."""
        arguments: dict[str, object] = {}
        raised: BaseException | None = None
        try:
            arguments = watched(self._arguments(item))
            if item.obj(**arguments) is not None:
                raised = ReturnedValueError("the check returned a value; it must return nothing")
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001  # SystemExit and pytest's own as well: all of it is a result
            raised = error
        return raised, readings(arguments)

    def _arguments(self, item: pytest.Function) -> dict[str, object]:
        """What the check asks for, as it is judged in its phase.

        Raises:
            CannotTell: a plugin has put something else in the place of a fact.
        """
        before = self.stages.before
        ours = {
            "before": before,
            "plan": before.prediction if self.order.course.predicts and before else self.stages.plan,
            "upgrade": self.stages.operation,
            "recovery": self.stages.operation,
            "skips": self.run.wish.skips,
            "after": self.stages.after,
            "entry": self.run.entry,
            "product": self.run.product,
        }
        arguments = {name: item.funcargs[name] for name in inspect.signature(item.obj).parameters}
        for name, value in arguments.items():
            if name in ours and value is not ours[name]:
                raise CannotTell(f"the fixture {name!r} is not Plimsoll's: a plugin or a conftest.py replaces it")
        if self._info(item).phase is Phase.FACTS:
            return arguments
        processed = self.stages.processed()
        return {name: processed.get(name, value) for name, value in arguments.items()}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Put what happened around a check into the ledger; show what is in it in pytest's own report."""
        report = yield
        entry = item.stash.get(_ENTRY, None) if call.when == "call" else None
        if call.excinfo is not None and entry is None:
            raised, started = call.excinfo.value, self.run.clock.now()
            entry = self._record(entry_of(self._info(item), raised, started, call.duration, in_call=False))
        if entry is None or (report.failed and call.excinfo is None):  # else a plugin says so: see logreport
            return report
        report.outcome = PYTEST_OUTCOMES[entry.outcome]
        text = "\n".join([entry.detail, *(finding.found for finding in entry.findings)]).strip()
        report.longrepr = (item.nodeid, 0, text) if report.outcome == "skipped" else text or None
        report.user_properties.append(("outcome", entry.outcome.value))
        self.console.result(entry)
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Believe a plugin that says a check failed which did not say so itself: soft assertions, sub-tests, a teardown."""
        entry = self._by_node.get(report.nodeid)
        if report.failed and entry is not None and PYTEST_OUTCOMES[entry.outcome] != "failed":
            said = f"pytest reports it as failed: {str(report.longrepr).strip() or 'no reason given'}"
            self.order.ledger.record(replace(entry, outcome=Outcome.ERROR, detail=said))

    def _record(self, entry: Entry) -> Entry:
        """Keep a result as it counts in this run: deferred, waived or as it is."""
        result = counted(entry, self.order.course, self._waivers())
        self.order.ledger.record(result)
        return result

    def _waivers(self) -> Waivers:
        """The waivers of the stack, as far as it was read."""
        entry, product = self.run.entry, self.run.product
        return Waivers(entry.waivers, scope_of(entry, self.stages.before, product), self.run.clock.now())

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Count by our outcomes in pytest's closing line; our own lines tell each check."""
        outcome = dict(report.user_properties).get("outcome")
        if outcome is None:
            return "", "", ""
        return ("passed" if outcome == "pass" else str(outcome)), "", ""

    # ---- the end -----------------------------------------------------------------------------------------------------

    @pytest.hookimpl(tryfirst=True)
    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Remember that the run was stopped by a signal; that a plugin or a check ended it is no such thing."""
        if type(excinfo.value) in {KeyboardInterrupt, Stopped}:
            self._stopped_by = getattr(excinfo.value, "signal", signal.SIGINT)
            ignore()

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> Generator[None, object, object]:
        """Decide from the ledger, leave the evidence, and set the exit code whatever pytest counted.

        After all other plugins have ended, well or not, and before pytest writes its summary.
        """
        result: object = None
        try:
            result = yield
        except Exception as error:  # noqa: BLE001  # a report of a plugin's own that can't be written, say
            self.console.note(f"a plugin failed at the end of the session: {type(error).__name__}: {error}")
        self._finish(session, exitstatus)
        return result

    def _finish(self, session: pytest.Session, exitstatus: int) -> None:
        if exitstatus == pytest.ExitCode.USAGE_ERROR and self.stages.before is None:
            return  # refused while collecting: nothing was called, and exit 4 leaves no evidence
        with unheard():
            self._record_end(session)
        if self._stopped_by is not None and self.exit_code is not None:
            leave(self.exit_code, PATIENCE)

    def _record_end(self, session: pytest.Session) -> None:
        happened = self._happened()
        decision = decide(happened)
        self.exit_code = decision.exit_code
        try:
            # Of a run that was stopped the evidence comes first: the call may hang, as the one it was stopped in.
            if self._stopped_by is None and not _may_be_executed(decision):
                self.stages.discard_plan()
            published = self.publish(self._evidence(decision, happened))
            self.summary = published.lines
            if published.problems:
                self.exit_code = decision.exit_code or NO_EVIDENCE
        except Exception as error:  # noqa: BLE001  # whatever it is, the verdict must be told and must not be 0
            self.exit_code = decision.exit_code or NO_EVIDENCE
            # Of an error that is not ours only the kind is told: its text may hold anything.
            why = str(error) if isinstance(error, (PlimsollError, OSError)) else type(error).__name__
            told = f"{decision.verdict}  {decision.sentence}", f"  the evidence could not be written: {why}"
            self.summary = ["", *map(self.run.clean, told)]
        session.exitstatus = self.exit_code

    def _happened(self) -> Happened:
        moved = self.order.compared() if self._stopped_by is None else Known((), self.run.clock.now())
        return Happened(
            mode=self.order.mode,
            entries=self.order.entries(),
            operation=self.stages.operation,
            nothing_to_do=self.stages.nothing_to_do,
            reviewed=self.run.bound is not None,
            moved=moved.value if isinstance(moved, Known) else (),
            not_compared="" if isinstance(moved, Known) else str(moved),
            stopped_by=self._stopped_by,
            held_by=self.order.held_by,
            adopted=self.run.begun is not None,
            not_kept=self.run.journal.failed,
        )

    def _evidence(self, decision: Decision, happened: Happened | None = None) -> Evidence:
        return Evidence(
            run_id=self.run.run_id,
            mode=self.order.mode,
            entry=self.run.entry.name,
            configuration=self.run.configuration(),
            product=self.run.product.name,
            target=self.run.target,
            command=self.command,
            started=self.run.started,
            finished=self.run.clock.now(),
            decision=decision,
            entries=self.order.entries(),
            before=self.stages.before,
            plan=self.stages.plan,
            operation=self.stages.operation,
            after=self.stages.after,
            own_facts=self.run.own.facts,
            review=self.stages.review or self.run.review(self.stages.before),
            waivers=self._waivers().judged(self.order.entries()),
            report_only=tuple(id_ for id_ in self.run.entry.checks.report_only),
            bound=self._bound_plan(decision),
            calls=self.run.calls(),
            adopted_from=self.stages.operation.adopted_from if self.stages.operation else "",
            environment=self.run.environment(),
            happened=happened,
            skew=self.run.skew(),
            plugins=self.plugins,
            manifest=self.manifest,
            configuration_sha256=self.run.configuration_sha256,
        )

    def _bound_plan(self, decision: Decision) -> BoundPlan | None:
        """The plan that was or may be executed."""
        kept = _may_be_executed(decision) or self.stages.operation is not None
        if self.run.bound is None and not (kept and self.order.course.plans):
            return None
        try:
            return self.stages.bind_plan(self._warnings())
        except CannotTell:
            if _may_be_executed(decision):
                raise
            return None

    def _warnings(self) -> Iterator[str]:
        """What who approves the plan should know beside it: all that the checks on it did not simply pass."""
        for entry in self.order.entries(*PREFLIGHT):
            if entry.outcome not in {Outcome.PASS, Outcome.NOT_APPLICABLE}:
                for told in [each.found for each in entry.findings] or [entry.detail]:
                    yield f"{entry.check.id} ({entry.outcome}): {told}"

    def pytest_terminal_summary(self) -> None:
        """Verdict first, then what stands in its way."""
        self.console.summary(self.summary)

    def _info(self, item: pytest.Item) -> CheckInfo:
        file = _file(item)
        return next(info for info in self.order.required if info.file == file)


_ENTRY = pytest.StashKey[Entry]()
"""What the check of an item said when its function was run."""


def _may_be_executed(decision: Decision) -> bool:
    """Whether the change set of this run is left for somebody to execute it."""
    return decision.verdict in {Verdict.GO, Verdict.PLANNED}


def _file(item: pytest.Item) -> str:
    return path_of(item.path.resolve())
