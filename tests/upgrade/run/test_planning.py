"""How a run makes a plan of what it has judged, and holds it against what is right before it is executed."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.upgrade.run.plans import left_when_calm, planned
from tests.upgrade.world import BUCKET, World, topic
from upgrade.config.target import INLINE_LIMIT
from upgrade.facts.known import Reason, Unknown
from upgrade.facts.operation import Ending


def somebody_updates(world: World, name: str) -> None:
    client = world.client("cloudformation")
    client.update_stack(StackName=name, UsePreviousTemplate=True, Tags=[{"Key": "owner", "Value": "somebody"}])
    client.get_waiter("stack_update_complete").wait(StackName=name, WaiterConfig={"Delay": 0.1})


def child_of(world: World, stack: str) -> str:
    """ARN of the stack nested in it."""
    found = world.client("cloudformation").describe_stack_resource(StackName=stack, LogicalResourceId="Child")
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


@pytest.mark.parametrize(
    ("move", "told"),
    [
        (
            lambda world, stack, _: world.client("cloudformation").set_stack_policy(
                StackName=stack, StackPolicyBody=json.dumps({"Statement": []})
            ),
            ['stack.policy_sha256 was ""'],
        ),
        (
            lambda world, _, target: world.client("s3").put_object(
                Bucket=BUCKET, Key=target.rpartition("/")[2], Body=json.dumps(topic("newer"))
            ),
            ["target.sha256 was"],
        ),
        (
            lambda world, stack, _: somebody_updates(world, child_of(world, stack)),
            ["nested.Child.updated was"],
        ),
        (
            lambda world, stack, _: [
                world.client("cloudformation").delete_change_set(ChangeSetName=each["ChangeSetId"])
                for each in world.client("cloudformation").list_change_sets(StackName=stack)["Summaries"]
            ],
            ["what was judged can't be read again: cloudformation:DescribeChangeSet"],
        ),
    ],
    ids=["policy", "target", "nested", "change set"],
)
def test_whatever_moves_between_judgement_and_execution_refuses(
    world: World, tmp_path: Path, move: Callable[[World, str, str], object], told: list[str]
) -> None:
    child = {"Child": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": world.publish(topic())}}}
    stack, target = world.create(topic(Resources=child)), world.publish(topic("new", Resources=child))
    run = world.run(tmp_path, stack, target)
    before = run.collect_before()
    plan = run.make_plan(before).value
    move(world, stack, target)
    operation = run.execute(before, plan)
    assert operation.ending is Ending.REFUSED
    for words in told:
        assert words in operation.detail
    assert "ExecuteChangeSet" not in {call.operation for call in run.calls()}


def test_without_stack_or_target_there_is_no_plan(world: World, tmp_path: Path) -> None:
    run = world.run(tmp_path, "absent", world.publish(topic()))
    plan = run.make_plan(run.collect_before())
    assert isinstance(plan, Unknown)
    assert plan.reason is Reason.BLOCKED
    assert not any(call.mutates for call in run.calls())


def large(folder: Path) -> Path:
    """A file one byte larger than a request takes."""
    text = "Resources: {Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: large}}}\n#"
    path = folder / "large.yaml"
    path.write_text(text + "x" * (INLINE_LIMIT + 1 - len(text)))
    return path


def test_a_large_file_is_put_where_cloudformation_can_read_it(world: World, tmp_path: Path) -> None:
    path, stack = large(tmp_path), world.create(topic())
    run = world.run(tmp_path, stack, str(path), staging=f"s3://{BUCKET}/staged/")
    before = run.collect_before()
    plan = run.make_plan(before).value
    assert plan.status == "CREATE_COMPLETE"
    assert plan.template.value.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    key = f"staged/{plan.template.value.sha256}.template"
    assert world.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read() == path.read_bytes()
    assert [call.door for call in run.calls() if call.operation == "PutObject"] == ["store"]
    run.make_plan(before)
    assert [call.outcome for call in run.calls() if call.operation == "PutObject"] == ["ok", "PreconditionFailed"]


def test_a_file_that_fits_is_put_nowhere(world: World, tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text("Resources: {Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: small}}}")
    run = world.run(tmp_path, world.create(topic()), str(path), staging=f"s3://{BUCKET}/staged")
    assert planned(run).status == "CREATE_COMPLETE"
    assert "PutObject" not in [call.operation for call in run.calls()]


@pytest.mark.parametrize(
    ("bucket", "kind", "why"),
    [(BUCKET, "denied", Reason.DENIED), ("no-such-bucket-anywhere", "latency", Reason.NOT_FOUND)],
    ids=["denied", "no-bucket"],
)
def test_where_it_can_not_be_put_no_plan_is_made(
    world: World, tmp_path: Path, bucket: str, kind: str, why: Reason
) -> None:
    stack = world.create(topic())
    run = world.run(tmp_path, stack, str(large(tmp_path)), staging=f"s3://{bucket}/staged")
    before = run.collect_before()
    world.fail("PutObject", kind)
    plan = run.make_plan(before)
    assert isinstance(plan, Unknown)
    assert (plan.reason, plan.call) == (why, "s3:PutObject")
    assert left_when_calm(world, stack) == []
