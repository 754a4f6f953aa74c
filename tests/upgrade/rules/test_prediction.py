"""From the facts and the configuration to the predicted plan."""

from typing import Any

from tests.builders import NOW, RESOURCES, entry, stack, template
from upgrade.config.entry import StackEntry
from upgrade.config.product import load
from upgrade.facts.changes import Plan
from upgrade.facts.stack import Stack, Template
from upgrade.rules.parameters import plan_parameters
from upgrade.rules.prediction import PREDICTED, REFUSED, predict
from upgrade.template.resolve import MASKED

SECRET = {"Type": "String", "NoEcho": "true"}


def body(parameters: dict[str, Any], name: Any = "a") -> Template:
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}}
    return template(Parameters=parameters, Resources={"AlarmsTopic": topic})


def predicted(
    deployed: Template, target: Template, live: Stack | None = None, settings: StackEntry | None = None
) -> Plan:
    live, settings = live or stack(parameters={}), settings or entry()
    return predict(
        settings,
        load("codeocean"),
        stack=live,
        resources=[each for each in RESOURCES if each.logical_id == "AlarmsTopic"],
        deployed=deployed,
        target=target,
        planned=plan_parameters(settings, live, target, {}),
        behind={"pStored": "now"},
        now=NOW,
    )


def test_a_plan_without_a_change_has_nothing_to_do() -> None:
    found = predicted(body({}), body({}))
    assert (found.status, found.nothing_to_do, found.predicted) == (PREDICTED, True, True)


def test_configured_tags_are_a_change() -> None:
    found = predicted(body({}), body({}), stack(parameters={}, tags={"aws:x": "y"}), entry(tags={"a": "b"}))
    assert [change.scope for change in found.changes] == [("Tags",)]
    assert found.tags == {"a": "b"}


def test_an_update_that_will_be_refused_says_why() -> None:
    found = predicted(body({}), body({"pNew": {"Type": "String"}}))
    assert found.status == REFUSED
    assert "pNew has no default" in found.status_reason
    assert not found.nothing_to_do


def test_a_configured_secret_is_shown_nowhere() -> None:
    text = body({"pSecret": SECRET}, {"Ref": "pSecret"})
    found = predicted(text, text, stack(parameters={"pSecret": MASKED}), entry(parameters={"pSecret": "hunter2"}))
    assert found.changes[0].replacement == "True"
    assert "hunter2" not in repr(found.changes)
    assert found.parameters == {"pSecret": MASKED}


def test_a_stored_secret_is_shown_nowhere() -> None:
    stored = {"pStored": {"Type": "AWS::SSM::Parameter::Value<String>", "NoEcho": True}}
    text = body(stored, {"Ref": "pStored"})
    live = stack(parameters={"pStored": "/name"}, resolved={"pStored": MASKED})
    found = predicted(text, text, live)
    assert "now" not in {detail.after for change in found.changes for detail in change.details}
