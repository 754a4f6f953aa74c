from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.scenarios.told import Told


def test_update_in_progress(told: Callable[[str], Told]) -> None:
    assert told("update-in-progress").stack()["StackStatus"] == "UPDATE_IN_PROGRESS"


def test_stale_status(told: Callable[[str], Told]) -> None:
    world = told("stale-status")

    assert world.stack()["StackStatus"] == "UPDATE_COMPLETE"
    assert world.knobs.lag > 1


def test_unhealthy_after(told: Callable[[str], Told]) -> None:
    world = told("unhealthy-after")
    machine = world.aws.client("autoscaling").describe_auto_scaling_groups(
        AutoScalingGroupNames=[world.id("ServicesAutoScalingGroup")]
    )["AutoScalingGroups"][0]["Instances"][0]["InstanceId"]
    before, elbv2, web = world.health(), world.aws.client("elbv2"), world.id("TargetGroupWeb")
    elbv2.deregister_targets(TargetGroupArn=web, Targets=[{"Id": machine}])
    elbv2.register_targets(TargetGroupArn=web, Targets=[{"Id": machine}])

    assert (before, world.health()) == (["healthy"], ["initial"])


def test_application_down(told: Callable[[str], Told]) -> None:
    found = told("application-down")
    assert (found.knobs.answer, set(found.health())) == (502, {"healthy"})


def test_expired(told: Callable[[str], Told]) -> None:
    with pytest.raises(ClientError) as caught:
        told("expired").aws.client("sts").get_caller_identity()

    assert caught.value.response["Error"]["Code"] == "ExpiredToken"


def test_throttled(told: Callable[[str], Told]) -> None:
    world = told("throttled")
    sts = world.aws.client("sts")
    sts.get_caller_identity()
    sts.get_caller_identity()
    with pytest.raises(ClientError, match="Rate exceeded"):
        sts.get_caller_identity()
