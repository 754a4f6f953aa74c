"""What a database does not take now blocks where the plan touches it, and is told where it does not."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from checks.preflight import check_rds_accepts_changes as module
from tests.builders import NOW, change, database, detail, known, plan, snapshot, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.changes import Plan
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_rds_accepts_changes
NAME = "AnalyticsDBInstance"
UNTOUCHED = plan()
CLASS = plan(change(NAME, detail(name="DBInstanceClass", path="/Properties/DBInstanceClass")))


def storage(name: str = "AllocatedStorage") -> Plan:
    return plan(change(NAME, detail(name=name, path=f"/Properties/{name}", before="20", after="60")))


def judged(made: Plan, changed: datetime | None = None, **live: Any) -> tuple[Outcome, tuple[Finding, ...]]:
    before = snapshot(databases=known({NAME: database(**live)}), storage_changes=known({NAME: changed}))
    return says(CHECK, before=before, plan=known(made), now=NOW)


@pytest.mark.parametrize("made", [UNTOUCHED, CLASS, storage()], ids=["untouched", "class", "storage"])
def test_a_quiet_database_takes_anything(made: Plan) -> None:
    assert judged(made)[0] is Outcome.PASS


@pytest.mark.parametrize(("made", "outcome"), [(CLASS, Outcome.FAIL), (UNTOUCHED, Outcome.WARN)])
@pytest.mark.parametrize("status", ["backing-up", "modifying", "stopped", "incompatible-parameters", "something-new"])
def test_one_that_is_not_available_blocks_where_the_plan_touches_it(status: str, made: Plan, outcome: Outcome) -> None:
    said, findings = judged(made, status=status)

    assert said is outcome
    assert findings[0].found == f"{NAME} is {status}"
    assert (findings[0].logical_id, findings[0].physical_id) == (NAME, "codeocean-db")


@pytest.mark.parametrize(("made", "outcome"), [(CLASS, Outcome.FAIL), (UNTOUCHED, Outcome.WARN)])
def test_pending_changes_block_where_the_plan_touches_it(made: Plan, outcome: Outcome) -> None:
    said, findings = judged(made, pending={"EngineVersion": "15.9", "AllocatedStorage": "60"})

    assert said is outcome
    assert findings[0].found == f"{NAME} has changes pending: AllocatedStorage = 60, EngineVersion = 15.9"


@pytest.mark.parametrize(
    ("ago", "outcome"),
    [
        (timedelta(0), Outcome.FAIL),
        (timedelta(hours=6) - timedelta(seconds=1), Outcome.FAIL),
        (timedelta(hours=6), Outcome.PASS),
        (timedelta(days=2), Outcome.PASS),
    ],
)
def test_storage_rests_for_six_hours(ago: timedelta, outcome: Outcome) -> None:
    assert judged(storage(), NOW - ago)[0] is outcome


def test_how_long_to_wait_is_told() -> None:
    _, findings = judged(storage(), NOW - timedelta(hours=2))

    assert "changed its storage at 2026-11-23 10:00 UTC" in findings[0].found
    assert findings[0].remedy == "wait until 2026-11-23 16:00 UTC, or leave the storage as it is"


@pytest.mark.parametrize("name", ["AllocatedStorage", "Iops", "StorageThroughput", "StorageType"])
def test_every_kind_of_storage_change_counts(name: str) -> None:
    assert judged(storage(name), NOW - timedelta(hours=1))[0] is Outcome.FAIL


@pytest.mark.parametrize("made", [UNTOUCHED, CLASS], ids=["untouched", "class"])
def test_a_fresh_storage_change_does_not_matter_where_the_plan_makes_none(made: Plan) -> None:
    assert judged(made, NOW - timedelta(hours=1))[0] is Outcome.PASS


@pytest.mark.parametrize(("made", "outcome"), [(storage(), Outcome.FAIL), (CLASS, Outcome.PASS)])
def test_while_it_optimizes_it_takes_all_but_storage(made: Plan, outcome: Outcome) -> None:
    assert judged(made, status="storage-optimization")[0] is outcome


@pytest.mark.parametrize("made", [UNTOUCHED, storage()], ids=["untouched", "storage"])
def test_a_full_one_is_told_where_the_plan_gives_it_storage_or_nothing(made: Plan) -> None:
    outcome, findings = judged(made, status="storage-full")

    assert outcome is Outcome.WARN
    assert "is storage-full" in findings[0].found


def test_a_full_one_takes_nothing_but_storage() -> None:
    # https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/550
    assert judged(CLASS, status="storage-full")[0] is Outcome.FAIL


def test_each_database_is_judged_by_what_the_plan_does_to_it() -> None:
    before = snapshot(
        databases=known({NAME: database(status="modifying"), "Data.DB": database(status="modifying")}),
        storage_changes=known({NAME: None, "Data.DB": None}),
    )
    outcome, findings = says(CHECK, before=before, plan=known(plan(change("Data.DB"))), now=NOW)

    assert outcome is Outcome.FAIL
    assert {finding.logical_id: finding.blocking for finding in findings} == {NAME: False, "Data.DB": True}


def test_without_a_database_it_does_not_apply() -> None:
    before = snapshot(databases=known({}), storage_changes=known({}))

    assert remarks(CHECK, before=before, plan=known(plan()), now=NOW) == (
        Outcome.NOT_APPLICABLE,
        "the stack has no RDS database",
    )


@pytest.mark.parametrize(
    "before",
    [snapshot(databases=unknown()), snapshot(storage_changes=unknown())],
    ids=["databases", "events"],
)
def test_what_cannot_be_read_cannot_tell(before: Snapshot) -> None:
    assert says(CHECK, before=before, plan=known(storage()), now=NOW)[0] is Outcome.ERROR


def test_without_a_plan_it_cannot_tell() -> None:
    assert says(CHECK, before=snapshot(), plan=unknown(), now=NOW)[0] is Outcome.ERROR
