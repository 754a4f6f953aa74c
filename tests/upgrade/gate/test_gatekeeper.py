"""What may run, what is blocked, what is kept: the gatekeeper's own decisions, without AWS."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from tests.builders import NOW, known, operation, plan, snapshot, unknown
from upgrade.catalogue import CheckInfo, Outcome, Phase, Verdictless, catalogue
from upgrade.errors import CannotTell
from upgrade.facts.changes import Plan
from upgrade.facts.known import Fact
from upgrade.facts.operation import Ending, Operation
from upgrade.facts.snapshot import Snapshot
from upgrade.gate.decision import Mode, Verdict, decide
from upgrade.gate.gatekeeper import Gatekeeper, _result
from upgrade.gate.ledger import Entry

REQUIRED = catalogue()


class StillClock:
    def now(self) -> Any:
        return NOW


class SilentConsole:
    def activity(self, _: str) -> AbstractContextManager[None]:
        return nullcontext()


@dataclass
class RecordedRun:
    """Stands where a run stands and notes what it is asked to do."""

    made: Fact[Plan] = field(default_factory=lambda: known(plan()))
    ended: Operation = field(default_factory=operation)
    asked: list[str] = field(default_factory=list)
    clock: StillClock = field(default_factory=StillClock)

    def collect_before(self) -> Snapshot:
        self.asked.append("before")
        return snapshot()

    def make_plan(self, before: Snapshot) -> Fact[Plan]:
        self.asked.append("plan")
        return self.made

    def execute(self, before: Snapshot, made: Plan) -> Operation:
        self.asked.append("execute")
        if self.ended.ending is Ending.NEEDS_OPERATOR:
            raise KeyboardInterrupt
        return self.ended


def keeper(run: RecordedRun | None = None, outcomes: Mapping[str, Outcome] | None = None) -> Gatekeeper:
    """A gatekeeper whose preflight checks all hold, but for the named ones; an empty mapping: none has run."""
    made = Gatekeeper(
        run=cast("Any", run or RecordedRun()),
        mode=Mode.UPGRADE,
        required=REQUIRED,
        console=cast("Any", SilentConsole()),
        publish=lambda _: [],
        command=(),
    )
    for info in REQUIRED:
        if outcomes != {} and info.phase in {Phase.FACTS, Phase.PLAN}:
            made.ledger.record(Entry(info, (outcomes or {}).get(info.id, Outcome.PASS)))
    return made


def info(check_id: str) -> CheckInfo:
    return next(check for check in REQUIRED if check.id == check_id)


def test_facts_and_plan_are_read_once() -> None:
    run = RecordedRun()
    made = keeper(run)
    for _ in range(2):
        made.before()
        made.plan()

    assert run.asked == ["before", "plan"]


def test_an_open_gate_executes_once() -> None:
    run = RecordedRun()
    made = keeper(run)

    assert made.execute() is made.execute()
    assert run.asked.count("execute") == 1


@pytest.mark.parametrize("outcome", [Outcome.FAIL, Outcome.ERROR, Outcome.NOT_RUN, Outcome.BLOCKED])
def test_a_shut_gate_never_executes(outcome: Outcome) -> None:
    run = RecordedRun()
    made = keeper(run, {"stack-is-at-rest": outcome})

    with pytest.raises(CannotTell, match="not open"):
        made.execute()
    assert run.asked == []


def test_an_empty_ledger_never_executes() -> None:
    run = RecordedRun()

    with pytest.raises(CannotTell, match="not open"):
        keeper(run, {}).execute()
    assert run.asked == []


def test_an_interrupted_execution_is_on_record() -> None:
    made = keeper(RecordedRun(ended=operation(Ending.NEEDS_OPERATOR)))

    with pytest.raises(KeyboardInterrupt):
        made.execute()
    assert made.operation().ending is Ending.UNKNOWN
    decision = decide(Mode.UPGRADE, made.entries(), made.operation(), nothing_to_do=False, stopped_by=2)
    assert decision.verdict is Verdict.INTERRUPTED


def test_asking_for_the_result_starts_nothing() -> None:
    run = RecordedRun()

    with pytest.raises(CannotTell):
        keeper(run).operation()
    assert run.asked == []


@pytest.mark.parametrize(
    ("shut", "blocked", "free"),
    [
        ("account-is-the-expected-one", "stack-is-at-rest", "account-is-the-expected-one"),
        ("stack-is-at-rest", "change-set-is-ready", "drift-is-understood"),
        ("drift-is-understood", "upgrade", "change-set-is-ready"),
    ],
)
def test_an_earlier_result_blocks_what_builds_on_it(shut: str, blocked: str, free: str) -> None:
    made = keeper(outcomes={shut: Outcome.FAIL})

    assert shut in made._blocked(info(blocked))
    assert made._blocked(info(free)) == ""


def test_nothing_to_do_blocks_the_upgrade() -> None:
    made = keeper(RecordedRun(made=known(plan(nothing_to_do=True))))
    made.plan()

    assert "no change" in made._blocked(info("upgrade"))


def test_an_unknown_plan_is_no_nothing_to_do() -> None:
    made = keeper(RecordedRun(made=unknown()))
    made.plan()

    assert not made._nothing_to_do()


@pytest.mark.parametrize(
    ("ending", "free"),
    [
        (Ending.COMPLETE, {"database-is-intact", "version-is-the-target"}),
        (Ending.ROLLED_BACK, {"database-is-intact"}),
        (Ending.UNKNOWN, set()),
        (Ending.REFUSED, set()),
    ],
)
def test_postflight_runs_where_it_says_something(ending: Ending, free: set[str]) -> None:
    made = keeper(RecordedRun(ended=operation(ending)))
    made.execute()

    ran = {check for check in ("database-is-intact", "version-is-the-target") if not made._blocked(info(check))}
    assert ran == free


def test_without_an_upgrade_postflight_is_blocked() -> None:
    assert keeper()._blocked(info("database-is-intact")) == "there was no upgrade"


def called(error: BaseException | None, when: Any = "call") -> Entry | None:
    def body() -> None:
        if error is not None:
            raise error

    call = pytest.CallInfo.from_call(body, when=when)
    return _result(REQUIRED[0], call, NOW)


def test_only_a_finished_call_passes() -> None:
    passed = called(None)

    assert passed is not None
    assert passed.outcome is Outcome.PASS
    assert called(None, "setup") is None
    assert called(None, "teardown") is None


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (AssertionError("no"), Outcome.FAIL),
        (CannotTell("denied"), Outcome.ERROR),
        (Verdictless(Outcome.WARN), Outcome.WARN),
        (Verdictless(Outcome.NOT_APPLICABLE, detail="none"), Outcome.NOT_APPLICABLE),
        (KeyError("x"), Outcome.ERROR),
        (pytest.skip.Exception("later"), Outcome.ERROR),
        (pytest.fail.Exception("no"), Outcome.ERROR),
        (pytest.PytestReturnNotNoneWarning("returned"), Outcome.ERROR),
    ],
)
def test_everything_else_is_what_it_says_or_an_error(error: BaseException, outcome: Outcome) -> None:
    entry = called(error)

    assert entry is not None
    assert entry.outcome is outcome


def test_an_assertion_outside_the_check_is_an_error() -> None:
    entry = called(AssertionError("fixture"), "setup")

    assert entry is not None
    assert entry.outcome is Outcome.ERROR
