"""Targets are `initial` for the knob's delay, and healthy or not as the knob says."""

from typing import Any
from uuid import uuid4

import pytest

from sandbox.knobs import Knobs
from tests.sandbox.providers.resource import aws

TARGET = "10.1.2.3"


@pytest.fixture
def group() -> dict[str, Any]:
    vpc = aws("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    tags = [{"Key": "aws:cloudformation:logical-id", "Value": "TargetGroupWeb"}]
    made = aws("elbv2").create_target_group(
        Name=str(uuid4())[:30], Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip", Tags=tags
    )["TargetGroups"][0]
    return dict(made)


def register(group: dict[str, Any]) -> None:
    aws("elbv2").register_targets(TargetGroupArn=group["TargetGroupArn"], Targets=[{"Id": TARGET}])


def health(group: dict[str, Any]) -> dict[str, str]:
    answer = aws("elbv2").describe_target_health(TargetGroupArn=group["TargetGroupArn"])
    [found] = answer["TargetHealthDescriptions"]
    return dict(found["TargetHealth"])


def test_healthy_at_once_without_delay(group: dict[str, Any]) -> None:
    register(group)
    assert health(group) == {"State": "healthy"}


def test_initial_for_the_delay(group: dict[str, Any], knobs: Knobs) -> None:
    knobs.health_delay = 3600
    register(group)
    found = health(group)
    assert (found["State"], found["Reason"]) == ("initial", "Elb.RegistrationInProgress")
    knobs.health_delay = 0
    assert health(group)["State"] == "healthy"


def test_a_delay_set_later_is_for_targets_to_come(group: dict[str, Any], knobs: Knobs) -> None:
    register(group)
    knobs.health_delay = 3600
    assert health(group)["State"] == "healthy"


def test_registering_again_starts_nothing_anew(group: dict[str, Any], knobs: Knobs) -> None:
    register(group)
    assert health(group)["State"] == "healthy"
    register(group)
    assert health(group)["State"] == "healthy"


@pytest.mark.parametrize("by", ["TargetGroupWeb", "name"])
def test_forced(group: dict[str, Any], knobs: Knobs, by: str) -> None:
    register(group)
    knobs.targets = {by if by != "name" else group["TargetGroupName"]: "unhealthy"}
    found = health(group)
    assert (found["State"], found["Reason"]) == ("unhealthy", "Target.FailedHealthChecks")
