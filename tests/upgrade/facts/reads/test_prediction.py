"""Old against new, on what AWS tells of the stack: the plan is there before any change set."""

from pathlib import Path
from uuid import uuid4

import pytest

from tests.upgrade.things import at_once
from tests.upgrade.world import World, topic
from upgrade.facts.known import Reason, Unknown


def test_the_plan_is_predicted_and_no_change_set_is_made(world: World, tmp_path: Path) -> None:
    run = world.run(
        tmp_path, world.create(topic("old")), world.publish(topic("new")), more='[stacks.t.tags]\nteam = "a"'
    )
    predicted = run.collect_before().prediction.value
    assert predicted.predicted
    assert [(change.logical_id, change.scope) for change in predicted.changes] == [("Topic", ("Properties", "Tags"))]
    assert predicted.tags == {"owner": "platform", "team": "a"}
    assert not any(call.operation == "CreateChangeSet" for call in run.calls())


def test_the_same_template_changes_nothing(world: World, tmp_path: Path) -> None:
    run = world.run(tmp_path, world.create(topic("old")), world.publish(topic("old")))
    assert run.collect_before().prediction.value.nothing_to_do


def test_what_stood_in_ssm_is_compared_with_what_stands_there(world: World, tmp_path: Path) -> None:
    name, ssm = f"/{uuid4()}", world.client("ssm")
    ssm.put_parameter(Name=name, Value="then", Type="String")
    body = topic({"Ref": "P"}, Parameters={"P": {"Type": "AWS::SSM::Parameter::Value<String>"}})
    stack = world.create(body, P=name)
    assert world.run(tmp_path, stack, world.publish(body)).collect_before().prediction.value.nothing_to_do
    ssm.put_parameter(Name=name, Value="now", Type="String", Overwrite=True)
    changes = world.run(tmp_path, stack, world.publish(body)).collect_before().prediction.value.changes
    assert {(detail.before, detail.after) for detail in changes[0].details} == {("then", "now")}


def test_what_may_not_be_read_in_ssm_may_change(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once(monkeypatch)
    world.client("ssm").put_parameter(Name="/then", Value="then", Type="String", Overwrite=True)
    body = topic({"Ref": "P"}, Parameters={"P": {"Type": "AWS::SSM::Parameter::Value<String>"}})
    run = world.run(tmp_path, world.create(body, P="/then"), world.publish(body))
    world.fail("GetParameter", "denied")
    changes = run.collect_before().prediction.value.changes
    assert {(detail.evaluation, detail.after) for detail in changes[0].details} == {("Dynamic", None)}


def test_without_the_target_nothing_is_predicted(world: World, tmp_path: Path) -> None:
    found = world.run(tmp_path, world.create(topic()), f"{world.publish(topic())}.absent").collect_before().prediction
    assert isinstance(found, Unknown)
    assert found.reason is Reason.BLOCKED
