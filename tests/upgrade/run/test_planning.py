"""What a plan rests on is read again right before it is executed, and keeps it from that if it has moved."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.upgrade.world import BUCKET, World, topic
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
