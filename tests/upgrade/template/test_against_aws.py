"""What AWS publishes as the change sets of its sample template is what the gate predicts of it."""

from copy import deepcopy
from typing import Any

import pytest

from tests.upgrade.aws import published
from upgrade.facts.stack import Resource, Template
from upgrade.template.compare import compare
from upgrade.template.side import Side

LIVE = [Resource("MyEC2Instance", "i-1abc23d4", "AWS::EC2::Instance", "CREATE_COMPLETE")]


def with_another_tag() -> dict[str, Any]:
    body = deepcopy(published.TEMPLATE)
    body["Resources"]["MyEC2Instance"]["Properties"]["Tags"].append({"Key": "Name", "Value": "x"})
    return body


def with_a_group() -> dict[str, Any]:
    group = {
        "Type": "AWS::AutoScaling::AutoScalingGroup",
        "Properties": {"LaunchConfigurationName": {"Ref": "LaunchConfig"}},
    }
    config = {"Type": "AWS::AutoScaling::LaunchConfiguration", "Properties": {"ImageId": "ami-8fcee4e5"}}
    return published.TEMPLATE | {"Resources": {"AutoScalingGroup": group, "LaunchConfig": config}}


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (published.DIRECT, with_another_tag()),
        (published.ONE, published.TEMPLATE),
        (published.MULTIPLE, published.TEMPLATE),
        (published.ADD_REMOVE, with_a_group()),
    ],
    ids=["direct", "one parameter", "every parameter", "add and remove"],
)
def test_the_prediction_is_the_published_change_set(answer: dict[str, Any], body: dict[str, Any]) -> None:
    values = {each["ParameterKey"]: each["ParameterValue"] for each in answer["Parameters"]}
    old = Side(Template("deployed", "", 0, published.TEMPLATE), published.PARAMETERS, pseudo={})
    found = compare(old, Side(Template("target", "", 0, body), values, pseudo={}), LIVE)
    rows = [row["ResourceChange"] for row in answer["Changes"]]
    assert [(change.logical_id, change.action, change.type, change.replacement) for change in found.changes] == [
        (row["LogicalResourceId"], row["Action"], row["ResourceType"], row.get("Replacement", "")) for row in rows
    ]
    for change, row in zip(found.changes, rows, strict=True):
        assert set(change.scope) == set(row["Scope"])
        assert {
            (each.attribute, each.name, each.requires_recreation, each.evaluation, each.source, each.causing_entity)
            for each in change.details
        } == {_published(each) for each in row["Details"]}


def _published(row: dict[str, Any]) -> tuple[str, ...]:
    target = row["Target"]
    place = target["Attribute"], target.get("Name", ""), target["RequiresRecreation"]
    return (*place, row["Evaluation"], row["ChangeSource"], row.get("CausingEntity", ""))
