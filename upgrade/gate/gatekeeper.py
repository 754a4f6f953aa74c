"""One gate run inside one pytest session: orders the checks, blocks what may not run, keeps the ledger, decides.

Order is a courtesy; safety is that `execute` asks the decision itself.
"""

from __future__ import annotations

import signal
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import pytest

from upgrade.catalogue import CheckInfo, Outcome, Phase, Verdictless, info_of, running_order
from upgrade.errors import CannotTell, PlimsollError
from upgrade.facts.known import Fact, Known
from upgrade.facts.operation import Ending, Operation
from upgrade.gate.decision import Decision, Mode, Verdict, decide, gate, stops
from upgrade.gate.evidence import Evidence
from upgrade.gate.ledger import Entry, Ledger
from upgrade.gate.options import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from datetime import datetime

    from upgrade.facts.changes import Plan
    from upgrade.facts.snapshot import Snapshot
    from upgrade.gate.console import Console
    from upgrade.run.session import Run

GATEKEEPER = pytest.StashKey["Gatekeeper"]()

NO_EVIDENCE = 40
"""Exit code of a run whose verdict would be 0, but whose evidence could not be written."""

FIRST = "account-is-the-expected-one"
"""The check without which nothing else is looked at."""

RAN_AFTER = {Ending.COMPLETE: frozenset({True, False}), Ending.ROLLED_BACK: frozenset({True})}
"""After which endings postflight checks run: all of them, or only those that compare with the baseline."""


class Stopped(KeyboardInterrupt):
    """Another signal than Ctrl-C's asks the run to end."""

    def __init__(self, number: int) -> None:
        super().__init__(f"signal {number}")
        self.signal = number


@dataclass(eq=False)
class Gatekeeper:
    """The state of a run between pytest's hooks."""

    run: Run
    mode: Mode
    required: tuple[CheckInfo, ...]
    """What must have run for this mode, from the catalogue on disk, whatever pytest collects."""
    console: Console
    publish: Callable[[Evidence], list[str]]
    """Writes the evidence; returns the lines of the closing summary."""
    command: tuple[str, ...]
    ledger: Ledger = field(default_factory=Ledger)
    summary: list[str] = field(default_factory=list)
    _before: Snapshot | None = None
    _plan: Fact[Plan] | None = None
    _operation: Operation | None = None
    _after: Snapshot | None = None
    _stopped_by: int | None = None
    """The signal that stopped the run."""

    # ---- what the fixtures return ------------------------------------------------------------------------------------

    def before(self) -> Snapshot:
        """The facts before the upgrade, read once."""
        if self._before is None:
            with self.console.activity("reading facts"):
                self._before = self.run.collect_before()
        return self._before

    def plan(self) -> Fact[Plan]:
        """The change set, made once, on facts that allow it."""
        if self._plan is None:
            before = self.before()
            with self.console.activity("making the change set"):
                self._plan = self.run.make_plan(before)
        return self._plan

    def execute(self) -> Operation:
        """Execute the change set: once, and only through an open gate.

        Raises:
            CannotTell: the gate is not open; the upgrade item should never have been reached.
        """
        decision = gate(self.entries(Phase.FACTS, Phase.PLAN))
        if decision.verdict is not Verdict.GO:
            raise CannotTell(f"the gate is not open: {decision.sentence}")
        if self._operation is None:
            plan = self.plan().value
            # Whatever happens from here on, the record says that an execution may be under way.
            self._operation = self._begun(plan)
            with self.console.activity("updating the stack"):
                self._operation = self.run.execute(self.before(), plan)
        return self._operation

    def operation(self) -> Operation:
        """The recorded result of the upgrade."""
        if self._operation is None:
            raise CannotTell("no upgrade was made in this run")
        return self._operation

    def after(self) -> Snapshot:
        """The facts after the upgrade, read once, the application given time to become healthy."""
        if self._after is None:
            before = self.before()
            with self.console.activity("reading facts again, until the application is healthy"):
                self._after = self.run.collect_after(before)
        return self._after

    def _begun(self, plan: Plan) -> Operation:
        now = self.run.clock.now()
        detail = "the update may have been started; contact was lost before its end"
        return Operation(Ending.UNKNOWN, "", plan.arn, now, now, (), None, detail)

    # ---- order and blocking ------------------------------------------------------------------------------------------

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep what the mode asks for, in running order."""
        infos = {item: info_of(getattr(item, "obj", None)) for item in items}
        strays = [item.nodeid for item, info in infos.items() if info is None or info.file != _file(item)]
        if strays:
            raise pytest.UsageError(f"{strays[0]} is no check of this checkout; checks of your own are not built yet")
        kept = [(running_order(info), item) for item, info in infos.items() if info in self.required]
        items[:] = [item for _, item in sorted(kept, key=lambda pair: pair[0])]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Block a check that an earlier result does not allow to run."""
        info = _info(item)
        reason = self._blocked(info)
        if reason:
            raise Verdictless(Outcome.BLOCKED, detail=reason)

    def _blocked(self, info: CheckInfo) -> str:
        match info.phase:
            case Phase.FACTS:
                first = self.ledger.get(FIRST)
                shut = info.id != FIRST and (first is None or stops(first))
                return f"{FIRST} must hold first" if shut else ""
            case Phase.PLAN:
                return self._shut([check for check in self.required if check.guards_plan])
            case Phase.UPGRADE:
                decision = gate(self.entries(Phase.FACTS, Phase.PLAN))
                if decision.verdict is not Verdict.GO:
                    return f"{decision.verdict}: {decision.sentence}"
                return "the change set holds no change" if self._nothing_to_do() else ""
            case Phase.POSTFLIGHT:
                ending = self._operation.ending if self._operation else None
                if ending is None or info.compares_baseline not in RAN_AFTER.get(ending, frozenset()):
                    return f"the update did not complete: {ending.value}" if ending else "there was no upgrade"
        return ""

    def _shut(self, guards: list[CheckInfo]) -> str:
        shut = [entry for entry in self.ledger.complete(guards) if stops(entry)]
        return f"{', '.join(entry.check.id for entry in shut)} must hold first" if shut else ""

    def entries(self, *phases: Phase) -> tuple[Entry, ...]:
        """One entry for each required check of these phases, of all if none is named."""
        return tuple(e for e in self.ledger.complete(self.required) if not phases or e.check.phase in phases)

    def _nothing_to_do(self) -> bool:
        return isinstance(self._plan, Known) and self._plan.value.nothing_to_do

    # ---- results -----------------------------------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Put what the check said into the ledger, and into pytest's own report without a traceback."""
        report = yield
        entry = _result(_info(item), call, started=self.run.clock.now())
        if entry is None:
            return report
        self.ledger.record(entry)
        report.outcome = _PYTEST_OUTCOMES[entry.outcome]
        text = "\n".join([entry.detail, *(finding.found for finding in entry.findings)]).strip()
        report.longrepr = (item.nodeid, 0, text) if report.outcome == "skipped" else text or None
        report.user_properties.append(("outcome", entry.outcome.value))
        self.console.result(entry)
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Count by our outcomes in pytest's closing line; our own lines tell each check."""
        outcome = dict(report.user_properties).get("outcome")
        if outcome is None:
            return "", "", ""
        return ("passed" if outcome == "pass" else str(outcome)), "", ""

    # ---- the end -----------------------------------------------------------------------------------------------------

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Remember that the run was stopped, and by which signal."""
        self._stopped_by = excinfo.value.signal if isinstance(excinfo.value, Stopped) else signal.SIGINT

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Decide from the ledger, leave the evidence, and set the exit code whatever pytest counted."""
        if exitstatus == pytest.ExitCode.USAGE_ERROR:
            return  # refused while collecting: nothing was called, and exit 4 leaves no evidence
        decision = decide(
            self.mode,
            self.entries(),
            self._operation,
            nothing_to_do=self._nothing_to_do(),
            stopped_by=self._stopped_by,
        )
        session.exitstatus = decision.exit_code
        try:
            self._discard_plan(decision)
            self.summary = self.publish(self._evidence(decision))
        except Exception as error:  # noqa: BLE001  # whatever it is, the verdict must be told and must not be 0
            session.exitstatus = decision.exit_code or NO_EVIDENCE
            # Of an error that is not ours only the kind is told: its text may hold anything.
            why = str(error) if isinstance(error, (PlimsollError, OSError)) else type(error).__name__
            self.summary = [
                "",
                f"{decision.verdict}  {decision.sentence}",
                f"  the evidence could not be written: {why}",
            ]

    def _discard_plan(self, decision: Decision) -> None:
        unused = self._operation is None or self._operation.ending is Ending.REFUSED
        if unused and decision.verdict is not Verdict.GO and isinstance(self._plan, Known):
            left = self.run.discard_plan(self._plan.value)
            if left is not None:
                self.console.note(f"our change set {self._plan.value.name} is still there: {left}")

    def _evidence(self, decision: Decision) -> Evidence:
        return Evidence(
            run_id=self.run.run_id,
            mode=self.mode,
            entry=self.run.entry.name,
            configuration=self.run.entry.public(),
            product=self.run.product.name,
            target=self.run.target,
            command=self.command,
            started=self.run.started,
            finished=self.run.clock.now(),
            decision=decision,
            entries=self.entries(),
            before=self._before,
            plan=self._plan,
            operation=self._operation,
            after=self._after,
            calls=self.run.calls(),
            environment=self.run.environment(),
        )

    def pytest_terminal_summary(self) -> None:
        """Verdict first, then what stands in its way."""
        self.console.summary(self.summary)


_PYTEST_OUTCOMES: dict[Outcome, Literal["passed", "failed", "skipped"]] = {
    Outcome.PASS: "passed",
    Outcome.WARN: "passed",
    Outcome.FAIL: "failed",
    Outcome.ERROR: "failed",
    Outcome.NOT_APPLICABLE: "skipped",
    Outcome.BLOCKED: "skipped",
}


def _file(item: pytest.Item) -> str:
    """Path inside the checkout; the whole path of a file elsewhere."""
    return item.path.relative_to(CHECKOUT).as_posix() if item.path.is_relative_to(CHECKOUT) else str(item.path)


def _info(item: pytest.Item) -> CheckInfo:
    info = info_of(getattr(item, "obj", None))
    if info is None:  # pytest_collection_modifyitems refused it
        raise AssertionError(item.nodeid)
    return info


def _result(info: CheckInfo, call: pytest.CallInfo[None], started: datetime) -> Entry | None:
    """The ledger entry of one phase of an item; None for a setup or teardown that went well."""
    if call.excinfo is None:
        return Entry(info, Outcome.PASS, started=started, seconds=call.duration) if call.when == "call" else None
    match call.excinfo.value:
        case Verdictless() as told:
            return Entry(info, told.outcome, told.findings, told.detail, started, call.duration)
        case AssertionError() as error if call.when == "call":
            return Entry(info, Outcome.FAIL, (), str(error) or "an assertion does not hold", started, call.duration)
        case PlimsollError() as error:
            return Entry(info, Outcome.ERROR, (), str(error), started, call.duration)
        case error:
            detail = f"{type(error).__name__}: {error}"
            return Entry(info, Outcome.ERROR, (), detail, started, call.duration)
