"""The decision is computed from positive evidence only."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upgrade.catalogue import CheckInfo, Finding, Outcome, Phase, Severity
from upgrade.facts.operation import Ending, Operation
from upgrade.gate.decision import EXIT_CODES, Decision, Mode, Verdict, decide, gate, stopping
from upgrade.gate.ledger import Entry, Ledger

NOW = datetime(2026, 11, 23, tzinfo=UTC)
HOLDS = [Outcome.PASS, Outcome.WARN, Outcome.NOT_APPLICABLE]


def info(
    id_: str = "a", phase: Phase = Phase.FACTS, severity: Severity = Severity.BLOCKER, *, baseline: bool = False
) -> CheckInfo:
    return CheckInfo(
        id=id_,
        title="t",
        severity=severity,
        phase=phase,
        why="w",
        remedy="r",
        requirement="",
        references=(),
        guards_plan=False,
        compares_baseline=baseline,
        file="f",
    )


def entry(outcome: Outcome, id_: str = "a", phase: Phase = Phase.FACTS, severity: Severity = Severity.BLOCKER) -> Entry:
    return Entry(info(id_, phase, severity), outcome, findings=(Finding("f", "e", "d"),))


def operation(ending: Ending) -> Operation:
    return Operation(ending, "token", "arn", NOW, NOW, (), None, "the update ended")


FULL = (
    entry(Outcome.PASS, "facts"),
    entry(Outcome.PASS, "plan", Phase.PLAN),
    entry(Outcome.PASS, "upgrade", Phase.UPGRADE),
    entry(Outcome.PASS, "after", Phase.POSTFLIGHT),
)


def decided(
    entries: tuple[Entry, ...] = FULL,
    mode: Mode = Mode.UPGRADE,
    op: Operation | None = None,
    *,
    nothing_to_do: bool = False,
    stopped_by: int | None = None,
) -> Decision:
    return decide(mode, entries, op, nothing_to_do=nothing_to_do, stopped_by=stopped_by)


def test_all_held_and_complete_is_upgraded() -> None:
    assert decided(op=operation(Ending.COMPLETE)).exit_code == 0


@pytest.mark.parametrize("outcome", [o for o in Outcome if o not in HOLDS])
@pytest.mark.parametrize("position", range(len(FULL)))
def test_no_required_check_may_be_missing_from_a_zero(outcome: Outcome, position: int) -> None:
    broken = tuple(replace(e, outcome=outcome) if i == position else e for i, e in enumerate(FULL))

    assert decided(broken, op=operation(Ending.COMPLETE)).exit_code != 0


def test_a_failure_outranks_what_could_not_tell() -> None:
    assert gate([entry(Outcome.ERROR), entry(Outcome.FAIL, "b")]).exit_code == 10


@pytest.mark.parametrize("outcome", [Outcome.ERROR, Outcome.NOT_RUN, Outcome.BLOCKED])
def test_what_could_not_tell_is_11(outcome: Outcome) -> None:
    decision = gate([entry(outcome), entry(Outcome.PASS, "b")])

    assert (decision.verdict, decision.exit_code) == (Verdict.CANNOT_TELL, 11)
    assert "a" in decision.sentence


def test_an_error_of_a_warning_check_is_told_as_a_warning() -> None:
    decision = gate([entry(Outcome.ERROR, severity=Severity.WARNING), entry(Outcome.PASS, "b")])

    assert decision.verdict is Verdict.GO
    assert "1 warning" in decision.sentence


def test_a_warning_check_that_never_ran_keeps_the_gate_shut() -> None:
    assert gate([entry(Outcome.NOT_RUN, severity=Severity.WARNING)]).verdict is Verdict.CANNOT_TELL


def test_an_empty_catalogue_is_no_go_ahead() -> None:
    assert gate([]).verdict is Verdict.CANNOT_TELL
    assert decided((), Mode.GATE).exit_code == 11


def test_nothing_to_do_needs_a_passing_preflight() -> None:
    assert decided(nothing_to_do=True).verdict is Verdict.NOTHING_TO_DO
    assert decided((entry(Outcome.FAIL),), nothing_to_do=True).verdict is Verdict.NO_GO


def test_upgrade_asked_for_and_not_started_is_never_zero() -> None:
    assert decided().exit_code == 11


@pytest.mark.parametrize(
    ("ending", "code"),
    [(Ending.REFUSED, 12), (Ending.ROLLED_BACK, 20), (Ending.NEEDS_OPERATOR, 21), (Ending.UNKNOWN, 22)],
)
def test_an_operation_that_did_not_complete_decides(ending: Ending, code: int) -> None:
    assert decided(op=operation(ending)).exit_code == code


@pytest.mark.parametrize(("outcome", "words"), [(Outcome.PASS, "is as before"), (Outcome.FAIL, "is not as before: x")])
def test_after_a_rollback_the_sentence_tells_the_old_states_health(outcome: Outcome, words: str) -> None:
    compared = Entry(info("x", Phase.POSTFLIGHT, baseline=True), outcome)

    assert words in decided((*FULL[:3], compared), op=operation(Ending.ROLLED_BACK)).sentence


def test_an_update_past_a_shut_gate_is_never_zero() -> None:
    assert decided((entry(Outcome.FAIL), *FULL[2:]), op=operation(Ending.COMPLETE)).verdict is Verdict.UNHEALTHY


def test_an_interrupted_run_says_so() -> None:
    assert decided(stopped_by=2).exit_code == 130
    assert decided(stopped_by=15).exit_code == 143
    assert "goes on without us" in decided(op=operation(Ending.UNKNOWN), stopped_by=2).sentence


@given(st.lists(st.tuples(st.sampled_from(Outcome), st.sampled_from(Phase), st.sampled_from(Severity))))
def test_zero_means_every_entry_held(rows: list[tuple[Outcome, Phase, Severity]]) -> None:
    entries = tuple(entry(o, str(i), p, s) for i, (o, p, s) in enumerate(rows))
    for mode, op, nothing in itertools.product(Mode, [None, operation(Ending.COMPLETE)], [True, False]):
        if decided(entries, mode, op, nothing_to_do=nothing).exit_code:
            continue
        judged = {Phase.FACTS, Phase.PLAN} if op is None else set(Phase)
        relevant = [e for e in entries if e.check.phase in judged]
        assert relevant
        assert not stopping(relevant, frozenset(judged))


def test_every_verdict_has_one_exit_code() -> None:
    assert set(EXIT_CODES) == set(Verdict)


def test_the_ledger_fills_what_never_ran() -> None:
    ledger = Ledger()
    ledger.record(entry(Outcome.PASS))

    assert [e.outcome for e in ledger.complete([info(), info("b")])] == [Outcome.PASS, Outcome.NOT_RUN]


def test_a_second_result_only_makes_it_worse() -> None:
    ledger = Ledger()
    for outcome in (Outcome.PASS, Outcome.ERROR, Outcome.PASS):
        ledger.record(entry(outcome))

    assert [e.outcome for e in ledger] == [Outcome.ERROR]
