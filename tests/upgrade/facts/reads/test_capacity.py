"""Subnets, instance types and quotas as EC2, Batch and Service Quotas tell them."""

from typing import Any

import pytest

from tests.builders import entry, known, stack, template, unknown
from tests.upgrade import things
from tests.upgrade.world import World
from upgrade.facts.capacity import InstanceType, Quota
from upgrade.facts.known import Known, Reason, Unknown
from upgrade.facts.reads.capacity import Capacity
from upgrade.facts.stack import Template

STANDARD, EIPS, ENVIRONMENTS = "L-1216C47A", "L-0263D0A3", "L-144F0CA5"


def target(type_: str = "m7i.large", subnet: str = "", **more: Any) -> Known[Template]:
    properties = {"InstanceType": type_, **({"SubnetId": subnet} if subnet else {})}
    return known(template(Resources={"Machine": {"Type": "AWS::EC2::Instance", "Properties": properties}, **more}))


def read(world: World, fact: str, wanted: Any) -> Any:
    return getattr(Capacity(world.source(entry(product="generic"))), fact)(known(stack()), known(()), wanted)


def a_subnet(world: World) -> dict[str, Any]:
    found: dict[str, Any] = world.client("ec2").describe_subnets()["Subnets"][0]
    return found


def test_subnets(world: World) -> None:
    row = a_subnet(world)
    [found] = read(world, "subnets", target(subnet=row["SubnetId"])).value.values()
    assert (found.id, found.zone, found.free) == (
        row["SubnetId"],
        row["AvailabilityZone"],
        row["AvailableIpAddressCount"],
    )


def test_a_subnet_that_is_gone_is_no_empty_answer(world: World) -> None:
    found = read(world, "subnets", target(subnet="subnet-00000000000000000"))
    assert isinstance(found, Unknown)
    assert "subnet-00000000000000000" in found.detail


def test_instance_types_and_the_zones_that_offer_them(world: World) -> None:
    found = read(world, "instance_types", target()).value["m7i.large"]
    assert found.vcpus == 2
    assert "us-east-1a" in found.zones
    assert "us-east-1e" not in found.zones
    assert read(world, "instance_types", target("absent.large")).value == {
        "absent.large": InstanceType("absent.large", 0, ())
    }


def test_quotas_and_what_is_in_use(world: World) -> None:
    eip, environment = {"Type": "AWS::EC2::EIP"}, {"Type": "AWS::Batch::ComputeEnvironment", "Properties": {}}
    wanted = target(Address=eip, Environment=environment)
    before = read(world, "quotas", wanted).value
    assert before.keys() == {STANDARD, EIPS, ENVIRONMENTS}
    things.machine(world, Name="mine")
    things.queue(world)
    world.client("ec2").allocate_address(Domain="vpc")
    world.faults(quotas={STANDARD: 7})
    after = read(world, "quotas", wanted).value
    assert after[EIPS] == Quota("EC2-VPC Elastic IPs", 5, before[EIPS].used + 1)
    assert after[ENVIRONMENTS].used == before[ENVIRONMENTS].used + 1
    assert (after[STANDARD].limit, after[STANDARD].used > before[STANDARD].used) == (7, True)


def test_only_quotas_that_matter_are_asked_for(world: World) -> None:
    sent = len(world.calls())
    assert read(world, "quotas", known(template(Resources={"T": {"Type": "AWS::SNS::Topic"}}))).value == {}
    assert len(world.calls()) == sent


@pytest.mark.parametrize(
    ("fact", "call"),
    [
        ("subnets", "ec2:DescribeSubnets"),
        ("instance_types", "ec2:DescribeInstanceTypes"),
        ("instance_types", "ec2:DescribeInstanceTypeOfferings"),
        ("quotas", "servicequotas:GetServiceQuota"),
    ],
)
def test_a_refusal_names_the_action(world: World, fact: str, call: str) -> None:
    wanted = target(subnet=a_subnet(world)["SubnetId"])
    world.fail(call.partition(":")[2], "denied")
    found = read(world, fact, wanted)
    assert isinstance(found, Unknown)
    assert (found.reason, found.call) == (Reason.DENIED, call)


@pytest.mark.parametrize("fact", ["subnets", "instance_types", "quotas"])
def test_without_the_target_nothing_is_known(world: World, fact: str) -> None:
    found = read(world, fact, unknown())
    assert isinstance(found, Unknown)
    assert found.reason is Reason.BLOCKED
