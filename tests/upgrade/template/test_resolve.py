"""What a template means for given parameter values."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upgrade.facts.stack import Template
from upgrade.template.functions import Unresolved
from upgrade.template.resolve import MASKED, NO_VALUE, Resolver

BODY: dict[str, Any] = {
    "Parameters": {
        "pSize": {"Type": "Number", "Default": 20},
        "pOther": {"Type": "String", "Default": "x"},
        "pList": {"Type": "CommaDelimitedList", "Default": "a, b"},
        "pSecret": {"Type": "String", "NoEcho": True},
        "pSsm": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/ami"},
        "pEmpty": {"Type": "String"},
    },
    "Mappings": {"Sizes": {"us-east-1": {"disk": 30}}},
    "Conditions": {
        "cBig": {"Fn::Equals": [{"Ref": "pOther"}, "big"]},
        "cSmall": {"Fn::Not": [{"Condition": "cBig"}]},
        "cBoth": {"Fn::And": [{"Condition": "cBig"}, {"Condition": "cSmall"}]},
        "cEither": {"Fn::Or": [{"Condition": "cUnknown"}, {"Condition": "cBig"}, {"Condition": "cSmall"}]},
        "cUnknown": {"Fn::Equals": [{"Ref": "pSecret"}, "x"]},
        "cLoop": {"Fn::Not": [{"Condition": "cLoop"}]},
    },
    "Resources": {
        "DB": {
            "Type": "AWS::RDS::DBInstance",
            "Properties": {
                "AllocatedStorage": {"Fn::If": ["cBig", 100, {"Ref": "pSize"}]},
                "MaxAllocatedStorage": {"Fn::Sub": "${pSize}"},
                "Engine": {"Fn::If": ["cUnknown", "a", {"Ref": "pOther"}]},
                "Nothing": {"Ref": "AWS::NoValue"},
                "Nested": {"Deep": {"Fn::If": ["cBig", {"Ref": "AWS::NoValue"}, [1, {"Ref": "AWS::NoValue"}]]}},
            },
        },
        "Big": {"Type": "T", "Condition": "cBig"},
        "Perhaps": {"Type": "T", "Condition": "cUnknown"},
    },
}


def resolver(pseudo: dict[str, str] | None = None, **parameters: str) -> Resolver:
    template = Template("here", "0" * 64, 1, BODY)
    return Resolver(
        template, {"pSecret": MASKED, **parameters}, {"AWS::Region": "us-east-1"} if pseudo is None else pseudo
    )


def test_a_property_is_followed_through_conditions_to_its_parameter() -> None:
    small, big = resolver(pSize="40"), resolver(pOther="big")
    assert small.property("DB", "AllocatedStorage") == "40"
    assert small.parameter_behind("DB", "AllocatedStorage") == "pSize"
    assert big.property("DB", "AllocatedStorage") == 100
    assert big.parameter_behind("DB", "AllocatedStorage") is None
    assert small.parameter_behind("DB", "MaxAllocatedStorage") == "pSize"
    assert resolver().property("DB", "AllocatedStorage") == "20"


@pytest.mark.parametrize(
    ("node", "behind"),
    [
        ({"Ref": "DB"}, ("DB", "")),
        ({"Fn::GetAtt": ["DB", "Endpoint.Port"]}, ("DB", "Endpoint.Port")),
        ({"Fn::GetAtt": "DB.Endpoint.Port"}, ("DB", "Endpoint.Port")),
        ({"Fn::If": ["cYes", {"Ref": "DB"}, "other"]}, ("DB", "")),
        ({"Ref": "pSize"}, None),
        ({"Fn::GetAtt": ["Absent", "Arn"]}, None),
        ("text", None),
    ],
)
def test_a_property_is_followed_to_its_resource(node: Any, behind: tuple[str, str] | None) -> None:
    body = {
        "Parameters": {"pSize": {"Type": "String"}},
        "Conditions": {"cYes": {"Fn::Equals": [1, 1]}},
        "Resources": {"DB": {"Type": "T"}, "User": {"Type": "T", "Properties": {"Uses": node}}},
    }
    assert Resolver(Template("here", "0" * 64, 1, body), {}).resource_behind("User", "Uses") == behind


def test_a_branch_that_is_not_known_stays_unresolved() -> None:
    assert resolver().property("DB", "Engine") == Unresolved("parameter pSecret is secret")
    assert resolver().parameter_behind("DB", "Engine") is None


def test_a_property_that_is_not_set_is_no_value() -> None:
    for path in (("Absent",), ("Nothing",), ("Nested", "Absent"), ("AllocatedStorage", "X")):
        assert resolver(pOther="big").property("DB", *path) is NO_VALUE
    assert resolver(pOther="big").property("DB", "Nested", "Deep") is NO_VALUE
    assert resolver().property("DB", "Nested", "Deep") == [1]
    assert resolver().property("Absent", "X") is NO_VALUE


def test_which_resources_exist() -> None:
    assert resolver().active() == {"DB": True, "Big": False, "Perhaps": Unresolved("parameter pSecret is secret")}
    assert resolver(pOther="big").active()["Big"] is True


def test_conditions() -> None:
    assert resolver().condition("cSmall") is True
    assert resolver().condition("cBoth") is False
    assert resolver().condition("cEither") is True
    assert resolver().condition("cLoop") == Unresolved("refers to itself")
    assert resolver().condition("cAbsent") == Unresolved("condition cAbsent is not declared")


@pytest.mark.parametrize(
    ("node", "value"),
    [
        ({"Ref": "pList"}, ["a", "b"]),
        ({"Ref": "AWS::Region"}, "us-east-1"),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "AWS::Region"}, "disk"]}, 30),
        ({"Fn::Join": ["-", ["a", {"Ref": "pSize"}, True]]}, "a-20-true"),
        ({"Fn::Select": ["1", {"Ref": "pList"}]}, "b"),
        ({"Fn::Select": [0, {"Fn::Split": [":", "a:b"]}]}, "a"),
        ({"Fn::Sub": ["${a}/${pSize}/${!Literal}", {"a": {"Ref": "pOther"}}]}, "x/20/${Literal}"),
        ({"Fn::Base64": "a"}, "YQ=="),
        ({"Fn::Equals": [True, "true"]}, True),
        ({"Condition": "not-a-condition"}, {"Condition": "not-a-condition"}),
        ({"Condition": {"StringEquals": {"a": "b"}}}, {"Condition": {"StringEquals": {"a": "b"}}}),
        ({"a": {"Ref": "AWS::NoValue"}, "b": 1}, {"b": 1}),
    ],
)
def test_functions(node: Any, value: Any) -> None:
    assert resolver().value(node) == value


@pytest.mark.parametrize(
    ("node", "why"),
    [
        ({"Ref": "DB"}, "only AWS knows DB"),
        ({"Ref": "pSsm"}, "parameter pSsm stands for a value in SSM"),
        ({"Ref": "pEmpty"}, "parameter pEmpty has no value"),
        ({"Fn::GetAtt": ["DB", "Arn"]}, "only AWS knows DB.Arn"),
        ({"Fn::Transform": {}}, "only AWS can carry out Fn::Transform"),
        ({"Fn::Join": ["-", ["a", {"Fn::GetAtt": ["DB", "Arn"]}]]}, "only AWS knows DB.Arn"),
        ({"Fn::Sub": "${DB.Arn}"}, "only AWS knows DB.Arn"),
        ({"Fn::Sub": "${pList}"}, "${pList}: its argument is not what it expects"),
        ({"Fn::FindInMap": ["Sizes", "eu-west-1", "disk"]}, "no such mapping: Sizes.eu-west-1.disk"),
        ({"Fn::Select": [5, {"Ref": "pList"}]}, "Fn::Select: its argument is not what it expects"),
        ({"Fn::If": ["cBig"]}, "Fn::If: its argument is not what it expects"),
    ],
)
def test_what_only_aws_can_know_says_so(node: Any, why: str) -> None:
    assert resolver().value(node) == Unresolved(why)


SCALARS = st.text(max_size=5) | st.integers() | st.booleans() | st.sampled_from(["cBig", "cLoop", "pSize", "DB"])
NODES = st.recursive(
    SCALARS,
    lambda children: (
        st.lists(children, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    *"abc",
                    "Ref",
                    "Condition",
                    *(
                        f"Fn::{name}"
                        for name in (
                            "If",
                            "Sub",
                            "Join",
                            "Select",
                            "Split",
                            "FindInMap",
                            "Equals",
                            "And",
                            "Or",
                            "Not",
                            "Base64",
                            "GetAtt",
                        )
                    ),
                ]
            ),
            children,
            max_size=2,
        )
    ),
    max_leaves=12,
)


@given(NODES)
def test_no_node_makes_it_fall_over(node: Any) -> None:
    resolver().value(node)
