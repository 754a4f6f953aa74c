"""Each stage is come to once, and only what this run has made is taken back."""

from typing import Any, cast

import pytest

from tests.builders import NOW, known, operation, plan, snapshot, unknown
from tests.upgrade.gate.recorded import BOUND, HOLDS, RecordedRun, SilentConsole
from upgrade.errors import CannotTell
from upgrade.facts.operation import Ending
from upgrade.gate import stages as module
from upgrade.gate.stages import Stages
from upgrade.run.takeup import Begun


def stages(run: RecordedRun) -> Stages:
    return Stages(cast("Any", run), cast("Any", SilentConsole()))


def planned(run: RecordedRun) -> Stages:
    made = stages(run)
    made.read_plan()
    run.asked.clear()
    return made


def test_each_is_come_to_once_after_what_it_needs() -> None:
    run = RecordedRun()
    made = stages(run)
    for _ in range(2):
        made.read_after()
        made.read_review()
        made.execute(list)
    assert run.asked == ["before", "after", "review", "plan", "execute"]


def test_what_was_not_come_to_is_none() -> None:
    made = stages(RecordedRun())
    assert (made.before, made.plan, made.review, made.operation, made.after) == (None,) * 5
    assert not made.nothing_to_do


def test_without_macros_the_facts_are_judged_as_they_are() -> None:
    made = stages(RecordedRun())
    assert made.processed() == {}
    made.read_after()
    made.read_plan()
    assert made.processed() == {}


def test_what_macros_make_is_judged_in_all_that_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    made, before, change_set = planned(RecordedRun()), snapshot(), plan()
    monkeypatch.setattr(module, "as_processed", lambda *_: (before, change_set))
    assert made.processed()["before"] is before
    assert made.processed()["plan"] == known(change_set)
    assert "after" not in made.processed()
    made.read_after()
    assert made.processed().keys() == {"before", "plan", "after"}


def test_asking_what_was_done_does_nothing() -> None:
    run = RecordedRun()
    with pytest.raises(CannotTell, match="no upgrade was made in this run"):
        stages(run).done()
    assert run.asked == []


def test_an_execution_that_is_cut_short_may_be_under_way() -> None:
    made = stages(RecordedRun(ended=operation(Ending.NEEDS_OPERATOR)))
    with pytest.raises(KeyboardInterrupt):
        made.execute(list)
    assert made.done().ending is Ending.UNKNOWN
    assert "contact was lost" in made.done().detail


def test_an_adoption_that_is_cut_short_says_whose_update_it_is() -> None:
    begun = Begun("run-0", "plimsoll-run-0", "arn", "stack", NOW)
    run = RecordedRun(ended=operation(Ending.NEEDS_OPERATOR), begun=begun)
    made = stages(run)
    with pytest.raises(KeyboardInterrupt):
        made.adopt(begun)
    assert (made.done().ending, made.done().adopted_from) == (Ending.UNKNOWN, "run-0")
    assert made.bind_plan(()) is None
    assert "execute" not in run.asked


def test_what_was_seen_of_an_execution_that_is_cut_short_is_kept() -> None:
    seen = operation(Ending.UNKNOWN, detail="so far")
    made = stages(RecordedRun(ended=operation(Ending.NEEDS_OPERATOR), seen=seen))
    with pytest.raises(KeyboardInterrupt):
        made.execute(list)
    assert made.done() is seen


def test_what_was_executed_is_not_observed_in_its_place() -> None:
    run = RecordedRun()
    made = stages(run)
    assert made.execute(list) is made.observe()
    assert "observe" not in run.asked


def test_a_change_set_whose_making_was_broken_off_is_taken_back() -> None:
    run = RecordedRun(stopped_planning=True)
    made = stages(run)
    made.discard_plan()
    with pytest.raises(KeyboardInterrupt):
        made.read_plan()
    run.asked.clear()
    made.discard_plan()
    assert run.asked == ["take back"]


# ---- a plan made before ----------------------------------------------------------------------------------------------


def test_a_plan_of_this_run_has_nothing_to_be_compared_with() -> None:
    run = RecordedRun()
    assert planned(run).compare_plan().value == ()
    assert run.asked == []


def test_a_plan_made_before_is_compared_once_and_only_with_what_was_read() -> None:
    run = RecordedRun(bound=BOUND)
    made = stages(run)
    assert made.compare_plan().value == ()
    assert run.asked == []
    made.read_before()
    assert made.compare_plan() is made.compare_plan() is HOLDS
    assert run.asked == ["before", "plan", "compare"]


# ---- what becomes of the plan ----------------------------------------------------------------------------------------


def test_a_change_set_of_this_run_is_deleted() -> None:
    run = RecordedRun()
    planned(run).discard_plan()
    assert run.asked == ["discard"]


def test_one_that_can_not_be_deleted_is_told() -> None:
    made = planned(RecordedRun(left=unknown()))
    made.discard_plan()
    assert cast("Any", made.console).notes == [f"our change set {plan().name} is still there: {unknown()}"]


def test_one_whose_execution_was_refused_is_deleted() -> None:
    run = RecordedRun(ended=operation(Ending.REFUSED))
    made = planned(run)
    made.execute(list)
    made.discard_plan()
    assert run.asked == ["execute", "discard"]


@pytest.mark.parametrize("ending", [ending for ending in Ending if ending is not Ending.REFUSED], ids=str)
def test_one_that_was_executed_is_left_alone(ending: Ending) -> None:
    run = RecordedRun()
    made = planned(run)
    made.operation = operation(ending)
    made.discard_plan()
    assert run.asked == []


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(RecordedRun(bound=BOUND, plans_anew=False), id="reviewed"),
        pytest.param(RecordedRun(plans_anew=False), id="recalled"),
        pytest.param(RecordedRun(made=unknown()), id="unknown"),
    ],
)
def test_one_that_this_run_has_not_made_is_left_alone(run: RecordedRun) -> None:
    planned(run).discard_plan()
    assert run.asked == []


def test_a_plan_is_bound_by_this_run_or_as_it_was() -> None:
    run = RecordedRun(bound=BOUND)
    assert stages(run).bind_plan(()) is BOUND
    assert planned(RecordedRun()).bind_plan(()) is BOUND
    assert run.asked == []


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(RecordedRun(made=unknown()), id="unknown"),
        pytest.param(RecordedRun(made=known(plan(nothing_to_do=True))), id="nothing to do"),
    ],
)
def test_what_can_not_be_executed_is_not_bound(run: RecordedRun) -> None:
    assert planned(run).bind_plan(()) is None
    assert stages(RecordedRun()).bind_plan(()) is None
