"""What may run, what is blocked, what is kept: the gatekeeper's own decisions, without AWS."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.builders import NOW, known, operation, plan, snapshot, unknown
from tests.upgrade.gate.recorded import BOUND, RecordedRun, SilentConsole
from tests.upgrade.run.stores import Full
from upgrade.catalogue import CheckInfo, Finding, Outcome, Phase, When, catalogue
from upgrade.errors import CannotTell
from upgrade.facts.journal import Act
from upgrade.facts.operation import Ending
from upgrade.facts.reading import Reading
from upgrade.gate import gatekeeper
from upgrade.gate.decision import Happened, decide
from upgrade.gate.evidence import Evidence
from upgrade.gate.freshness import too_old_to_start
from upgrade.gate.gatekeeper import Gatekeeper
from upgrade.gate.ledger import Entry, Ledger
from upgrade.gate.mode import COURSES, Mode, Verdict
from upgrade.gate.options import CHECKOUT
from upgrade.gate.signals import Stopped
from upgrade.run.takeup import Begun

REQUIRED = tuple(info for info in catalogue() if info.phase in COURSES[Mode.UPGRADE].phases)


def keeper(
    run: RecordedRun | None = None,
    outcomes: Mapping[str, Outcome] | None = None,
    mode: Mode = Mode.UPGRADE,
    **more: Any,
) -> Gatekeeper:
    """A gatekeeper whose preflight checks all hold, but for the named ones; an empty mapping: none has run."""
    made = Gatekeeper(
        run=cast("Any", run or RecordedRun()),
        mode=mode,
        required=REQUIRED,
        own=frozenset(),
        console=cast("Any", SilentConsole()),
        **{"publish": lambda _: [], "command": (), **more},
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
        made.stages.read_before()
        made.stages.read_plan()

    assert run.asked == ["take up", "before", "plan"]


def test_a_run_that_makes_no_change_set_judges_the_predicted_plan() -> None:
    run = RecordedRun()
    made = keeper(run, mode=Mode.READ_ONLY)

    assert made.plan() == snapshot().prediction
    assert run.asked == ["before"]


def test_an_open_gate_executes_once() -> None:
    run = RecordedRun()
    made = keeper(run)

    assert made.execute() is made.execute()
    assert run.asked.count("execute") == 1


def test_an_execution_is_told_what_has_grown_too_old() -> None:
    run = RecordedRun()
    made = keeper(run)
    judged = next(entry for entry in made.ledger if entry.check.when is When.START)
    made.ledger.record(replace(judged, outcome=Outcome.WARN, reads=(Reading("before.jobs", NOW - timedelta(hours=1)),)))
    made.execute()

    assert run.too_old == too_old_to_start(made.entries(), NOW)
    assert len(run.too_old) == 1


def test_how_the_stack_was_is_kept_before_anything_is_executed() -> None:
    run, kept = RecordedRun(), list[Evidence]()

    def keep(evidence: Evidence) -> None:
        run.asked.append("keep")
        kept.append(evidence)

    made = keeper(run, keep=keep)
    made.stages.read_before()
    for _ in range(2):
        made.execute()

    assert run.asked.count("keep") == 1
    assert run.asked.index("keep") < run.asked.index("execute")
    assert (kept[0].decision.verdict, kept[0].before, kept[0].operation) == (Verdict.GO, snapshot(), None)
    assert run.too_old == []


def test_nothing_is_executed_if_that_cannot_be_kept() -> None:
    def keep(_: Evidence) -> None:
        raise OSError("the disk is full")

    run = RecordedRun()
    keeper(run, keep=keep).execute()

    assert run.too_old == ["the baseline can't be kept: the disk is full"]


def test_while_another_process_upgrades_the_stack_nothing_is_asked() -> None:
    run = RecordedRun()
    made = keeper(run, {}, held_by="run run-0 is upgrading this stack")

    assert {made._blocked(each) for each in REQUIRED} == {"run run-0 is upgrading this stack"}
    decision = decide(made._happened())
    assert (decision.verdict, decision.exit_code) == (Verdict.REFUSED, 12)
    assert "run-0" in decision.sentence
    assert run.asked == []


BEGUN = Begun("run-0", "plimsoll-run-0", plan().arn, plan().stack_arn, NOW)


@pytest.mark.parametrize("mode", [mode for mode in Mode if not COURSES[mode].executes])
def test_only_who_may_execute_takes_up_what_was_begun(mode: Mode) -> None:
    run = RecordedRun()
    keeper(run, mode=mode).stages.read_before()

    assert "take up" not in run.asked


def test_an_update_that_was_begun_is_watched_and_nothing_is_executed() -> None:
    run = RecordedRun(begun=BEGUN, ended=operation(adopted_from="run-0"))
    made = keeper(run, {})

    assert made.execute() is made.execute() is run.ended
    assert run.asked.count("adopt") == 1
    assert "execute" not in run.asked
    assert made._evidence(decide(made._happened())).journal == "run-0"


def test_an_update_that_was_begun_is_not_judged_anew() -> None:
    made = keeper(RecordedRun(begun=BEGUN), {})
    made.ledger.record(Entry(info("account-is-the-expected-one"), Outcome.PASS))

    assert made._blocked(info("stack-is-at-rest")) == "the update had begun before this run"
    assert made._blocked(info("change-set-is-ready")) == "the update had begun before this run"
    assert made._blocked(info("account-is-the-expected-one")) == ""
    assert made._blocked(info("upgrade")) == ""
    assert made._blocked(info("update-is-complete")) == "there was no upgrade"


def test_what_its_run_had_judged_counts() -> None:
    asked, warned = list[str](), info("stack-is-at-rest")
    kept = {warned.id: Entry(warned, Outcome.WARN, detail="judged by run run-0")}

    def judged(run_id: str, checks: Iterable[CheckInfo]) -> Mapping[str, Entry]:
        asked.extend([run_id, *(check.id for check in checks)])
        return kept

    made = keeper(RecordedRun(begun=BEGUN), {}, judged=judged)
    made.ledger.record(Entry(info("account-is-the-expected-one"), Outcome.PASS))
    item: Any = SimpleNamespace(path=CHECKOUT / warned.file, stash={}, nodeid="n", obj=None)

    assert made._blocked(warned) == ""
    assert made._blocked(info("drift-is-understood")) != ""
    assert made.pytest_pyfunc_call(item)
    assert made.ledger.get(warned.id) is kept[warned.id]
    assert asked[0] == "run-0"
    assert "account-is-the-expected-one" not in asked
    assert asked.count(warned.id) == 1


def test_the_lock_is_let_go_at_the_end() -> None:
    released = list[str]()
    guard = SimpleNamespace(remove=lambda: released.append("guard"))
    run = RecordedRun()
    run.aws = SimpleNamespace(guard=guard)
    keeper(run, lock=SimpleNamespace(release=lambda: released.append("lock"))).close()

    assert released == ["lock", "guard"]


def test_a_journal_that_is_not_whole_is_no_success() -> None:
    run = RecordedRun()
    run.journal.store = Full(0)
    run.journal.keep(Act.TERMINAL)

    assert keeper(run)._happened().not_kept == "the journal can't be written: No space left on device"


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
    decision = decide(Happened(Mode.UPGRADE, made.entries(), made.operation(), stopped_by=2))
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
    made.stages.read_plan()

    assert "no change" in made._blocked(info("upgrade"))


def test_an_unknown_plan_is_no_nothing_to_do() -> None:
    made = keeper(RecordedRun(made=unknown()))
    made.stages.read_plan()

    assert not made.stages.nothing_to_do


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


@pytest.mark.parametrize("mode", [mode for mode in Mode if not COURSES[mode].executes])
def test_only_an_upgrade_executes(mode: Mode) -> None:
    run = RecordedRun()

    with pytest.raises(CannotTell, match=f"this is a {mode} run"):
        keeper(run, mode=mode).execute()
    assert run.asked == []


def test_a_deferred_check_keeps_an_upgrade_from_executing() -> None:
    starts = [check for check in REQUIRED if check.when is When.START] or [replace(REQUIRED[0], when=When.START)]
    made = keeper()
    made.required = (*(check for check in REQUIRED if check.id != starts[0].id), starts[0])
    made.ledger = Ledger()
    for check in made.required:
        made.ledger.record(Entry(check, Outcome.DEFERRED if check is starts[0] else Outcome.PASS))

    with pytest.raises(CannotTell, match="was deferred"):
        made.execute()


@pytest.mark.parametrize(
    ("compared", "words"),
    [(known(("stack.status was 1, now it is 2",)), "no longer holds: stack.status"), (unknown(), "AWS said no")],
)
def test_a_plan_that_moved_or_cannot_be_compared_is_not_executed(compared: Any, words: str) -> None:
    run = RecordedRun(bound=BOUND, compared=compared)
    made = keeper(run)
    made.stages.read_before()

    with pytest.raises(CannotTell, match=words):
        made.execute()
    assert "execute" not in run.asked


def test_a_plan_is_compared_once() -> None:
    run = RecordedRun(bound=BOUND)
    made = keeper(run)
    made.stages.read_before()
    made.execute()
    made._happened()

    assert run.asked.count("compare") == 1


def test_in_a_wrong_account_no_plan_is_compared() -> None:
    run = RecordedRun(bound=BOUND)
    made = keeper(run, {"account-is-the-expected-one": Outcome.FAIL})
    made.stages.read_before()

    assert made._happened().moved == ()
    assert "compare" not in run.asked


def test_the_door_opens_for_the_upgrade_item_alone() -> None:
    made = keeper()
    other = cast("pytest.Item", SimpleNamespace(path=CHECKOUT / info("stack-is-at-rest").file))
    ours = cast("pytest.Item", SimpleNamespace(path=CHECKOUT / info("upgrade").file))

    assert made.door(ours) == made.execute
    with pytest.raises(CannotTell, match="only checks/upgrade"):
        made.door(other)


def test_a_recovery_has_a_door_of_its_own_behind_checks_of_its_own() -> None:
    checks = {check.id: check for check in catalogue() if check.phase in COURSES[Mode.RECOVER].phases}
    made = keeper(mode=Mode.RECOVER, outcomes={})
    made.required = (info("account-is-the-expected-one"), *checks.values())
    made.ledger.record(Entry(made.required[0], Outcome.PASS))
    ours = cast("pytest.Item", SimpleNamespace(path=CHECKOUT / checks["recovery"].file))

    assert made.door(ours) == made.execute
    assert "stack-is-stuck-in-its-rollback" in made._blocked(checks["recovery"])
    assert made._blocked(checks["skipped-resources-have-not-drifted"]).startswith("there was no ")
    for check in checks.values():
        if check.phase is Phase.STUCK:
            made.ledger.record(Entry(check, Outcome.PASS))
    assert made._blocked(checks["recovery"]) == ""


def test_a_verdict_whose_evidence_could_not_be_written_is_told_without_secrets() -> None:
    def publish(_: Evidence) -> list[str]:
        raise OSError("the disk is full")

    made = keeper(RecordedRun(), {"stack-is-at-rest": Outcome.FAIL}, publish=publish)
    session = SimpleNamespace(exitstatus=0)
    made._finish(cast("Any", session), 0)

    told = "\n".join(made.summary)
    assert session.exitstatus == 10
    assert told.startswith("\nNO_GO")
    assert "the evidence could not be written" in told
    assert "****" in told
    assert "stack-is-at-rest" not in told


def test_who_approves_a_plan_is_told_all_that_did_not_simply_pass() -> None:
    run = RecordedRun()
    made = keeper(run, mode=Mode.AHEAD)
    made.stages.read_plan()
    enlarged = Finding("DataVolume was enlarged", "no drift", "look at it")
    made.ledger.record(Entry(info("drift-is-understood"), Outcome.WARN, (enlarged,)))
    made.ledger.record(Entry(info("no-batch-jobs-active"), Outcome.DEFERRED, detail="judged at the start"))
    made._evidence(decide(made._happened()))

    assert set(run.warned) == {
        "drift-is-understood (warn): DataVolume was enlarged",
        "no-batch-jobs-active (deferred): judged at the start",
    }


def test_a_plan_that_cannot_be_bound_is_left_for_nobody_but_what_was_refused_has_its_evidence() -> None:
    planned = keeper(RecordedRun(unbound="the policy is not known"), mode=Mode.AHEAD)
    planned.stages.read_plan()
    with pytest.raises(CannotTell, match="the policy is not known"):
        planned._evidence(decide(planned._happened()))

    refused = keeper(RecordedRun(unbound="the policy is not known", ended=operation(Ending.REFUSED)))
    refused.execute()
    assert refused._evidence(decide(refused._happened())).bound is None


def test_of_a_run_that_was_stopped_the_evidence_comes_first_and_nothing_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run, left = RecordedRun(bound=None), list[int]()
    made = keeper(run)
    made.stages.read_plan()
    run.asked.clear()
    monkeypatch.setattr(gatekeeper, "ignore", lambda: None)
    monkeypatch.setattr(gatekeeper, "leave", lambda code, _: left.append(code))
    monkeypatch.setattr(made, "_evidence", lambda _: None)
    monkeypatch.setattr(made, "publish", lambda _: run.asked.append("publish"))
    monkeypatch.setattr(made.run, "aws", SimpleNamespace(guard=SimpleNamespace(remove=lambda: None)), raising=False)
    made.pytest_keyboard_interrupt(cast("Any", SimpleNamespace(value=Stopped(15))))
    made._finish(cast("Any", SimpleNamespace(exitstatus=0)), 2)
    assert run.asked == ["publish"]
    assert left == [143]
    made.close()
    assert run.asked == ["publish", "discard"]
    assert left == [143, 143]


def test_what_moved_is_not_asked_for_when_the_run_was_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    run = RecordedRun(bound=BOUND)
    made = keeper(run)
    made.stages.read_before()
    run.asked.clear()
    monkeypatch.setattr(made, "_stopped_by", 2)
    assert made._happened().moved == ()
    assert run.asked == []
