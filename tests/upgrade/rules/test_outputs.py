"""Which outputs a target gives a stack: their values, what only AWS knows of them, and which may not be there."""

from typing import Any

import pytest

from tests.builders import ACCOUNT, ARN, REGION, entry, stack, template
from upgrade.facts.stack import Stack
from upgrade.rules.outputs import PlannedOutputs, planned_outputs
from upgrade.template.functions import Unresolved

PARAMETERS = {
    "pName": {"Type": "String", "Default": "x"},
    "pNames": {"Type": "CommaDelimitedList", "Default": "a,b"},
    "pSecret": {"Type": "String", "NoEcho": True, "Default": ""},
    "pFromSsm": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/app/mode"},
}
CONDITIONS = {
    "cTrue": {"Fn::Equals": [{"Ref": "pName"}, "codeocean"]},
    "cFalse": {"Fn::Not": [{"Condition": "cTrue"}]},
    "cSecret": {"Fn::Not": [{"Fn::Equals": [{"Ref": "pSecret"}, ""]}]},
    "cFromSsm": {"Fn::Equals": [{"Ref": "pFromSsm"}, "on"]},
}
LIVE = stack(parameters={"pName": "codeocean", "pSecret": "****", "pFromSsm": "/app/mode"})


def planned(declared: Any, live: Stack = LIVE) -> PlannedOutputs:
    target = template(Parameters=PARAMETERS, Conditions=CONDITIONS, Outputs=declared)
    return planned_outputs(target, live, entry())


def one(value: Any, live: Stack = LIVE) -> str | Unresolved:
    return planned({"One": {"Value": value}}, live).values["One"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", "text"),
        ("", ""),
        (5, "5"),
        (0.5, "0.5"),
        (True, "true"),
        ({"Ref": "pName"}, "codeocean"),
        ({"Ref": "AWS::AccountId"}, ACCOUNT),
        ({"Ref": "AWS::Region"}, REGION),
        ({"Ref": "AWS::Partition"}, "aws"),
        ({"Ref": "AWS::StackId"}, ARN),
        ({"Ref": "AWS::StackName"}, "codeocean"),
        ({"Fn::Sub": "https://${pName}.${AWS::Region}.example"}, "https://codeocean.us-east-1.example"),
        ({"Fn::Join": ["+", {"Ref": "pNames"}]}, "a+b"),
        ({"Fn::If": ["cTrue", "yes", {"Fn::GetAtt": ["A", "B"]}]}, "yes"),
    ],
    ids=str,
)
def test_a_value_is_worked_out(value: Any, expected: str) -> None:
    assert one(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        {"Fn::GetAtt": ["Web", "DNSName"]},
        {"Ref": "AlarmsTopic"},
        {"Fn::Sub": "https://${Web.DNSName}"},
        {"Fn::ImportValue": "x"},
        {"Ref": "pSecret"},
        {"Ref": "pFromSsm"},
        {"Ref": "AWS::NoValue"},
        {"Ref": "pNames"},
        {"Fn::If": ["cSecret", "a", "b"]},
        "{{resolve:ssm:/app/mode}}",
        {"Fn::Sub": "{{resolve:ssm:/${pName}/mode}}"},
        {"Fn::Join": ["", ["{{resolve:", "ssm:/app/mode}}"]]},
        None,
        ["a"],
        {"a": "b", "c": "d"},
    ],
    ids=str,
)
def test_what_only_aws_knows_is_unresolved_with_a_reason(value: Any) -> None:
    found = one(value)

    assert isinstance(found, Unresolved)
    assert found.why


def test_parameters_have_the_values_the_stack_has() -> None:
    assert one({"Ref": "pName"}, stack(parameters={"pName": "other"})) == "other"
    assert one({"Ref": "pName"}, stack(parameters={})) == "x"


def test_the_partition_is_the_stacks_own() -> None:
    live = stack(arn=ARN.replace("arn:aws:", "arn:aws-cn:"))

    assert one({"Ref": "AWS::Partition"}, live) == "aws-cn"


def test_an_output_exists_by_its_condition() -> None:
    found = planned({name: {"Value": "1", "Condition": name} for name in ("cTrue", "cFalse")})

    assert found == PlannedOutputs({"cTrue": "1"}, frozenset(), loops=False)


@pytest.mark.parametrize("condition", ["cSecret", "cFromSsm", "cNobodyDeclares"])
def test_an_output_whose_condition_is_not_known_may_exist(condition: str) -> None:
    found = planned({"One": {"Value": "1", "Condition": condition}, "Two": {"Value": "2"}})

    assert found == PlannedOutputs({"Two": "2"}, frozenset({"One"}), loops=False)


def test_a_loop_makes_outputs_with_names_of_its_own() -> None:
    loop = ["Name", ["a", "b"], {"Out${Name}": {"Value": {"Ref": "Name"}}}]
    found = planned({"Fn::ForEach::Names": loop, "One": {"Value": "1"}})

    assert found == PlannedOutputs({"One": "1"}, frozenset(), loops=True)


def test_without_outputs_there_are_none() -> None:
    assert planned({}) == PlannedOutputs({}, frozenset(), loops=False)
    assert planned_outputs(template(), LIVE, entry()) == PlannedOutputs({}, frozenset(), loops=False)


def test_what_is_no_output_is_none() -> None:
    assert planned({"One": "text", "Two": None}) == PlannedOutputs({}, frozenset(), loops=False)


@pytest.mark.parametrize(
    ("sections", "grows"),
    [
        ({}, False),
        ({"Transform": "AWS::LanguageExtensions"}, False),
        ({"Transform": ["AWS::LanguageExtensions", "Vendor::Macro"]}, True),
        ({"Transform": "AWS::Serverless-2016-10-31"}, True),
        ({"Outputs": {"Fn::Transform": {"Name": "AWS::Include"}, "One": {"Value": "1"}}}, True),
        ({"Fn::Transform": {"Name": "AWS::Include"}}, True),
    ],
    ids=str,
)
def test_a_macro_may_add_outputs(sections: dict[str, Any], grows: bool) -> None:
    found = planned_outputs(template(**{"Outputs": {"One": {"Value": "1"}}, **sections}), LIVE, entry())
    assert found == PlannedOutputs({"One": "1"}, frozenset(), loops=grows)
