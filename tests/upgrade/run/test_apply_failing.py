"""An update that fails is told by its first true cause, wherever CloudFormation tells that."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.upgrade.run.updates import execute, parent, resources
from tests.upgrade.world import World, topic
from upgrade.clock import SystemClock
from upgrade.facts.operation import Ending
from upgrade.rules.reasons import patterns
from upgrade.run.session import Run


def test_a_failing_update_names_the_resource_and_the_reason(world: World, run: Run) -> None:
    world.faults(resources={"Second": {"on": "update", "reason": "the topic is full"}})
    _, operation = execute(run)
    assert operation.ending is Ending.ROLLED_BACK
    assert operation.cause is not None
    assert operation.cause.logical_id == "Second"
    assert operation.detail.startswith("Second (AWS::SNS::Topic): ")
    assert "the topic is full" in operation.detail
    assert operation.events[-1].status == "UPDATE_ROLLBACK_COMPLETE"


@pytest.mark.parametrize("family", ["capacity", "permission", "quota"])
def test_a_known_reason_comes_with_its_remedy(world: World, run: Run, family: str) -> None:
    message = next(pattern.seen[0][0] for pattern in patterns() if pattern.family == family)
    world.faults(resources={"Second": {"on": "update", "reason": message}})
    _, operation = execute(run)
    found = operation.diagnosis
    assert found is not None
    assert found.cause is not None
    assert found.cause.family == family
    assert operation.detail == f"{found.cause.told} CloudFormation restored the old state"
    assert found.undone == ("Second", "Topic")


def test_a_hook_that_stops_a_resource_says_why(world: World, run: Run) -> None:
    reason = "Template failed validation, the following rule(s) failed: NO_NEW_NAMES"
    annotations = [{"AnnotationName": "NO_NEW_NAMES", "Status": "FAILED", "RemediationMessage": "keep the name"}]
    hook = {"type": "Acme::Guard::Hook", "mode": "FAIL", "fails": "Second", "reason": reason}
    world.faults(hooks=[{**hook, "annotations": [*annotations, {"AnnotationName": "FINE", "Status": "PASSED"}]}])
    _, operation = execute(run)
    assert operation.ending is Ending.ROLLED_BACK
    assert operation.detail.startswith(
        f"Second (AWS::SNS::Topic): The following hook(s) failed: [Acme::Guard::Hook]: {reason}. "
        "Do this: The organization's rules NO_NEW_NAMES do not allow this resource"
    )
    assert "The hook says: NO_NEW_NAMES: keep the name. CloudFormation restored" in operation.detail


def test_a_hook_whose_advice_cannot_be_read_stays_the_cause(world: World, run: Run) -> None:
    world.faults(hooks=[{"type": "Acme::Guard::Hook", "mode": "FAIL", "fails": "Second", "reason": "no new names"}])
    world.fail("GetHookResult", "denied")
    _, operation = execute(run)
    assert "[Acme::Guard::Hook]: no new names. Do this: " in operation.detail
    assert "What the hook advises can't be read (cloudformation:GetHookResult: denied" in operation.detail


EXISTS = {
    "name": "NAME_CONFLICT_VALIDATION",
    "mode": "FAIL",
    "status": "FAILED",
    "during": "operation",
    "resource": "Second",
    "reason": "Resource of type 'AWS::SNS::Topic' with identifier 'new' already exists.",
    "path": "/Resources/Second/Properties/TopicName",
}


def test_a_validation_that_only_the_operation_tells_is_named(world: World, run: Run) -> None:
    world.faults(validations=[{**EXISTS, "mode": "WARN", "resource": "Topic"}, EXISTS], page=1)
    _, operation = execute(run)
    assert operation.ending is Ending.ROLLED_BACK
    assert operation.detail.startswith(
        "Second (AWS::SNS::Topic): Resource of type 'AWS::SNS::Topic' with identifier 'new' already exists "
        "(NAME_CONFLICT_VALIDATION, /Resources/Second/Properties/TopicName). Do this: Another AWS::SNS::Topic of that name"
    )
    assert {each.status for each in operation.events if each.logical_id == "Second"} == set()
    assert operation.diagnosis is not None
    assert operation.diagnosis.also == ()


def test_a_validation_in_a_nested_stack_is_named(world: World, tmp_path: Path) -> None:
    def parent(name: str) -> dict[str, Any]:
        address = world.publish(topic(name, Resources=resources(name)))
        return {"Resources": {"Nested": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": address}}}}

    run = world.run(tmp_path, world.create(parent("old")), world.publish(parent("new")))
    world.faults(validations=[EXISTS])
    _, operation = execute(run)
    assert operation.detail.startswith("Nested.Second (AWS::SNS::Topic): Resource of type")
    assert operation.diagnosis is not None
    assert [each.logical_id for each in operation.diagnosis.chain][:2] == ["Second", "Nested"]


def test_a_hook_that_only_the_operation_tells_is_named(world: World, run: Run) -> None:
    hook = {"type": "Acme::Guard::Hook", "fails": "Second", "hidden": True}
    world.faults(hooks=[{**hook, "mode": "WARN", "reason": "by the way"}, {**hook, "mode": "FAIL", "reason": "no"}])
    _, operation = execute(run)
    assert operation.detail.startswith(
        "Second (AWS::SNS::Topic): The following hook(s) failed: [Acme::Guard::Hook]: no. "
    )


@pytest.mark.parametrize(
    ("kind", "why"),
    [("denied", "denied: "), ("throttle", "throttled: "), ("absent", "failed: "), ("drop", "timed out: ")],
)
def test_what_the_operation_would_tell_and_cannot_be_read_changes_no_ending(
    world: World, run: Run, kind: str, why: str
) -> None:
    before = run.collect_before()
    plan = run.make_plan(before).value
    world.faults(validations=[EXISTS])
    world.fail("DescribeEvents", kind, after=1)  # right before the execution the change set's own are read again
    operation = run.execute(before, plan)
    assert operation.ending is Ending.ROLLED_BACK
    assert "Validation failed with 1 error(s). Call DescribeEvents" in operation.detail
    assert (
        f"What validations and hooks have found can't be read (cloudformation:DescribeEvents: {why}" in operation.detail
    )


def test_a_failing_rollback_needs_an_operator(world: World, run: Run) -> None:
    world.faults(
        resources={
            "Second": {"on": "update", "reason": "the topic is full"},
            "Topic": {"on": "rollback", "reason": "the topic is locked"},
        }
    )
    _, operation = execute(run)
    assert operation.ending is Ending.NEEDS_OPERATOR
    assert "the topic is full" in operation.detail
    assert "Its rollback failed at Topic (AWS::SNS::Topic): the topic is locked" in operation.detail
    assert "The stack is UPDATE_ROLLBACK_FAILED, " in operation.detail
    assert operation.detail.endswith("mend the cause, then run with --recover (docs/recover.md)")


def test_a_failure_in_a_nested_stack_is_followed_to_its_cause(world: World, tmp_path: Path) -> None:
    run = world.run(tmp_path, world.create(parent(world, "old")), world.publish(parent(world, "new")))
    world.faults(resources={"Inner": {"on": "update", "reason": "the inner topic is full"}})
    _, operation = execute(run)
    assert operation.ending is Ending.ROLLED_BACK
    assert operation.cause is not None
    assert operation.cause.logical_id == "Inner"
    assert operation.detail.startswith("Child.Inner (AWS::SNS::Topic): the inner topic is full. Do this: ")


def test_a_clock_that_is_ahead_hides_no_cause(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SystemClock, "now", lambda _: datetime.now(UTC) + timedelta(minutes=3))
    test_a_failure_in_a_nested_stack_is_followed_to_its_cause(world, tmp_path)
