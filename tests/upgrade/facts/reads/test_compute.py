"""Instance refreshes, Batch environments and queues, as they are, where one is gone and where a call is refused."""

import pytest

from tests.builders import entry, known, unknown
from tests.upgrade import things
from tests.upgrade.world import World
from upgrade.facts.compute import Environment, Queue, Refreshes
from upgrade.facts.known import Known, Reason, Unknown
from upgrade.facts.reads.compute import Compute
from upgrade.facts.stack import Resource

GROUP, QUEUE, ENVIRONMENT = (
    "AWS::AutoScaling::AutoScalingGroup",
    "AWS::Batch::JobQueue",
    "AWS::Batch::ComputeEnvironment",
)


def compute(world: World) -> Compute:
    return Compute(world.source(entry(product="generic")))


def resources(*found: tuple[str, str, str]) -> Known[tuple[Resource, ...]]:
    """Logical id, physical id and type of each."""
    return known(tuple(Resource(*row, "UPDATE_COMPLETE") for row in found))


def environment(world: World, queue: str) -> str:
    [row] = world.client("batch").describe_job_queues(jobQueues=[queue])["jobQueues"]
    return str(row["computeEnvironmentOrder"][0]["computeEnvironment"])


def refreshes(world: World, **groups: str) -> Refreshes:
    found = compute(world).refreshes(resources(*((name, id_, GROUP) for name, id_ in groups.items())))
    return found.value


def test_refreshes_that_are_not_over_are_read(world: World) -> None:
    quiet, busy = things.group(world), things.group(world)
    world.client("autoscaling").start_instance_refresh(AutoScalingGroupName=busy)  # over at once
    world.faults(refresh_delay=3600, page=1)
    id_ = world.client("autoscaling").start_instance_refresh(AutoScalingGroupName=busy)["InstanceRefreshId"]
    found = refreshes(world, Quiet=quiet, Busy=busy)
    assert {name: [(each.id, each.status) for each in rows] for name, rows in found.items()} == {
        "Quiet": [],
        "Busy": [(id_, "InProgress")],
    }


def test_every_page_of_refreshes_is_read(world: World) -> None:
    group = things.group(world)
    world.faults(refresh_delay=3600)
    world.client("autoscaling").start_instance_refresh(AutoScalingGroupName=group)
    world.client("autoscaling").cancel_instance_refresh(AutoScalingGroupName=group)
    world.client("autoscaling").start_instance_refresh(AutoScalingGroupName=group)
    world.faults(page=1)
    assert len(refreshes(world, G=group)["G"]) == 1


def test_environments_and_queues_are_read_with_their_reasons(world: World) -> None:
    queue = things.queue(world)
    arn = environment(world, queue)
    world.faults(batch={arn: {"status": "INVALID", "statusReason": "CLIENT_ERROR - no such role"}})
    ready, rows = compute(world), resources(("Q", queue, QUEUE), ("E", arn, ENVIRONMENT))
    assert ready.environments(rows).value == {"E": Environment(arn, "INVALID", "CLIENT_ERROR - no such role")}
    found = ready.queues(rows).value["Q"]
    assert found == Queue(queue, "VALID", found.reason, (arn,))


def test_where_there_is_none_nobody_is_asked(world: World) -> None:
    sent, ready = len(world.calls()), compute(world)
    found = ready.refreshes(resources()), ready.environments(resources()), ready.queues(resources())
    assert [fact.value for fact in found] == [{}, {}, {}]
    assert len(world.calls()) == sent


@pytest.mark.parametrize(("family", "type_"), [("environments", ENVIRONMENT), ("queues", QUEUE)])
def test_one_that_is_gone_is_no_empty_answer(world: World, family: str, type_: str) -> None:
    queue = things.queue(world)
    there = queue if type_ == QUEUE else environment(world, queue)
    found = getattr(compute(world), family)(resources(("There", there, type_), ("Gone", "absent", type_)))
    assert isinstance(found, Unknown)
    assert "absent" in found.detail


@pytest.mark.parametrize(
    ("family", "call"),
    [
        ("refreshes", "autoscaling:DescribeInstanceRefreshes"),
        ("environments", "batch:DescribeComputeEnvironments"),
        ("queues", "batch:DescribeJobQueues"),
    ],
)
def test_what_is_refused_names_the_action_to_allow(world: World, family: str, call: str) -> None:
    queue = things.queue(world)
    rows = resources(
        ("Q", queue, QUEUE), ("E", environment(world, queue), ENVIRONMENT), ("G", things.group(world), GROUP)
    )
    world.fail(call.partition(":")[2], "denied")
    found = getattr(compute(world), family)(rows)
    assert isinstance(found, Unknown)
    assert (found.reason, found.call) == (Reason.DENIED, call)


@pytest.mark.parametrize("family", ["refreshes", "environments", "queues"])
def test_without_the_resources_nothing_is_known(world: World, family: str) -> None:
    found = getattr(compute(world), family)(unknown())
    assert isinstance(found, Unknown)
    assert found.reason is Reason.BLOCKED


def test_what_a_group_launches_and_runs_is_read(world: World) -> None:
    name, empty = things.group(world, capacity=2), things.group(world)
    found = compute(world).launches(resources(("G", name, GROUP), ("E", empty, GROUP))).value
    [source] = found["G"].sources
    assert (found["G"].desired, source.version, source.image) == (2, "1", things.IMAGE)
    assert {(each.state, each.template, each.version, each.image) for each in found["G"].machines} == {
        ("InService", source.template, "1", things.IMAGE)
    }
    assert (found["E"].desired, found["E"].machines) == (0, ())


def test_a_newer_version_is_what_the_group_launches_and_the_machine_does_not_run(world: World) -> None:
    name = things.group(world, capacity=1)
    world.client("ec2").create_launch_template_version(
        LaunchTemplateName=name, LaunchTemplateData={"ImageId": things.IMAGE, "InstanceType": "m5.xlarge"}
    )
    launch = compute(world).launches(resources(("G", name, GROUP))).value["G"]
    assert ([each.version for each in launch.sources], [each.version for each in launch.machines]) == (["2"], ["1"])


@pytest.mark.parametrize(
    "call", ["autoscaling:DescribeAutoScalingGroups", "ec2:DescribeLaunchTemplateVersions", "ec2:DescribeInstances"]
)
def test_each_call_that_is_refused_is_named(world: World, call: str) -> None:
    rows = resources(("G", things.group(world, capacity=1), GROUP))
    world.fail(call.partition(":")[2], "denied")
    found = compute(world).launches(rows)
    assert isinstance(found, Unknown)
    assert (found.reason, found.call) == (Reason.DENIED, call)
