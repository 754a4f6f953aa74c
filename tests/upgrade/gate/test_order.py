"""Which checks run, and what keeps one from running."""

from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.builders import known, operation, plan, unknown
from tests.upgrade.gate.keeper import BEGUN, REQUIRED, info, keeper
from tests.upgrade.gate.recorded import BOUND, RecordedRun
from upgrade.catalogue import CheckInfo, Outcome, Phase, catalogue
from upgrade.facts.operation import Ending
from upgrade.gate.decision import decide
from upgrade.gate.ledger import Entry
from upgrade.gate.mode import COURSES, Mode, Verdict
from upgrade.gate.options import CHECKOUT


def test_while_another_process_upgrades_the_stack_nothing_is_asked() -> None:
    run = RecordedRun()
    made = keeper(run, {}, held_by="run run-0 is upgrading this stack")

    assert {made.order.blocked(each) for each in REQUIRED} == {"run run-0 is upgrading this stack"}
    decision = decide(made._happened())
    assert (decision.verdict, decision.exit_code) == (Verdict.REFUSED, 12)
    assert "run-0" in decision.sentence
    assert run.asked == []


def test_an_update_that_was_begun_is_not_judged_anew() -> None:
    made = keeper(RecordedRun(begun=BEGUN), {})
    made.order.ledger.record(Entry(info("account-is-the-expected-one"), Outcome.PASS))

    assert made.order.blocked(info("stack-is-at-rest")) == "the update had begun before this run"
    assert made.order.blocked(info("change-set-is-ready")) == "the update had begun before this run"
    assert made.order.blocked(info("account-is-the-expected-one")) == ""
    assert made.order.blocked(info("upgrade")) == ""
    assert made.order.blocked(info("update-is-complete")) == "there was no upgrade"


def test_what_its_run_had_judged_counts() -> None:
    asked, warned = list[str](), info("stack-is-at-rest")
    kept = {warned.id: Entry(warned, Outcome.WARN, detail="judged by run run-0")}

    def judged(run_id: str, checks: Iterable[CheckInfo]) -> Mapping[str, Entry]:
        asked.extend([run_id, *(check.id for check in checks)])
        return kept

    made = keeper(RecordedRun(begun=BEGUN), {}, judged=judged)
    made.order.ledger.record(Entry(info("account-is-the-expected-one"), Outcome.PASS))
    item: Any = SimpleNamespace(path=CHECKOUT / warned.file, stash={}, nodeid="n", obj=None)

    assert made.order.blocked(warned) == ""
    assert made.order.blocked(info("drift-is-understood")) != ""
    assert made.pytest_pyfunc_call(item)
    assert made.order.ledger.get(warned.id) is kept[warned.id]
    assert asked[0] == "run-0"
    assert "account-is-the-expected-one" not in asked
    assert asked.count(warned.id) == 1


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

    assert shut in made.order.blocked(info(blocked))
    assert made.order.blocked(info(free)) == ""


def test_nothing_to_do_blocks_the_upgrade() -> None:
    made = keeper(RecordedRun(made=known(plan(nothing_to_do=True))))
    made.stages.read_plan()

    assert "no change" in made.order.blocked(info("upgrade"))


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

    ran = {check for check in ("database-is-intact", "version-is-the-target") if not made.order.blocked(info(check))}
    assert ran == free


def test_without_an_upgrade_postflight_is_blocked() -> None:
    assert keeper().order.blocked(info("database-is-intact")) == "there was no upgrade"


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


def test_a_recovery_has_a_door_of_its_own_behind_checks_of_its_own() -> None:
    checks = {check.id: check for check in catalogue() if check.phase in COURSES[Mode.RECOVER].phases}
    made = keeper(mode=Mode.RECOVER, outcomes={})
    made.order.required = (info("account-is-the-expected-one"), *checks.values())
    made.order.ledger.record(Entry(made.order.required[0], Outcome.PASS))
    ours = cast("pytest.Item", SimpleNamespace(path=CHECKOUT / checks["recovery"].file))

    assert made.door(ours) == made.execute
    assert "stack-is-stuck-in-its-rollback" in made.order.blocked(checks["recovery"])
    assert made.order.blocked(checks["skipped-resources-have-not-drifted"]).startswith("there was no ")
    for check in checks.values():
        if check.phase is Phase.STUCK:
            made.order.ledger.record(Entry(check, Outcome.PASS))
    assert made.order.blocked(checks["recovery"]) == ""
