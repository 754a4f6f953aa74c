"""A full data volume stops an upgrade, an old alarm of another kind is told, and scaling is no fault."""

from datetime import timedelta

import pytest

from checks.preflight import check_alarms_are_quiet as module
from tests.builders import NOW, alarm, known, snapshot, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.config.product import load
from upgrade.facts.health import Alarm

CHECK = module.check_alarms_are_quiet
FULL, CPU = "ServicesDataVolumeUsage95Alarm", "ServicesCpuUsageHighAlarm"
SCALING = alarm(
    "ALARM", actions=("arn:aws:autoscaling:us-east-1:1:scalingPolicy:2:autoScalingGroupName/w:policyName/in",)
)


def judged(alarms: dict[str, Alarm], product: str = "codeocean") -> tuple[Outcome, tuple[Finding, ...]]:
    return says(CHECK, before=snapshot(alarms=known(alarms)), product=load(product))


def test_quiet_alarms_pass() -> None:
    assert judged({FULL: alarm(), CPU: alarm()}) == (Outcome.PASS, ())


def test_an_alarm_that_only_scales_is_no_fault() -> None:
    assert judged({"IdleWorkersHighAlarm": SCALING, CPU: alarm()})[0] is Outcome.PASS


@pytest.mark.parametrize("name", [FULL, "ServicesUnhealthyHostAlarm", f"Nested.{FULL}"])
def test_what_the_product_names_fails_with_what_cloudwatch_says(name: str) -> None:
    outcome, (finding,) = judged({name: alarm("ALARM", since=NOW - timedelta(days=1))})

    assert (outcome, finding.found, finding.logical_id) == (Outcome.FAIL, f"{name} is in ALARM", name)
    assert finding.remedy.endswith("since 2026-11-22 12:00 UTC (Threshold crossed)")


def test_an_alarm_that_is_raised_for_months_only_warns() -> None:
    months = alarm("ALARM", since=NOW - timedelta(days=150))
    outcome, findings = judged({CPU: months, FULL: alarm()})

    assert (outcome, [finding.blocking for finding in findings]) == (Outcome.WARN, [False])


def test_of_another_product_no_alarm_stops_an_upgrade() -> None:
    assert judged({FULL: alarm("ALARM")}, "generic")[0] is Outcome.WARN


def test_it_says_the_same_tomorrow_so_that_a_waiver_fits() -> None:
    today, tomorrow = (judged({FULL: alarm("ALARM", since=NOW, reason=reason)})[1] for reason in ("96 %", "97 %"))

    assert today[0].found == tomorrow[0].found


def test_one_that_has_been_deleted_is_told() -> None:
    outcome, (finding,) = judged({FULL: alarm("", name="codeocean-full")})

    assert outcome is Outcome.WARN
    assert "(codeocean-full) does not exist" in finding.found


def test_too_little_data_is_told() -> None:
    before = snapshot(alarms=known({CPU: alarm("INSUFFICIENT_DATA"), FULL: alarm()}))

    assert remarks(CHECK, before=before, product=load("codeocean")) == (
        Outcome.PASS,
        f"2 alarms, none raised; too little data for {CPU}",
    )


@pytest.mark.parametrize("alarms", [{}, {"IdleWorkersHighAlarm": SCALING}], ids=["none", "scaling"])
def test_a_stack_without_fault_alarms_is_not_applicable(alarms: dict[str, Alarm]) -> None:
    outcome, why = remarks(CHECK, before=snapshot(alarms=known(alarms)), product=load("codeocean"))

    assert outcome is Outcome.NOT_APPLICABLE
    assert why.startswith(f"none of the stack's {len(alarms)} alarms tells of a fault")


def test_what_cannot_be_read_cannot_tell() -> None:
    assert says(CHECK, before=snapshot(alarms=unknown()), product=load("codeocean"))[0] is Outcome.ERROR
