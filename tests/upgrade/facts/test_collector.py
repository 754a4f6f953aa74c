"""Facts are read concurrently, none twice, and what can't be read says why."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.upgrade.world import ACCOUNT, BUCKET, REGION, World, topic
from upgrade.facts.known import Known, Reason, Unknown

DATABASE: dict[str, Any] = {
    "DB": {
        "Type": "AWS::RDS::DBInstance",
        "Properties": {
            "Engine": "postgres",
            "EngineVersion": "15",
            "DBInstanceClass": "db.t4g.small",
            "AllocatedStorage": "20",
            "MaxAllocatedStorage": 100,
            "MasterUsername": "admin1",
            "MasterUserPassword": "not-a-secret",
        },
    }
}


def test_everything_is_known_of_a_healthy_stack(world: World, tmp_path: Path) -> None:
    stack = world.create(topic(Resources=DATABASE))
    run = world.run(tmp_path, stack, world.publish(topic("new", Resources=DATABASE)))
    before = run.collect_before()
    assert before.identity.value.account == ACCOUNT
    assert before.identity.value.region == REGION
    assert before.stack.value.status == "CREATE_COMPLETE"
    assert before.stack.value.tags == {"owner": "platform"}
    assert {resource.logical_id for resource in before.resources.value} == {"Topic", "DB"}
    assert before.target.value.body != before.template.value.body
    assert before.databases.value["DB"].allocated_storage == 20
    assert before.target_groups.value == {}
    assert before.nested.value == ()
    assert {row.status for row in before.drift.value.rows} <= {"IN_SYNC", "NOT_CHECKED"}
    assert (before.deploy_role.value, before.backup.value) == (None, None)


def test_nothing_is_fetched_twice_and_no_call_changes_anything(world: World, tmp_path: Path) -> None:
    run = world.run(tmp_path, world.create(topic()), world.publish(topic("new")))
    run.collect_before()
    counted = Counter(call.operation for call in run.calls())
    assert counted.pop("DescribeStackDriftDetectionStatus") >= 1
    assert set(counted.values()) == {1}
    assert not any(call.mutates for call in run.calls())
    assert {call.endpoint for call in run.calls()} == {world.url}
    assert all(call.outcome == "ok" and call.request_id for call in run.calls())


def test_in_a_wrong_account_nothing_else_is_read(world: World, tmp_path: Path) -> None:
    run = world.run(tmp_path, world.create(topic()), world.publish(topic()), account_id="999999999999")
    before = run.collect_before()
    assert [call.operation for call in run.calls()] == ["GetCallerIdentity"]
    for fact in (before.stack, before.template, before.target, before.drift, before.databases):
        assert isinstance(fact, Unknown)
        assert fact.reason is Reason.BLOCKED


def test_a_stack_that_is_absent_is_not_found(world: World, tmp_path: Path) -> None:
    before = world.run(tmp_path, "absent", world.publish(topic())).collect_before()
    for fact in (before.stack, before.template, before.resources):
        assert isinstance(fact, Unknown)
        assert fact.reason is Reason.NOT_FOUND
    assert isinstance(before.databases, Unknown)
    assert before.databases.reason is Reason.BLOCKED


@pytest.mark.parametrize(("kind", "reason"), [("denied", Reason.DENIED), ("expired", Reason.EXPIRED)])
def test_a_refused_call_makes_its_fact_unknown_and_no_other(
    world: World, tmp_path: Path, kind: str, reason: Reason
) -> None:
    run = world.run(tmp_path, world.create(topic()), world.publish(topic()))
    world.fail("ListStackResources", kind)
    before = run.collect_before()
    assert isinstance(before.resources, Unknown)
    assert (before.resources.reason, before.resources.call) == (reason, "cloudformation:ListStackResources")
    assert isinstance(before.stack, Known)
    assert isinstance(before.template, Known)


def test_every_third_call_throttled_is_survived(world: World, tmp_path: Path) -> None:
    run = world.run(tmp_path, world.create(topic()), world.publish(topic("new")))
    world.fail("*", "throttle", every=3)
    before = run.collect_before()
    assert all(isinstance(fact, Known) for fact in (before.stack, before.resources, before.drift, before.target))
    assert any(call.attempts > 1 for call in run.calls())


@pytest.mark.parametrize(
    ("published", "reason", "said"),
    [
        (b"<html><body>Sign in</body></html>", Reason.MALFORMED, "a web page"),
        (b"x" * 1_000_001, Reason.MALFORMED, "more than 1,000,000 bytes"),
        (b"a: &a [1]\nb: *a", Reason.MALFORMED, "YAML alias"),
        (b"- 1", Reason.MALFORMED, "no mapping"),
    ],
    ids=["html", "large", "alias", "list"],
)
def test_a_target_that_is_no_template_says_why(
    world: World, tmp_path: Path, published: bytes, reason: Reason, said: str
) -> None:
    target = world.run(tmp_path, "any", world.publish(published)).collect_before().target
    assert isinstance(target, Unknown)
    assert target.reason is reason
    assert said in target.detail


def test_a_target_that_is_absent_or_denied(world: World, tmp_path: Path) -> None:
    absent = world.run(tmp_path, "any", "https://plimsoll-tests.s3.amazonaws.com/absent").collect_before().target
    assert isinstance(absent, Unknown)
    assert absent.reason is Reason.NOT_FOUND
    run = world.run(tmp_path, "any", world.publish(topic()))
    world.fail("GetObject", "denied")
    denied = run.collect_before().target
    assert isinstance(denied, Unknown)
    assert (denied.reason, denied.call) == (Reason.DENIED, "s3:GetObject")


def test_a_public_template_is_read_although_our_credentials_may_not(world: World, tmp_path: Path) -> None:
    address = world.publish(topic("public"))
    key = address.rsplit("/", 1)[-1]
    world.client("s3").put_object_acl(Bucket=BUCKET, Key=key, ACL="public-read")
    run = world.run(tmp_path, "any", address)
    world.fail("GetObject", "denied", times=1)
    target = run.collect_before().target
    assert isinstance(target, Known)


def test_drift_that_fails_or_is_denied_is_unknown_with_the_reason(world: World, tmp_path: Path) -> None:
    run = world.run(tmp_path, world.create(topic()), world.publish(topic()))
    world.faults(resources={"Topic": {"on": "drift", "reason": "the topic can't be read"}})
    failed = run.collect_before().drift
    assert isinstance(failed, Unknown)
    assert failed.reason is Reason.FAILED
    assert "drift detection failed" in failed.detail
    world.faults(resources={})
    world.fail("DetectStackDrift", "denied")
    denied = run.collect_before().drift
    assert isinstance(denied, Unknown)
    assert denied.reason is Reason.DENIED


def test_a_detection_that_runs_already_is_waited_for(world: World, tmp_path: Path) -> None:
    stack = world.create(topic())
    run = world.run(tmp_path, stack, world.publish(topic()))
    world.faults(drift_delay=2)
    world.client("cloudformation").detect_stack_drift(StackName=stack)
    run.clock.sleep(0.1)  # until it has begun to wait
    world.faults(drift_delay=0)
    drift = run.collect_before().drift
    assert isinstance(drift, Known)
    assert any(call.operation == "DetectStackDrift" and call.outcome != "ok" for call in run.calls())


def test_every_page_of_a_list_is_read(world: World, tmp_path: Path) -> None:
    many = {f"T{number}": {"Type": "AWS::SNS::Topic", "Properties": {}} for number in range(12)}
    run = world.run(tmp_path, world.create(topic(Resources=many)), world.publish(topic()))
    world.faults(page=5)
    before = run.collect_before()
    assert len(before.resources.value) == 13
    assert len(before.drift.value.rows) == 13


def test_nested_stacks_are_read_to_any_depth(world: World, tmp_path: Path) -> None:
    child = world.publish(topic("child"))
    nested = {"Child": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": child}}}
    middle = world.publish(topic("middle", Resources=nested))
    root = {"Middle": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": middle}}}
    before = world.run(tmp_path, world.create(topic(Resources=root)), world.publish(topic())).collect_before()
    ids = {resource.logical_id for resource in before.resources.value}
    assert ids == {"Topic", "Middle", "Middle.Topic", "Middle.Child", "Middle.Child.Topic"}
    assert len(before.nested.value) == 2
    assert "Middle.Topic" in {row.logical_id for row in before.drift.value.rows}
