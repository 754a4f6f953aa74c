"""What CloudFormation definitely refuses is a plan that was not made; what it did not answer is not known."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.upgrade import things
from tests.upgrade.run.plans import left, left_when_calm, planned
from tests.upgrade.world import World, topic
from upgrade.facts.changes import NOT_MADE
from upgrade.facts.known import Reason, Unknown

ROLE = {
    "Role": {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}},
    }
}


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (topic(Resources=ROLE), "CAPABILITY"),
        (topic(Resources={"X": {"Type": "AWS::No::Such"}}), "AWS::No::Such"),
        (topic({"Ref": "nothing"}), "nothing"),
    ],
    ids=["capability", "type", "reference"],
)
def test_what_cloudformation_refuses_is_a_plan_that_was_not_made(
    world: World, tmp_path: Path, target: dict[str, Any], said: str
) -> None:
    stack = world.create(topic())
    plan = planned(world.run(tmp_path, stack, world.publish(target), capabilities=[]))
    assert (plan.status, plan.execution_status, plan.arn) == (NOT_MADE, "UNAVAILABLE", "")
    assert said in plan.status_reason
    assert not plan.nothing_to_do
    assert left(world, stack) == []


def test_of_a_stack_at_work_no_plan_is_made(world: World, tmp_path: Path) -> None:
    stack = world.create(topic())
    run = world.run(tmp_path, stack, world.publish(topic("new")))
    before = run.collect_before()
    world.faults(pace=2)
    world.client("cloudformation").update_stack(StackName=stack, TemplateBody=json.dumps(topic("other")))
    plan = run.make_plan(before)
    world.faults(pace=0)
    assert plan.value.status == NOT_MADE
    assert "IN_PROGRESS" in plan.value.status_reason


@pytest.mark.parametrize(("kind", "why"), [("expired", Reason.EXPIRED), ("drop", Reason.TIMED_OUT)])
def test_what_was_not_answered_is_no_definite_no(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, why: Reason
) -> None:
    things.at_once(monkeypatch)
    stack = world.create(topic())
    run = world.run(tmp_path, stack, world.publish(topic("new")))
    before = run.collect_before()
    world.fail("CreateChangeSet", kind)
    plan = run.make_plan(before)
    assert isinstance(plan, Unknown)
    assert plan.reason is why
    assert left_when_calm(world, stack) == []


@pytest.mark.parametrize(
    ("secret", "setting"),
    [
        ("hush", '{ env = "CO_SECRET" }'),
        ("S3cret" * 100, '{ env = "CO_SECRET" }'),
        ("first-line\nsecond-line", '{ env = "CO_SECRET" }'),
        ("hush-hush", '"hush-hush"'),
    ],
    ids=["short", "long", "two lines", "written in the configuration"],
)
def test_nothing_of_a_secret_that_cloudformation_quotes_is_told(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str, setting: str
) -> None:
    monkeypatch.setenv("CO_SECRET", secret)
    quoted = {"pSecret": {"Type": "AWS::SSM::Parameter::Value<String>", "NoEcho": True}}
    target, more = world.publish(topic(Parameters=quoted)), f"[stacks.t.parameters]\npSecret = {setting}"
    plan = planned(world.run(tmp_path, world.create(topic()), target, more=more))
    assert plan.status == NOT_MADE
    assert "****" in plan.status_reason
    assert secret.splitlines()[0][:6] not in plan.status_reason
