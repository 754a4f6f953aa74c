"""What can't be taken back warns, and so does what takes back a healthy upgrade; the way back is told in any case."""

import pytest

from checks.preflight import check_rollback_is_possible as module
from tests.builders import RESOURCES, change, detail, entry, known, plan, snapshot, stack, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.config.product import load
from upgrade.facts.changes import ResourceChange
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Resource

CHECK = module.check_rollback_is_possible
ALARM = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:codeocean-ServicesUnhealthyHostAlarm-X"


def judged(*changes: ResourceChange, before: Snapshot | None = None) -> tuple[Outcome, tuple[Finding, ...]]:
    made = known(plan(*changes))
    return says(CHECK, before=before or snapshot(), plan=made, entry=entry(), product=load("codeocean"))


def changing(logical_id: str, name: str, before: str | None, after: str | None, **changes: str) -> ResourceChange:
    return change(logical_id, detail(name=name, before=before, after=after), **changes)


def watched(state: str, logical_id: str = "CriticalErrorsAlarm") -> Snapshot:
    alarm = Resource(logical_id, ALARM.rsplit(":", 1)[-1], "AWS::CloudWatch::Alarm", "CREATE_COMPLETE")
    return snapshot(rollback_alarms=known({ALARM: state}), resources=known((*RESOURCES, alarm)))


@pytest.mark.parametrize(
    "changed",
    [
        change(),
        changing("AnalyticsDBInstance", "DBInstanceClass", "a", "b"),
        changing("AnalyticsDBInstance", "AllocatedStorage", "60", "20"),
        changing("AnalyticsDBInstance", "EngineVersion", "15.7", "15.7"),
        changing("AnalyticsDBInstance", "EngineVersion", "15.7", "16.1", replacement="True"),
        change("AnalyticsDBInstance", action="Remove", replacement=""),
    ],
)
def test_what_can_be_taken_back_passes(changed: ResourceChange) -> None:
    assert judged(changed)[0] is Outcome.PASS


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        (changing("AnalyticsDBInstance", "EngineVersion", "15.7", "16.1"), "EngineVersion changes from 15.7 to 16.1"),
        (changing("AnalyticsDBInstance", "AllocatedStorage", "20", "60"), "storage can't be made smaller again"),
        (changing("DataVolume", "Size", None, "1000"), "from an unknown value to 1000"),
    ],
)
def test_what_can_not_be_taken_back_warns(changed: ResourceChange, found: str) -> None:
    outcome, (finding,) = judged(changed)
    assert outcome is Outcome.WARN
    assert found in finding.found


@pytest.mark.parametrize("state", ["OK", "INSUFFICIENT_DATA"])
def test_a_quiet_trigger_passes(state: str) -> None:
    assert judged(before=watched(state))[0] is Outcome.PASS


@pytest.mark.parametrize(
    ("before", "found"),
    [
        (watched("ALARM"), "is in ALARM, which rolls the update back"),
        (watched(""), "does not exist, which fails the update"),
        (watched("OK", "ServicesUnhealthyHostAlarm"), "fires in every healthy upgrade, which rolls it back"),
    ],
)
def test_a_trigger_that_would_take_back_a_healthy_upgrade_warns(before: Snapshot, found: str) -> None:
    outcome, (finding,) = judged(before=before)
    assert (outcome, finding.found) == (Outcome.WARN, f"rollback trigger {ALARM} {found}")


@pytest.mark.parametrize("changed", [change(), changing("DataVolume", "Size", "5", "9")])
def test_the_way_back_is_told_in_any_case(changed: ResourceChange) -> None:
    role = "arn:aws:iam::111122223333:role/deploy"
    before = snapshot(stack=known(stack(role_arn=role, rollback_triggers=((ALARM, "AWS::CloudWatch::Alarm"),))))
    made = known(plan(changed))
    _, told = remarks(CHECK, before=before, plan=made, entry=entry(), product=load("codeocean"))

    assert told.startswith("Rollback plan: if one of the 1 changes fails, CloudFormation goes back to v4.0.0 by itself")
    assert f"with {role}; 1 alarms can ask for it, until 0 minutes after the last change." in told


@pytest.mark.parametrize("fact", ["stack", "template", "resources", "rollback_alarms"])
def test_what_cannot_be_read_cannot_tell(fact: str) -> None:
    assert judged(before=snapshot(**{fact: unknown()}))[0] is Outcome.ERROR
