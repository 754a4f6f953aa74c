"""Every group that is asked for is told with its machines and tags; one that is not there is no empty group."""

import pytest
from botocore.exceptions import ClientError

from tests.upgrade import things
from tests.upgrade.world import World
from upgrade.aws.autoscaling import AT_ONCE, read_groups
from upgrade.errors import ServiceFailed


def test_a_group_is_told_with_its_machines_and_tags(world: World) -> None:
    name = things.group(world, 2, component="workers", empty="")
    group = read_groups(world.client("autoscaling"), {"Workers": name})["Workers"]
    assert group.name == name
    assert [machine.state for machine in group.instances] == ["InService", "InService"]
    assert all(machine.id.startswith("i-") for machine in group.instances)
    assert group.tags == {"component": "workers", "empty": ""}


def test_a_group_without_machines_is_told(world: World) -> None:
    name = things.group(world)
    assert read_groups(world.client("autoscaling"), {"Workers": name})["Workers"].instances == ()


def test_a_machine_on_its_way_out_is_still_told(world: World) -> None:
    name = things.group(world, 1)
    client = world.client("autoscaling")
    world.faults(terminate_delay=3600)
    client.set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=0)
    found = read_groups(client, {"Workers": name})["Workers"].instances
    world.faults(terminate_delay=0)
    assert [machine.state for machine in found] == ["Terminating"]


def test_machines_that_wait_in_the_warm_pool_are_not_among_them(world: World) -> None:
    name, client = things.group(world), world.client("autoscaling")
    client.put_warm_pool(AutoScalingGroupName=name, MinSize=1)
    assert client.describe_warm_pool(AutoScalingGroupName=name)["Instances"]
    assert read_groups(client, {"Workers": name})["Workers"].instances == ()


def test_a_group_that_is_absent_is_named(world: World) -> None:
    names = {"Workers": things.group(world), "Gone": "absent-1", "AlsoGone": "absent-2"}
    with pytest.raises(ServiceFailed, match="knows no group absent-1, absent-2"):
        read_groups(world.client("autoscaling"), names)


def test_more_groups_than_one_call_takes_are_all_told(world: World) -> None:
    name = things.group(world, component="workers")
    client, names = world.client("autoscaling"), {f"G{number}": name for number in range(AT_ONCE + 3)}
    before = len([call for call in world.calls() if call["action"] == "DescribeAutoScalingGroups"])
    found = read_groups(client, names)
    after = len([call for call in world.calls() if call["action"] == "DescribeAutoScalingGroups"])
    assert found.keys() == names.keys()
    assert after - before == 2


def test_asked_for_none_it_asks_nobody(world: World) -> None:
    """Without names DescribeAutoScalingGroups would tell all groups of the account."""
    things.group(world)
    before = len(world.calls())
    assert read_groups(world.client("autoscaling"), {}) == {}
    assert len(world.calls()) == before


def test_a_denial_goes_through(world: World) -> None:
    name = things.group(world)
    world.fail("DescribeAutoScalingGroups", "denied")
    with pytest.raises(ClientError, match="AccessDenied"):
        read_groups(world.client("autoscaling"), {"Workers": name})
