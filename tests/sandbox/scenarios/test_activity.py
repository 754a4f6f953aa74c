from collections.abc import Callable

from tests.sandbox.scenarios.told import Told, dedicated, running, workers


def test_jobs_running(told: Callable[[str], Told]) -> None:
    world = told("jobs-running")

    assert running(world) == ["variant-calling"]
    assert (workers(world), dedicated(world)) == ([], [])


def test_workers_running(told: Callable[[str], Told]) -> None:
    world = told("workers-running")

    assert (workers(world), dedicated(world)) == (["InService"], world.images()[:1])
    assert running(world) == []


def test_alarm_raised(told: Callable[[str], Told]) -> None:
    found = told("alarm-raised")
    rows = found.aws.client("cloudwatch").describe_alarms(AlarmNames=[found.id("ServicesUnhealthyHostAlarm")])
    assert [row["StateValue"] for row in rows["MetricAlarms"]] == ["ALARM"]


def test_launch_suspended(told: Callable[[str], Told]) -> None:
    found = told("launch-suspended")
    name = found.id("ServicesAutoScalingGroup")
    rows = found.aws.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[name])
    assert [each["ProcessName"] for each in rows["AutoScalingGroups"][0]["SuspendedProcesses"]] == ["Launch"]
