"""Single fact families: what is not there or can't be read is unknown, whatever it hangs on."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.builders import drift as in_sync
from tests.builders import entry, known, unknown
from tests.upgrade import things
from tests.upgrade.world import BUCKET, World, looped, topic
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.reads.stack import StackReads
from upgrade.facts.stack import Resource

DATABASE, TARGETS = "AWS::RDS::DBInstance", "AWS::ElasticLoadBalancingV2::TargetGroup"
NESTED = "AWS::CloudFormation::Stack"


def reads(world: World, stack: str = "absent", target: str = f"s3://{BUCKET}/absent") -> StackReads:
    return StackReads(world.source(entry(stack_name=stack, polling={"drift": 0.05}), target))


def resource(logical_id: str, physical_id: str, type_: str) -> Resource:
    return Resource(logical_id, physical_id, type_, "UPDATE_COMPLETE")


def found(**physical_ids: tuple[str, str]) -> Fact[tuple[Resource, ...]]:
    """Physical id and type of each resource, by logical id."""
    return known(tuple(resource(logical_id, *told) for logical_id, told in physical_ids.items()))


def target_group(world: World, *targets: str) -> str:
    client = world.client("elbv2")
    vpc = world.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    name = f"tg-{len(world.calls())}"
    made = client.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=vpc)["TargetGroups"][0]
    arn = str(made["TargetGroupArn"])
    if targets:
        client.register_targets(TargetGroupArn=arn, Targets=[{"Id": id_, "Port": 80} for id_ in targets])
    return arn


def value(fact: Fact[Any]) -> Any:
    assert isinstance(fact, Known), fact
    return fact.value


def reason(fact: Fact[Any]) -> Reason:
    assert isinstance(fact, Unknown), fact
    return fact.reason


# ---- databases and target groups -------------------------------------------------------------------------------------


def test_every_database_is_read(world: World) -> None:
    rows = found(A=(things.database(world), DATABASE), B=(things.database(world), DATABASE))
    databases = reads(world).databases(rows).value
    assert {name: database.allocated_storage for name, database in databases.items()} == {"A": 60, "B": 60}


def test_every_target_group_is_read_with_its_targets(world: World) -> None:
    machine = things.machine(world, Name="web")
    rows = found(A=(target_group(world, machine), TARGETS), B=(target_group(world), TARGETS))
    groups = reads(world).target_groups(rows).value
    assert {name: [target.id for target in group.targets] for name, group in groups.items()} == {
        "A": [machine],
        "B": [],
    }


def _databases(world: World) -> Callable[[StackReads], Fact[Any]]:
    rows = found(A=(things.database(world), DATABASE))
    return lambda reads: reads.databases(rows)


def _target_groups(world: World) -> Callable[[StackReads], Fact[Any]]:
    rows = found(A=(target_group(world), TARGETS))
    return lambda reads: reads.target_groups(rows)


READS: dict[str, Callable[[World], Callable[[StackReads], Fact[Any]]]] = {
    "rds:DescribeDBInstances": _databases,
    "elasticloadbalancing:DescribeTargetHealth": _target_groups,
    "sts:GetCallerIdentity": lambda _: lambda reads: reads.identity(),
    "cloudformation:DescribeStacks": lambda _: lambda reads: reads.stack(),
    "cloudformation:GetTemplate": lambda _: lambda reads: reads.template(),
    "cloudformation:ListStackResources": lambda _: lambda reads: reads.tree(),
    "cloudformation:DetectStackDrift": lambda _: lambda reads: reads.root_drift(),
    "cloudformation:DescribeStackDriftDetectionStatus": lambda _: lambda reads: reads.root_drift(),
    "cloudformation:DescribeStackResourceDrifts": lambda _: lambda reads: reads.root_drift(),
    "s3:GetObject": lambda _: lambda reads: reads.target(),
}


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("denied", Reason.DENIED),
        ("throttle", Reason.THROTTLED),
        ("expired", Reason.EXPIRED),
        ("http500", Reason.TIMED_OUT),
    ],
)
@pytest.mark.parametrize("call", READS)
def test_what_is_refused_is_unknown_with_the_reason_and_the_action(
    world: World, monkeypatch: pytest.MonkeyPatch, call: str, kind: str, why: Reason
) -> None:
    read = READS[call](world)
    stack = world.create(topic())
    things.at_once(monkeypatch)
    world.fail(call.partition(":")[2], kind)
    refused = read(reads(world, stack))
    assert isinstance(refused, Unknown)
    assert (refused.reason, refused.call) == (why, call)


def test_what_a_loop_has_made_is_read(world: World) -> None:
    loops = reads(world, world.create(looped("old")))
    assert sorted(value(loops.processed(loops.template())).body["Resources"]) == ["A", "B"]


def test_a_template_without_macros_is_read_once(world: World) -> None:
    plain = reads(world, world.create(topic()))
    template, sent = plain.template(), len(world.calls())
    assert plain.processed(template) is template
    assert len(world.calls()) == sent


def test_what_a_loop_has_made_may_not_be_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    loops = reads(world, world.create(looped("old")))
    template = loops.template()
    things.at_once(monkeypatch)
    world.fail("GetTemplate", "denied")
    assert reason(loops.processed(template)) is Reason.DENIED
    assert reason(loops.processed(unknown())) is Reason.BLOCKED


@pytest.mark.parametrize(("fact", "type_"), [("databases", DATABASE), ("target_groups", TARGETS)])
def test_a_resource_that_is_gone_makes_all_unknown(world: World, fact: str, type_: str) -> None:
    there = things.database(world) if type_ == DATABASE else target_group(world)
    gone = there.replace("db-", "no-") if type_ == DATABASE else there.rpartition("/")[0] + "/0123456789abcdef"
    rows = found(There=(there, type_), Gone=(gone, type_))
    assert reason(getattr(reads(world), fact)(rows)) is Reason.NOT_FOUND


@pytest.mark.parametrize("fact", ["databases", "target_groups"])
def test_without_the_resources_nothing_is_read(world: World, fact: str) -> None:
    sent = len(world.calls())
    assert reason(getattr(reads(world), fact)(unknown())) is Reason.BLOCKED
    assert len(world.calls()) == sent


# ---- drift -----------------------------------------------------------------------------------------------------------


def nested(world: World) -> tuple[str, Resource]:
    """A stack with one nested in it, and that one as a resource."""
    child = world.publish(topic("child"))
    body = topic(Resources={"Child": {"Type": NESTED, "Properties": {"TemplateURL": child}}})
    name = world.create(body)
    rows = world.client("cloudformation").describe_stack_resources(StackName=name)["StackResources"]
    arn = next(row["PhysicalResourceId"] for row in rows if row["LogicalResourceId"] == "Child")
    return name, resource("Child", arn, NESTED)


def test_the_deployed_template_of_a_nested_stack_is_read(world: World) -> None:
    name, child = nested(world)
    found = reads(world, name).nested_templates(known((child,)))
    assert found.value["Child"].body == topic("child")


def test_the_drift_of_a_nested_stack_stands_under_its_name(world: World) -> None:
    name, child = nested(world)
    read = reads(world, name)
    drift = read.drift(read.root_drift(), known((child,)))
    assert {"Topic", "Child.Topic"} <= {row.logical_id for row in drift.value.rows}


def test_drift_of_a_nested_stack_that_may_not_be_read_makes_all_unknown(world: World) -> None:
    name, child = nested(world)
    read = reads(world, name)
    root = read.root_drift()
    world.fail("DetectStackDrift", "denied")
    assert isinstance(root, Known)
    assert reason(read.drift(root, known((child,)))) is Reason.DENIED


def test_a_nested_stack_that_is_gone_makes_all_unknown(world: World) -> None:
    name, child = nested(world)
    read = reads(world, name)
    gone = resource("Gone", child.physical_id.rpartition("/")[0] + "/gone", NESTED)
    assert reason(read.drift(read.root_drift(), known((child, gone)))) is Reason.NOT_FOUND


def test_without_the_roots_drift_or_the_resources_no_drift_is_known(world: World) -> None:
    read = reads(world)
    assert reason(read.drift(unknown(Reason.FAILED), known(()))) is Reason.FAILED
    assert reason(read.drift(known(in_sync()), unknown(Reason.DENIED))) is Reason.DENIED


# ---- the target ------------------------------------------------------------------------------------------------------


def test_a_target_that_is_absent_names_its_address_once(world: World) -> None:
    absent = reads(world).target()
    assert isinstance(absent, Unknown)
    assert (absent.reason, absent.call) == (Reason.NOT_FOUND, "s3:GetObject")
    assert absent.detail.count(f"s3://{BUCKET}/absent") == 1


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "target.yaml"
    path.write_text("Resources: {T: {Type: AWS::SNS::Topic}}")
    return path


def test_a_target_that_is_a_file_is_read_without_asking_anybody(world: World, file: Path) -> None:
    sent = len(world.calls())
    target = reads(world, target=str(file)).target()
    assert target.value.text == file.read_text()
    assert len(world.calls()) == sent


@pytest.mark.parametrize("escaped", [True, False], ids=["escaped", "as it is"])
def test_a_json_template_may_hold_any_character(world: World, file: Path, escaped: bool) -> None:
    file.write_text(json.dumps(topic("done \N{WHITE HEAVY CHECK MARK} \N{ROCKET}"), ensure_ascii=escaped))
    assert value(reads(world, target=str(file)).target()).body == topic("done \N{WHITE HEAVY CHECK MARK} \N{ROCKET}")


def _gone(file: Path) -> None:
    file.unlink()


def _a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _a_loop(file: Path) -> None:
    file.unlink()
    file.symlink_to(file)


@pytest.mark.parametrize("become", [_gone, _a_folder, _a_loop], ids=lambda become: become.__name__.strip("_"))
def test_a_file_that_can_no_longer_be_read_is_unknown(world: World, file: Path, become: Callable[[Path], None]) -> None:
    read = reads(world, target=str(file))
    become(file)
    gone = read.target()
    assert isinstance(gone, Unknown)
    assert str(file) in gone.detail


@pytest.mark.parametrize("text", [b"", b"\xff\xfe", b"<html>", b"- 1", b"Resources: {}", b"{", b"\x00"], ids=repr)
def test_a_file_that_is_no_template_is_malformed(world: World, file: Path, text: bytes) -> None:
    read = reads(world, target=str(file))
    file.write_bytes(text)
    malformed = read.target()
    assert isinstance(malformed, Unknown)
    assert malformed.reason is Reason.MALFORMED
    assert malformed.detail.count(str(file)) == 1
