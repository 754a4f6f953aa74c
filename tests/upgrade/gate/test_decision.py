"""The decision is computed from positive evidence only."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.upgrade.gate.verdicts import ADOPTED, FULL, HOLDS, decided, entry, info, operation
from upgrade.catalogue import PREFLIGHT, Outcome, Phase, Severity, When
from upgrade.facts.operation import Ending
from upgrade.gate.decision import APPROVAL, EXIT_CODES, gate, stopping, stops
from upgrade.gate.ledger import Entry
from upgrade.gate.mode import COURSES, Mode, Verdict


def test_all_held_and_complete_is_upgraded() -> None:
    assert decided(op=operation(Ending.COMPLETE)).exit_code == 0


@pytest.mark.parametrize("outcome", [o for o in Outcome if o not in HOLDS])
@pytest.mark.parametrize("position", range(len(FULL)))
def test_no_required_check_may_be_missing_from_a_zero(outcome: Outcome, position: int) -> None:
    broken = tuple(replace(e, outcome=outcome) if i == position else e for i, e in enumerate(FULL))

    assert decided(broken, op=operation(Ending.COMPLETE)).exit_code != 0


def test_an_adopted_update_is_judged_by_what_follows_it() -> None:
    """What was to be judged before it was judged by the run that has executed."""
    ended = replace(operation(Ending.COMPLETE), adopted_from="R1")
    decision = decided(ADOPTED, op=ended, adopted=True)
    assert (decision.verdict, decision.exit_code) == (Verdict.UPGRADED, 0)
    assert decision.sentence.startswith("adopted run R1's update: ")
    assert decided(ADOPTED, op=ended).verdict is Verdict.UNHEALTHY
    missing = replace(FULL[3], outcome=Outcome.ERROR)
    assert decided((*ADOPTED[:3], missing), op=ended, adopted=True).exit_code == 30


def test_an_adopted_update_is_adopted_in_spite_of_a_plan_that_moved() -> None:
    ended = replace(operation(Ending.COMPLETE), adopted_from="R1")
    assert decided(ADOPTED, op=ended, adopted=True, reviewed=True, moved=("stack.status",)).exit_code == 0


def test_without_waivers_an_adopted_update_is_judged_by_what_is_known_of_it() -> None:
    ended = replace(operation(Ending.COMPLETE), adopted_from="R1")
    waived = replace(FULL[3], outcome=Outcome.WAIVED)
    assert decided((*ADOPTED[:3], waived), op=ended, adopted=True).without_waivers is Verdict.UNHEALTHY


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
    assert decision.sentence == "1 preflight check holds, 1 could not tell: a"


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


def test_an_update_past_a_shut_gate_is_never_zero() -> None:
    assert decided((entry(Outcome.FAIL), *FULL[2:]), op=operation(Ending.COMPLETE)).verdict is Verdict.UNHEALTHY
    assert decided(op=operation(Ending.COMPLETE), moved=("a tag",)).verdict is Verdict.UNHEALTHY


def deferred(outcome: Outcome = Outcome.DEFERRED) -> Entry:
    return Entry(replace(info("jobs"), when=When.START), outcome)


@pytest.mark.parametrize(
    ("mode", "verdict"),
    [
        (Mode.GATE, Verdict.GO),
        (Mode.AHEAD, Verdict.PLANNED),
        (Mode.READ_ONLY, Verdict.GO),
        (Mode.REJUDGE, Verdict.GO),
        (Mode.VERIFY, Verdict.VERIFIED),
    ],
)
def test_each_mode_has_its_own_good_verdict(mode: Mode, verdict: Verdict) -> None:
    decision = decided(tuple(e for e in FULL if e.check.phase in {*COURSES[mode].phases, Phase.FACTS}), mode)

    assert (decision.verdict, decision.exit_code) == (verdict, 0)
    assert ("no plan made" in decision.sentence) is (mode is Mode.READ_ONLY)


@pytest.mark.parametrize("mode", [Mode.AHEAD, Mode.READ_ONLY])
def test_what_judges_the_start_is_told_and_not_required_before_it(mode: Mode) -> None:
    decision = decided((*FULL[:2], deferred()), mode)

    assert decision.exit_code == 0
    assert "1 deferred to the start" in decision.sentence


@pytest.mark.parametrize("mode", [Mode.GATE, Mode.REJUDGE, Mode.UPGRADE])
def test_a_run_that_judges_now_defers_nothing(mode: Mode) -> None:
    assert decided((*FULL[:2], deferred()), mode).exit_code == 11


def test_only_what_judges_the_start_can_be_deferred() -> None:
    assert stops(entry(Outcome.DEFERRED))
    assert decided((*FULL[:2], entry(Outcome.DEFERRED)), Mode.AHEAD).exit_code == 11


def test_a_run_that_defers_everything_has_judged_nothing() -> None:
    assert decided((deferred(),), Mode.AHEAD).exit_code == 11


@pytest.mark.parametrize(("mode", "code"), [(Mode.UPGRADE, 12), (Mode.REJUDGE, 10)])
@pytest.mark.parametrize("outcome", Outcome)
def test_a_plan_that_no_longer_holds_comes_first(mode: Mode, code: int, outcome: Outcome) -> None:
    decision = decided((*FULL[1:2], entry(outcome)), mode, reviewed=True, moved=("stack.updated was 1, now it is 2",))

    assert decision.exit_code == code
    assert "stack.updated was 1" in decision.sentence


@pytest.mark.parametrize("mode", [Mode.UPGRADE, Mode.REJUDGE])
def test_a_plan_that_can_not_be_compared_is_never_zero(mode: Mode) -> None:
    decision = decided(FULL[1:2], mode, reviewed=True, not_compared="the drift could not be read")

    assert decision.exit_code == 11
    assert decision.sentence == "whether the plan still holds can't be told: the drift could not be read"


@pytest.mark.parametrize(
    ("mode", "reviewed", "code"), [(Mode.UPGRADE, True, 12), (Mode.UPGRADE, False, 10), (Mode.REJUDGE, True, 10)]
)
def test_a_missing_approval_refuses_what_was_planned(mode: Mode, reviewed: bool, code: int) -> None:
    entries = (entry(Outcome.FAIL, APPROVAL), entry(Outcome.FAIL, "b"))

    assert decided(entries, mode, reviewed=reviewed).exit_code == code


def test_jobs_that_run_at_night_are_no_refusal_but_no_go() -> None:
    assert decided((*FULL[:2], deferred(Outcome.FAIL)), reviewed=True).exit_code == 10


@pytest.mark.parametrize(
    ("outcome", "code"), [(Outcome.FAIL, 30), (Outcome.ERROR, 11), (Outcome.NOT_RUN, 11), (Outcome.BLOCKED, 11)]
)
def test_a_verification_tells_bad_from_unknown(outcome: Outcome, code: int) -> None:
    entries = (entry(Outcome.PASS, "first"), entry(outcome, "after", Phase.POSTFLIGHT))

    assert decided(entries, Mode.VERIFY).exit_code == code


def test_a_verification_in_a_wrong_account_is_no_go() -> None:
    entries = (entry(Outcome.FAIL, "first"), entry(Outcome.BLOCKED, "after", Phase.POSTFLIGHT))

    assert decided(entries, Mode.VERIFY).verdict is Verdict.NO_GO
    assert decided((entry(Outcome.PASS, "first"),), Mode.VERIFY).exit_code == 11


@pytest.mark.parametrize(
    ("mode", "op", "waived", "bare"),
    [
        (Mode.GATE, None, Phase.FACTS, Verdict.NO_GO),
        (Mode.UPGRADE, Ending.COMPLETE, Phase.FACTS, Verdict.NO_GO),
        (Mode.UPGRADE, Ending.COMPLETE, Phase.POSTFLIGHT, Verdict.UNHEALTHY),
        (Mode.VERIFY, None, Phase.POSTFLIGHT, Verdict.UNHEALTHY),
    ],
)
def test_the_verdict_without_waivers_is_told(mode: Mode, op: Ending | None, waived: Phase, bare: Verdict) -> None:
    entries = (*FULL, entry(Outcome.WAIVED, "waived", waived))
    decision = decided(entries, mode, operation(op) if op else None)

    assert decision.exit_code == 0
    assert decision.without_waivers is bare
    assert f"without waivers: {bare}" in decision.sentence


def test_where_nothing_is_waived_there_is_one_verdict() -> None:
    assert decided(mode=Mode.GATE).without_waivers is None


@pytest.mark.parametrize(("ending", "code"), [(Ending.COMPLETE, 40), (Ending.ROLLED_BACK, 20), (Ending.UNKNOWN, 22)])
def test_a_journal_that_is_not_whole_leaves_the_verdict_and_is_never_zero(ending: Ending, code: int) -> None:
    whole, torn = decided(op=operation(ending)), decided(op=operation(ending), not_kept="the disk is full")

    assert (torn.verdict, torn.exit_code) == (whole.verdict, code)
    assert torn.sentence == f"{whole.sentence}; the disk is full"


def test_a_run_that_another_process_kept_out_is_refused() -> None:
    decision = decided((entry(Outcome.BLOCKED),), held_by="run run-0 is upgrading this stack")

    assert (decision.exit_code, decision.sentence) == (12, "run run-0 is upgrading this stack")


@given(st.lists(st.tuples(st.sampled_from(Outcome), st.sampled_from(Phase), st.sampled_from(Severity))))
def test_zero_means_every_entry_held(rows: list[tuple[Outcome, Phase, Severity]]) -> None:
    entries = tuple(entry(o, str(i), p, s) for i, (o, p, s) in enumerate(rows))
    for mode, op, nothing in itertools.product(Mode, [None, operation(Ending.COMPLETE)], [True, False]):
        phases = COURSES[mode].phases | {Phase.FACTS}
        required = tuple(e for e in entries if e.check.phase in phases)
        if decided(required, mode, op, nothing_to_do=nothing).exit_code:
            continue
        judged = phases if mode is Mode.VERIFY or op is not None else phases & PREFLIGHT
        relevant = [e for e in required if e.check.phase in judged]
        assert relevant
        assert not stopping(relevant, judged)


def test_every_verdict_has_one_exit_code() -> None:
    assert set(EXIT_CODES) == set(Verdict)
