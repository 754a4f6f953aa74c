"""Plan against events, resource by resource; upgrade.rules.actual judges each, here is what is made of it."""

from dataclasses import replace
from typing import Any

import pytest

from checks.postflight import check_changes_are_as_planned as module
from tests.builders import change, detail, event, known, operation, plan, snapshot, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.changes import Plan, ResourceChange
from upgrade.facts.known import Fact
from upgrade.facts.operation import Ending
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Event

CHECK = module.check_changes_are_as_planned
PHYSICAL = {resource.logical_id: resource.physical_id for resource in snapshot().resources.value}


def done(logical_id: str, status: str = "UPDATE_COMPLETE", physical_id: str = "") -> Event:
    """The last event of a resource."""
    return event(logical_id, status, physical_id=physical_id or PHYSICAL.get(logical_id, "new-1"))


def facts(*changes: ResourceChange, events: tuple[Event, ...], ending: Ending = Ending.COMPLETE) -> dict[str, Any]:
    made = known(replace(plan(), changes=changes))
    return {"before": snapshot(), "plan": made, "upgrade": operation(ending, events=(*events, event()))}


def judged(*changes: ResourceChange, events: tuple[Event, ...]) -> tuple[Outcome, tuple[Finding, ...]]:
    return says(CHECK, **facts(*changes, events=events))


ADD = change("Queue", action="Add", replacement="")
REMOVE = change("AlarmsTopic", action="Remove", replacement="")
REPLACE = change("AlarmsTopic", replacement="True")
DYNAMIC = change("AlarmsTopic", detail(evaluation="Dynamic"))


@pytest.mark.parametrize(
    ("planned", "happened"),
    [
        (change(), done("AlarmsTopic")),
        (ADD, done("Queue", "CREATE_COMPLETE")),
        (REMOVE, done("AlarmsTopic", "DELETE_COMPLETE")),
        (REMOVE, done("AlarmsTopic", "DELETE_SKIPPED")),
        (REPLACE, done("AlarmsTopic", physical_id="another")),
        (DYNAMIC, done("AlarmsTopic")),
    ],
    ids=["modified", "added", "removed", "retained", "replaced", "dynamic"],
)
def test_what_was_planned_and_done_passes(planned: ResourceChange, happened: Event) -> None:
    assert remarks(CHECK, **facts(planned, events=(happened,))) == (Outcome.PASS, "")


@pytest.mark.parametrize(
    ("planned", "events", "found", "expected"),
    [
        (change(), (), "AlarmsTopic (AWS::SNS::Topic) was untouched", "modified, as planned"),
        (ADD, (), "Queue (AWS::SNS::Topic) was untouched", "added, as planned"),
        (REMOVE, (), "AlarmsTopic (AWS::SNS::Topic) was untouched", "removed, as planned"),
        (REPLACE, (done("AlarmsTopic"),), "AlarmsTopic (AWS::SNS::Topic) was updated", "replaced, as planned"),
        (
            change(),
            (done("AlarmsTopic", physical_id="another"),),
            "AlarmsTopic (AWS::SNS::Topic) was replaced",
            "modified, as planned",
        ),
    ],
    ids=["not modified", "not added", "not removed", "not replaced", "replaced instead"],
)
def test_what_was_planned_and_not_done_fails(
    planned: ResourceChange, events: tuple[Event, ...], found: str, expected: str
) -> None:
    outcome, findings = judged(planned, events=events)

    assert outcome is Outcome.FAIL
    assert (findings[0].found, findings[0].expected) == (found, expected)
    assert findings[0].logical_id == planned.logical_id


def test_what_nobody_planned_fails() -> None:
    outcome, findings = judged(change(), events=(done("AlarmsTopic"), done("DataVolume")))

    assert outcome is Outcome.FAIL
    assert [finding.found for finding in findings] == ["DataVolume (AWS::EC2::Volume) was updated"]
    assert findings[0].expected == "no change: the plan does not name it"


def test_an_update_of_outputs_alone_passes() -> None:
    assert judged(events=())[0] is Outcome.PASS


def test_what_may_change_and_did_not_is_told() -> None:
    told = remarks(CHECK, **facts(DYNAMIC, change("DataVolume"), events=(done("DataVolume"),)))

    assert told == (Outcome.PASS, "had nothing to change in the end: AlarmsTopic")


def test_what_can_not_be_judged_is_told_and_not_as_unchanged() -> None:
    nested = change("Data.DB", type="AWS::RDS::DBInstance")
    outcome, remark = remarks(CHECK, **facts(nested, events=()))

    assert outcome is Outcome.PASS
    assert remark == "not judged: Data.DB"


def test_both_are_told_in_one_sentence() -> None:
    strange = change("DataVolume", action="SyncWithActual", replacement="")
    _, remark = remarks(CHECK, **facts(DYNAMIC, strange, events=(done("DataVolume"),)))

    assert remark == "had nothing to change in the end: AlarmsTopic; not judged: DataVolume"


def test_an_update_that_did_not_complete_is_not_judged_against_its_plan() -> None:
    outcome, remark = remarks(CHECK, **facts(change(), events=(done("AlarmsTopic"),), ending=Ending.UNKNOWN))

    assert (outcome, remark) == (Outcome.PASS, "not judged: AlarmsTopic")


@pytest.mark.parametrize(
    ("before", "made"),
    [(snapshot(resources=unknown()), known(plan())), (snapshot(), unknown())],
    ids=["resources", "plan"],
)
def test_what_cannot_be_read_cannot_tell(before: Snapshot, made: Fact[Plan]) -> None:
    assert says(CHECK, before=before, plan=made, upgrade=operation())[0] is Outcome.ERROR
