"""Our change set: what it asks for, how it is read, and that none is left behind."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.builders import change, detail
from tests.upgrade.world import World, topic
from upgrade.aws.change_sets import merge
from upgrade.facts.changes import Plan
from upgrade.facts.known import Known, Reason, Unknown
from upgrade.run.plan import NOT_MADE
from upgrade.run.session import Run

PARAMETERS: dict[str, Any] = {
    "pName": {"Type": "String", "Default": "a", "AllowedPattern": "[a-z]+"},
    "pSecret": {"Type": "String", "NoEcho": True, "MinLength": 4, "Default": "none-yet"},
}
NAME = {"Ref": "pName"}
OUTPUT = {"Name": {"Value": {"Ref": "pName"}}}


def planned(run: Run) -> Plan:
    return run.make_plan(run.collect_before()).value


def left(world: World, stack: str) -> list[str]:
    """Names of the change sets of a stack."""
    rows = world.client("cloudformation").list_change_sets(StackName=stack)["Summaries"]
    return [row["ChangeSetName"] for row in rows]


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
    assert run.discard_plan(plan) is None
    assert left(world, stack) == []


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


def test_nested_changes_stand_under_the_id_of_their_stack(world: World, tmp_path: Path) -> None:
    def root(child: str) -> dict[str, Any]:
        address = world.publish(topic(child))
        nested = {"Child": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": address}}}
        return topic(Resources=nested)

    stack = world.create(root("old"))
    plan = planned(world.run(tmp_path, stack, world.publish(root("new"))))
    assert {each.logical_id for each in plan.changes} == {"Child", "Child.Topic"}


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


def test_without_stack_or_target_there_is_no_plan(world: World, tmp_path: Path) -> None:
    run = world.run(tmp_path, "absent", world.publish(topic()))
    plan = run.make_plan(run.collect_before())
    assert isinstance(plan, Unknown)
    assert plan.reason is Reason.BLOCKED
    assert not any(call.mutates for call in run.calls())


def test_what_a_description_with_values_left_out_is_put_back() -> None:
    """https://github.com/aws/aws-cdk-cli/issues/1780"""
    kept = change("AlarmsTopic", detail(path="/Properties/DisplayName"))
    dropped = detail(name="Tags", attribute="Tags", path="", before=None, after=None)
    plain = (
        replace(kept, details=(detail(path="", before=None, after=None), dropped)),
        change("DataVolume", detail(path="", before=None, after=None)),
    )
    merged = merge((kept,), plain)
    assert [each.logical_id for each in merged] == ["AlarmsTopic", "DataVolume"]
    assert merged[0].details == (*kept.details, dropped)


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
