"""Our change set: what it asks for, how it is read, and that none is left behind."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.upgrade import things
from tests.upgrade.run.plans import NAME, OUTPUT, PARAMETERS, left, planned
from tests.upgrade.run.stores import Full
from tests.upgrade.world import World, looped, topic
from upgrade.aws import change_sets
from upgrade.aws.change_sets import ChangeSet
from upgrade.facts.changes import NOT_MADE, Hook, Plan, Validation
from upgrade.facts.journal import Act
from upgrade.facts.known import Known, Reason, Unknown
from upgrade.rules.parameters import plan_parameters
from upgrade.run.journal import open_intent


def test_a_plan_is_made_and_read_whole(world: World, tmp_path: Path) -> None:
    stack = world.create(topic(NAME, Parameters=PARAMETERS), pName="b", pSecret="hush-hush")
    run = world.run(tmp_path, stack, world.publish(topic("new", Parameters=PARAMETERS)))
    plan = planned(run)
    assert (plan.status, plan.execution_status) == ("CREATE_COMPLETE", "AVAILABLE")
    assert [(each.action, each.logical_id, each.replacement) for each in plan.changes] == [("Modify", "Topic", "False")]
    assert (plan.changes[0].details[0].before, plan.changes[0].details[0].after) == ("b", "new")
    assert plan.parameters == {"pName": "b", "pSecret": "****"}
    assert plan.tags == {"owner": "platform"}
    assert plan.template.value.body == topic("new", Parameters=PARAMETERS)
    assert not plan.nothing_to_do
    assert plan.name == f"plimsoll-{run.run_id}"
    described = world.client("cloudformation").describe_change_set(ChangeSetName=plan.arn)
    assert run.run_id in described["Description"]
    opened = open_intent(run.journal.store.records())
    assert opened is not None
    assert (opened.act, opened.told["change_set"]) == (Act.ACCEPTED, plan.arn)
    assert run.discard_plan(plan) is None
    assert left(world, stack) == []
    assert open_intent(run.journal.store.records()) is None


def test_no_change_set_is_made_that_cannot_be_kept(world: World, tmp_path: Path) -> None:
    run = world.run(tmp_path, world.create(topic()), world.publish(topic("new")))
    run.journal.store = Full(0)
    plan = run.make_plan(run.collect_before())
    assert isinstance(plan, Unknown)
    assert plan.detail == "no change set was made: the journal can't be written: No space left on device"
    assert {call.operation for call in run.calls()}.isdisjoint({"CreateChangeSet", "DeleteChangeSet"})


def test_a_change_set_that_can_no_longer_be_noted_down_is_deleted_all_the_same(world: World, tmp_path: Path) -> None:
    stack = world.create(topic())
    run = world.run(tmp_path, stack, world.publish(topic("new")))
    run.journal.store = Full(1)
    assert run.discard_plan(planned(run)) is None
    assert left(world, stack) == []


def test_what_a_loop_makes_is_read_of_the_change_set(world: World, tmp_path: Path) -> None:
    run = world.run(tmp_path, world.create(looped("old")), world.publish(looped("new")))
    plan = planned(run)
    assert plan.template.value.body == looped("new")
    assert sorted(plan.processed.value.body["Resources"]) == ["A", "B"]  # type: ignore[call-overload]
    run.discard_plan(plan)


def test_without_a_difference_there_is_nothing_to_do(world: World, tmp_path: Path) -> None:
    stack = world.create(topic())
    run = world.run(tmp_path, stack, world.publish(topic()))
    plan = planned(run)
    assert plan.nothing_to_do
    assert plan.status == "FAILED"
    assert run.discard_plan(plan) is None
    assert left(world, stack) == []


def test_a_change_of_outputs_alone_is_a_change(world: World, tmp_path: Path) -> None:
    stack = world.create(topic(NAME, Parameters=PARAMETERS))
    plan = planned(world.run(tmp_path, stack, world.publish(topic(NAME, Parameters=PARAMETERS, Outputs=OUTPUT))))
    assert plan.changes == ()
    assert not plan.nothing_to_do
    assert plan.execution_status == "AVAILABLE"


def test_tags_are_sent_with_those_that_are_there(world: World, tmp_path: Path) -> None:
    stack = world.create(topic())
    run = world.run(tmp_path, stack, world.publish(topic("new")), more="[stacks.t.tags]\nteam = 'x'")
    assert planned(run).tags == {"owner": "platform", "team": "x"}


def test_a_change_set_that_takes_its_time_is_waited_for(world: World, tmp_path: Path) -> None:
    run = world.run(tmp_path, world.create(topic()), world.publish(topic("new")))
    world.faults(change_set_delay=0.4)
    assert planned(run).status == "CREATE_COMPLETE"


def test_every_page_of_changes_is_read(world: World, tmp_path: Path) -> None:
    def many(name: str) -> dict[str, Any]:
        return {f"T{number}": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": name}} for number in range(12)}

    stack = world.create(topic(Resources=many("old")))
    run = world.run(tmp_path, stack, world.publish(topic(Resources=many("new"))))
    world.faults(page=5)
    assert len(planned(run).changes) == 12


PROBLEM = {
    "name": "S3_BUCKET_EMPTY_VALIDATION",
    "mode": "WARN",
    "status": "FAILED",
    "reason": "not empty",
    "resource": "B",
}


def test_what_cloudformation_validated_and_which_hooks_will_run_is_read(world: World, tmp_path: Path) -> None:
    run = world.run(tmp_path, world.create(topic()), world.publish(topic("new")))
    world.faults(validations=[PROBLEM], hooks=[{"type": "Acme::Tags::Hook", "mode": "FAIL"}], page=1)
    plan = planned(run)
    assert plan.validations.value == (Validation(PROBLEM["name"], "WARN", "FAILED", "not empty", "B", ""),)
    assert plan.hooks.value == (Hook("Acme::Tags::Hook", "FAIL", "Topic"),)


def test_a_change_set_that_fails_early_tells_why(world: World, tmp_path: Path) -> None:
    run = world.run(tmp_path, world.create(topic()), world.publish(topic("new")))
    world.faults(validations=[{**PROBLEM, "mode": "FAIL"}])
    plan = planned(run)
    assert (plan.status, plan.execution_status) == ("FAILED", "UNAVAILABLE")
    assert [each.reason for each in plan.validations.value] == ["not empty"]


@pytest.mark.parametrize("action", ["DescribeEvents", "DescribeChangeSetHooks"])
def test_a_plan_is_one_without_what_may_not_be_asked(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    things.at_once(monkeypatch)
    run = world.run(tmp_path, world.create(topic()), world.publish(topic("new")))
    before = run.collect_before()
    world.fail(action, "denied", service="cloudformation")
    plan = run.make_plan(before).value
    [unread] = [each for each in (plan.validations, plan.hooks) if isinstance(each, Unknown)]
    assert (unread.reason, unread.call) == (Reason.DENIED, f"cloudformation:{action}")


def root(world: World, child: str) -> dict[str, Any]:
    """A stack with one nested in it."""
    address = world.publish(topic(child))
    nested = {"Child": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": address}}}
    return topic(Resources=nested)


def test_a_nested_change_set_that_is_still_being_made_is_waited_for(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = world.run(tmp_path, world.create(root(world, "old")), world.publish(root(world, "new")))
    read, seen = change_sets.read, set[str]()

    def late(client: Any, arn: str) -> ChangeSet:
        """Each is still being made when it is first looked at."""
        found, is_first = read(client, arn), arn not in seen
        seen.add(arn)
        return replace(found, status="CREATE_IN_PROGRESS", changes=()) if is_first else found

    monkeypatch.setattr(change_sets, "read", late)
    plan = planned(run)
    assert len(seen) == 2
    assert {each.logical_id for each in plan.changes} == {"Child", "Child.Topic"}
    assert [each.status for each in plan.nested] == ["CREATE_COMPLETE"]


def test_nested_changes_stand_under_the_id_of_their_stack(world: World, tmp_path: Path) -> None:
    stack = world.create(root(world, "old"))
    plan = planned(world.run(tmp_path, stack, world.publish(root(world, "new"))))
    assert {each.logical_id for each in plan.changes} == {"Child", "Child.Topic"}
    assert [(each.logical_id, each.status, each.execution_status) for each in plan.nested] == [
        ("Child", "CREATE_COMPLETE", "AVAILABLE")
    ]


def test_a_local_file_is_sent_itself(world: World, tmp_path: Path) -> None:
    path = tmp_path / "template.yaml"
    path.write_text("Resources: {Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: new}}}")
    plan = planned(world.run(tmp_path, world.create(topic()), str(path)))
    assert plan.template.value.text == path.read_text()


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ('pNone = "x"', "parameter pNone is configured, but the target template has none of that name"),
        ('pName = "actual"', "no live resource belongs to it"),
        ('pName = "UPPER"', "pName"),
        ('pSecret = { env = "CO_SECRET" }', "pSecret"),
    ],
    ids=["unknown", "actual", "refused-by-aws", "secret-refused-by-aws"],
)
def test_parameters_that_do_not_fit_are_a_plan_that_was_not_made(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parameters: str, said: str
) -> None:
    monkeypatch.setenv("CO_SECRET", "xyz")
    stack = world.create(topic(NAME, Parameters=PARAMETERS))
    address = world.publish(topic(NAME, Parameters=PARAMETERS))
    run = world.run(tmp_path, stack, address, more=f"[stacks.t.parameters]\n{parameters}")
    plan = planned(run)
    assert (plan.status, plan.execution_status) == (NOT_MADE, "UNAVAILABLE")
    assert said in plan.status_reason
    assert "xyz" not in plan.status_reason
    assert run.discard_plan(plan) is None
    assert left(world, stack) == []


def test_a_plan_that_cannot_be_read_is_unknown_and_leaves_nothing(world: World, tmp_path: Path) -> None:
    stack = world.create(topic())
    run = world.run(tmp_path, stack, world.publish(topic("new")))
    before = run.collect_before()
    world.fail("DescribeChangeSet", "denied")
    plan = run.make_plan(before)
    assert isinstance(plan, Unknown)
    assert (plan.reason, plan.call) == (Reason.DENIED, "cloudformation:DescribeChangeSet")
    world.calm()
    assert left(world, stack) == []


def test_a_change_set_whose_answer_was_lost_is_not_made_twice(world: World, tmp_path: Path) -> None:
    stack = world.create(topic())
    run = world.run(tmp_path, stack, world.publish(topic("new")))
    before = run.collect_before()
    world.fail("CreateChangeSet", "lost", times=1)
    assert run.make_plan(before).value.status == "CREATE_COMPLETE"
    assert len(left(world, stack)) == 1


def test_a_plan_that_may_not_be_made_is_unknown(world: World, tmp_path: Path) -> None:
    run = world.run(tmp_path, world.create(topic()), world.publish(topic("new")))
    before = run.collect_before()
    world.fail("CreateChangeSet", "denied")
    plan = run.make_plan(before)
    assert isinstance(plan, Unknown)
    assert (plan.reason, plan.call) == (Reason.DENIED, "cloudformation:CreateChangeSet")


def test_the_run_never_writes_what_the_design_forbids(world: World, tmp_path: Path) -> None:
    run = world.run(tmp_path, world.create(topic()), world.publish(topic("new")))
    before = run.collect_before()
    stack, target = before.stack, before.target
    assert isinstance(stack, Known)
    assert target is not None
    plan = planned(run)
    request = world.client("cloudformation").describe_change_set(ChangeSetName=plan.arn)
    assert not request.get("ImportExistingResources")
    assert "OnStackFailure" not in request
    assert "DeploymentMode" not in request
    assert request["IncludeNestedStacks"] is True


# ---- what goes into the request --------------------------------------------------------------------------------------

ALARMS = [f"arn:aws:cloudwatch:us-east-1:111122223333:alarm:{name}" for name in ("theirs", "ours")]


def guarded(world: World, *alarms: str) -> str:
    """A stack with these rollback triggers, watched for five minutes."""
    stack = world.create(topic())
    triggers = [{"Arn": arn, "Type": "AWS::CloudWatch::CompositeAlarm"} for arn in alarms]
    client = world.client("cloudformation")
    client.update_stack(
        StackName=stack,
        TemplateBody=json.dumps(topic("guarded")),
        Tags=[{"Key": "owner", "Value": "platform"}],
        RollbackConfiguration={"RollbackTriggers": triggers, "MonitoringTimeInMinutes": 5},
    )
    client.get_waiter("stack_update_complete").wait(StackName=stack, WaiterConfig={"Delay": 0.1})
    return stack


def triggers(world: World, plan: Plan) -> dict[str, Any]:
    found: dict[str, Any] = world.client("cloudformation").describe_change_set(ChangeSetName=plan.arn)
    return dict(found["RollbackConfiguration"])


@pytest.mark.parametrize("live", [[], ALARMS[:1]], ids=["none there", "one there"])
def test_rollback_triggers_are_added_to_those_that_are_there(world: World, tmp_path: Path, live: list[str]) -> None:
    stack = guarded(world, *live)
    run = world.run(tmp_path, stack, world.publish(topic("new")), rollback_triggers=ALARMS)
    kinds = ["AWS::CloudWatch::CompositeAlarm" if arn in live else "AWS::CloudWatch::Alarm" for arn in ALARMS]
    assert triggers(world, planned(run)) == {
        "RollbackTriggers": [{"Arn": arn, "Type": kind} for arn, kind in zip(ALARMS, kinds, strict=True)],
        "MonitoringTimeInMinutes": 5,
    }


def test_without_one_of_ours_the_triggers_on_the_stack_stay(world: World, tmp_path: Path) -> None:
    run = world.run(tmp_path, guarded(world, ALARMS[0]), world.publish(topic("new")))
    found = triggers(world, planned(run))
    assert [each["Arn"] for each in found["RollbackTriggers"]] == ALARMS[:1]
    assert found["MonitoringTimeInMinutes"] == 5


def test_a_configured_role_is_sent_and_the_stacks_own_kept_otherwise(world: World, tmp_path: Path) -> None:
    stack, role = world.create(topic()), "arn:aws:iam::111122223333:role/service"
    run = world.run(tmp_path, stack, world.publish(topic("new")), service_role_arn=role)
    before = run.collect_before()
    planner, stack_, target = run._planning.planner("https://x"), before.stack.value, before.target
    assert target is not None
    nothing = plan_parameters(run.entry, stack_, target.value, {})
    assert planner.request(stack_, target.value, nothing)["RoleARN"] == role
    unset = replace(planner, entry=run.entry.model_copy(update={"service_role_arn": None}))
    assert "RoleARN" not in unset.request(stack_, target.value, nothing)
