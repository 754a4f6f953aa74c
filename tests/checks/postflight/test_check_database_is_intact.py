"""The database is the one from before, available, or as planned."""

from typing import Any

import pytest

from checks.postflight import check_database_is_intact as module
from tests.builders import change, database, detail, known, operation, plan, snapshot, unknown
from tests.checks.says import says
from upgrade.catalogue import Outcome
from upgrade.facts.changes import Plan
from upgrade.facts.operation import Ending

CHECK = module.check_database_is_intact


def judged(made: Plan | None = None, ending: Ending = Ending.COMPLETE, **changes: Any) -> Outcome:
    after = snapshot(databases=known({"AnalyticsDBInstance": database(**changes)}))
    return says(CHECK, before=snapshot(), plan=known(made or plan()), upgrade=operation(ending), after=after)[0]


@pytest.mark.parametrize(
    "changes", [{}, {"engine_version": "15.9"}, {"allocated_storage": 40}, {"status": "storage-optimization"}]
)
def test_as_before_or_ahead_passes(changes: dict[str, Any]) -> None:
    assert judged(**changes) is Outcome.PASS


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "modifying"},
        {"allocated_storage": 10},
        {"engine_version": "16.1"},
        {"resource_id": "db-OTHER"},
        {"endpoint": "elsewhere:5432"},
        {"encrypted": False},
        {"instance_class": "db.t4g.medium"},
        {"max_allocated_storage": None},
        {"multi_az": False},
    ],
)
def test_anything_else_fails(changes: dict[str, Any]) -> None:
    assert judged(**changes) is Outcome.FAIL


def test_a_planned_change_is_intact() -> None:
    made = plan(change("AnalyticsDBInstance", detail(name="DBInstanceClass")))

    assert judged(made, instance_class="db.t4g.medium") is Outcome.PASS


def test_a_planned_raise_that_did_not_happen_fails() -> None:
    made = plan(change("AnalyticsDBInstance", detail(name="AllocatedStorage", before="20", after="60")))

    assert judged(made) is Outcome.FAIL
    assert judged(made, allocated_storage=60) is Outcome.PASS


@pytest.mark.parametrize(("runs", "outcome"), [("16.3", Outcome.PASS), ("17.1", Outcome.PASS), ("15.7", Outcome.FAIL)])
def test_a_planned_engine_must_run_in_that_version_or_a_newer_one(runs: str, outcome: Outcome) -> None:
    made = plan(change("AnalyticsDBInstance", detail(name="EngineVersion", before="15", after="16")))

    assert judged(made, engine_version=runs) is outcome


def test_after_a_rollback_it_must_be_as_before_whatever_was_planned() -> None:
    size = detail(name="AllocatedStorage", before="20", after="60")
    made = plan(change("AnalyticsDBInstance", size, detail(name="DBInstanceClass")))

    assert judged(made, Ending.ROLLED_BACK) is Outcome.PASS
    assert judged(made, Ending.ROLLED_BACK, allocated_storage=60) is Outcome.PASS
    assert judged(made, Ending.ROLLED_BACK, instance_class="db.t4g.medium") is Outcome.FAIL


def test_a_database_that_is_gone_fails() -> None:
    after = snapshot(databases=known({}))

    assert says(CHECK, before=snapshot(), plan=known(plan()), upgrade=operation(), after=after)[0] is Outcome.FAIL


def test_a_stack_without_database_is_not_applicable() -> None:
    none = snapshot(databases=known({}))

    assert says(CHECK, before=none, plan=known(plan()), upgrade=operation(), after=none)[0] is Outcome.NOT_APPLICABLE


def test_what_cannot_be_read_cannot_tell() -> None:
    unread = snapshot(databases=unknown())

    assert says(CHECK, before=snapshot(), plan=known(plan()), upgrade=operation(), after=unread)[0] is Outcome.ERROR
    assert says(CHECK, before=unread, plan=known(plan()), upgrade=operation(), after=snapshot())[0] is Outcome.ERROR
