"""Who answers a custom resource, however its ServiceToken is written."""

from typing import Any

import pytest

from tests.builders import ACCOUNT, ARN, REGION, template
from upgrade.facts.stack import Resource
from upgrade.rules.custom import MADE_HERE, answering, is_custom, is_topic
from upgrade.template.functions import Unresolved

FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:answer"
LIVE = (
    Resource("Answer", "shop-Answer-1", "AWS::Lambda::Function", "UPDATE_COMPLETE"),
    Resource("Topic", f"arn:aws:sns:{REGION}:{ACCOUNT}:topic", "AWS::SNS::Topic", "UPDATE_COMPLETE"),
)


def answered_by(token: Any, **more: Any) -> str | Unresolved | None:
    made = template(
        Parameters={"pToken": {"Type": "String", "Default": FUNCTION}},
        Conditions={"cNo": {"Fn::Equals": [1, 2]}},
        Resources={
            "Answer": {"Type": "AWS::Lambda::Function"},
            "New": {"Type": "AWS::Lambda::Function"},
            "Topic": {"Type": "AWS::SNS::Topic"},
            "Nested": {"Type": "AWS::CloudFormation::Stack"},
            "Record": {"Type": "Custom::Record", "Properties": {"ServiceToken": token}, **more},
        },
    )
    return answering(made, {}, ARN, LIVE).get("Record")


@pytest.mark.parametrize(
    "token",
    [
        {"Fn::GetAtt": ["Answer", "Arn"]},
        {"Fn::GetAtt": "Answer.Arn"},
        {"Ref": "Answer"},
        {"Fn::Sub": "${Answer.Arn}"},
        {"Fn::If": ["cNo", "other", {"Fn::GetAtt": ["Answer", "Arn"]}]},
    ],
)
def test_a_function_of_the_stack(token: Any) -> None:
    assert answered_by(token) == "shop-Answer-1"


@pytest.mark.parametrize(
    "token",
    [
        FUNCTION,
        {"Ref": "pToken"},
        {"Fn::Sub": "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:answer"},
    ],
)
def test_a_function_elsewhere(token: Any) -> None:
    assert answered_by(token) == FUNCTION


def test_a_topic() -> None:
    token = answered_by({"Ref": "Topic"})
    assert isinstance(token, str)
    assert is_topic(token)
    assert not is_topic(FUNCTION)


def test_a_function_that_the_update_makes() -> None:
    assert answered_by({"Fn::GetAtt": ["New", "Arn"]}) is MADE_HERE


@pytest.mark.parametrize("token", [{"Fn::ImportValue": "x"}, {"Fn::GetAtt": ["Nested", "Outputs.Arn"]}, ["list"]])
def test_one_that_only_aws_knows(token: Any) -> None:
    assert isinstance(answered_by(token), Unresolved)


def test_a_resource_that_does_not_exist_is_answered_by_nobody() -> None:
    assert answered_by(FUNCTION, Condition="cNo") is None


@pytest.mark.parametrize(
    ("type_", "custom"),
    [("Custom::Record", True), ("AWS::CloudFormation::CustomResource", True), ("AWS::CloudFormation::Stack", False)],
)
def test_types(type_: str, custom: bool) -> None:
    assert is_custom(type_) is custom
