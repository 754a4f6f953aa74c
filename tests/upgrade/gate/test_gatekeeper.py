"""What is executed, kept and recorded: the gatekeeper's own decisions, without AWS."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.builders import NOW, known, operation, snapshot, unknown
from tests.upgrade.gate.keeper import BEGUN, REQUIRED, info, keeper
from tests.upgrade.gate.recorded import BOUND, RecordedRun
from tests.upgrade.run.stores import Full
from upgrade.catalogue import Finding, Outcome, When
from upgrade.errors import CannotTell
from upgrade.facts.journal import Act
from upgrade.facts.operation import Ending
from upgrade.facts.reading import Reading
from upgrade.gate import gatekeeper
from upgrade.gate.decision import Happened, decide
from upgrade.gate.evidence import Evidence, Published
from upgrade.gate.freshness import too_old_to_start
from upgrade.gate.ledger import Entry, Ledger
from upgrade.gate.mode import COURSES, Mode, Verdict
from upgrade.gate.options import CHECKOUT
from upgrade.gate.signals import Stopped


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
    judged = next(entry for entry in made.order.ledger if entry.check.when is When.START)
    made.order.ledger.record(
        replace(judged, outcome=Outcome.WARN, reads=(Reading("before.jobs", NOW - timedelta(hours=1)),))
    )
    made.execute()

    assert run.too_old == too_old_to_start(made.order.entries(), NOW)
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
    decision = decide(Happened(Mode.UPGRADE, made.order.entries(), made.operation(), stopped_by=2))
    assert decision.verdict is Verdict.INTERRUPTED


def test_asking_for_the_result_starts_nothing() -> None:
    run = RecordedRun()

    with pytest.raises(CannotTell):
        keeper(run).operation()
    assert run.asked == []


@pytest.mark.parametrize("mode", [mode for mode in Mode if not COURSES[mode].executes])
def test_only_an_upgrade_executes(mode: Mode) -> None:
    run = RecordedRun()

    with pytest.raises(CannotTell, match=f"this is a {mode} run"):
        keeper(run, mode=mode).execute()
    assert run.asked == []


def test_a_deferred_check_keeps_an_upgrade_from_executing() -> None:
    starts = [check for check in REQUIRED if check.when is When.START] or [replace(REQUIRED[0], when=When.START)]
    made = keeper()
    made.order.required = (*(check for check in REQUIRED if check.id != starts[0].id), starts[0])
    made.order.ledger = Ledger()
    for check in made.order.required:
        made.order.ledger.record(Entry(check, Outcome.DEFERRED if check is starts[0] else Outcome.PASS))

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


def test_that_a_plan_can_not_be_compared_is_told() -> None:
    made = keeper(RecordedRun(bound=BOUND, compared=unknown()))
    made.stages.read_before()

    assert (made._happened().moved, "AWS said no" in made._happened().not_compared) == ((), True)


def test_the_door_opens_for_the_upgrade_item_alone() -> None:
    made = keeper()
    other = cast("pytest.Item", SimpleNamespace(path=CHECKOUT / info("stack-is-at-rest").file))
    ours = cast("pytest.Item", SimpleNamespace(path=CHECKOUT / info("upgrade").file))

    assert made.door(ours) == made.execute
    with pytest.raises(CannotTell, match="only checks/upgrade"):
        made.door(other)


def test_a_verdict_whose_evidence_could_not_be_written_is_told_without_secrets() -> None:
    def publish(_: Evidence) -> Published:
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
    made.order.ledger.record(Entry(info("drift-is-understood"), Outcome.WARN, (enlarged,)))
    made.order.ledger.record(Entry(info("no-batch-jobs-active"), Outcome.DEFERRED, detail="judged at the start"))
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
    monkeypatch.setattr(made, "_evidence", lambda *_: None)

    def publish(_: Evidence) -> Published:
        run.asked.append("publish")
        return Published([], ())

    monkeypatch.setattr(made, "publish", publish)
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
