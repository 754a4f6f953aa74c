"""An alarm that came with the upgrade fails; one that was raised before is told."""

import pytest

from checks.postflight import check_alarms_are_quiet_again as module
from tests.builders import alarm, known, snapshot, unknown
from tests.checks.says import says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.health import Alarm
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_alarms_are_quiet_again
SCALING = alarm("ALARM", actions=("arn:aws:autoscaling:us-east-1:1:scalingPolicy:2:x",))


def judged(before: dict[str, Alarm], after: dict[str, Alarm]) -> tuple[Outcome, tuple[Finding, ...]]:
    return says(CHECK, before=snapshot(alarms=known(before)), after=snapshot(alarms=known(after)))


@pytest.mark.parametrize("state", ["OK", "INSUFFICIENT_DATA"])
def test_quiet_alarms_pass(state: str) -> None:
    assert judged({"Cpu": alarm("ALARM")}, {"Cpu": alarm(state)}) == (Outcome.PASS, ())


@pytest.mark.parametrize("before", [{}, {"Cpu": alarm()}, {"Cpu": alarm("INSUFFICIENT_DATA")}])
def test_an_alarm_that_was_not_raised_before_fails(before: dict[str, Alarm]) -> None:
    outcome, (finding,) = judged(before, {"Cpu": alarm("ALARM")})

    assert (outcome, finding.found, finding.logical_id) == (Outcome.FAIL, "Cpu is in ALARM", "Cpu")


def test_one_that_was_is_told() -> None:
    outcome, (finding,) = judged({"Cpu": alarm("ALARM")}, {"Cpu": alarm("ALARM")})

    assert (outcome, finding.blocking) == (Outcome.WARN, False)


def test_scaling_is_no_fault() -> None:
    assert judged({"Idle": alarm()}, {"Idle": SCALING, "Cpu": alarm()})[0] is Outcome.PASS
    assert judged({}, {"Idle": SCALING})[0] is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("before", "after"),
    [(snapshot(alarms=unknown()), snapshot()), (snapshot(), snapshot(alarms=unknown()))],
    ids=["before", "after"],
)
def test_what_cannot_be_read_cannot_tell(before: Snapshot, after: Snapshot) -> None:
    assert says(CHECK, before=before, after=after)[0] is Outcome.ERROR
