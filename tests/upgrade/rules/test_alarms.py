"""Which alarms tell of a fault, and which were raised only now."""

from datetime import timedelta

import pytest

from tests.builders import NOW, alarm
from upgrade.rules.alarms import fault_alarms, just_raised, raised

POLICY = "arn:aws:autoscaling:us-east-1:1:scalingPolicy:2:autoScalingGroupName/g:policyName/p"


@pytest.mark.parametrize(
    ("actions", "fault"),
    [
        ((), True),
        (("arn:aws:sns:t",), True),
        ((POLICY,), False),
        ((POLICY, POLICY), False),
        ((POLICY, "arn:aws:sns:t"), True),
    ],
)
def test_one_that_does_nothing_but_scale_is_no_fault(actions: tuple[str, ...], fault: bool) -> None:
    found = {"A": alarm("ALARM", actions=actions)}

    assert bool(fault_alarms(found)) is bool(raised(found)) is fault


@pytest.mark.parametrize(("minutes", "told"), [(0, ["alarm A"]), (4, ["alarm A"]), (5, []), (60 * 24 * 90, [])])
def test_only_one_that_was_raised_just_now_may_be_over_soon(minutes: float, told: list[str]) -> None:
    since = NOW - timedelta(minutes=minutes)

    assert just_raised({"A": alarm("ALARM", since=since), "B": alarm("OK", since=NOW)}, NOW) == told


def test_of_one_of_unknown_age_nothing_is_awaited() -> None:
    assert just_raised({"A": alarm("ALARM", since=None)}, NOW) == []
