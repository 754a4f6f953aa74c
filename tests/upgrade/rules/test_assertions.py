"""Rule functions, each on both sides, unresolved where it can't be known, and never an exception."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import known, template, unknown
from upgrade.rules.assertions import assertions
from upgrade.template.functions import Unresolved

VPC, SUBNETS = "AWS::EC2::VPC::Id", "List<AWS::EC2::Subnet::Id>"
DECLARED = {
    "Size": {"Type": "String"},
    "Zones": {"Type": "CommaDelimitedList"},
    "Vpc": {"Type": VPC},
    "Other": {"Type": VPC},
    "Subnets": {"Type": SUBNETS},
    "Hidden": {"Type": "String", "NoEcho": True},
    "Stored": {"Type": "AWS::SSM::Parameter::Value<String>"},
}
VALUES = {
    "Size": "m7i.large",
    "Zones": "a,b",
    "Vpc": "vpc-1",
    "Other": "vpc-2",
    "Subnets": "subnet-1,subnet-2",
    "Hidden": "****",
    "Stored": "/app/size",
}
EXISTING = {
    VPC: known({"vpc-1": {"Tags.Team": "a"}, "vpc-2": {"Tags.Team": "b"}}),
    "AWS::EC2::Subnet::Id": known({"subnet-1": {"VpcId": "vpc-1"}, "subnet-2": {"VpcId": "vpc-1"}}),
}


def holds(expression: Any, values: dict[str, str] | None = None, **changes: Any) -> bool | Unresolved:
    target = template(Parameters=DECLARED, Rules={"R": {"Assertions": [{"Assert": expression}]}})
    given_values = {**VALUES, **(values or {})}
    (found,) = assertions(target, given_values, {"AWS::Region": "us-east-1"}, {**EXISTING, **changes})
    return found.holds


def equal(left: Any, right: Any) -> dict[str, Any]:
    return {"Fn::Equals": [left, right]}


YES, NO, UNKNOWN = equal("a", "a"), equal("a", "b"), equal({"Ref": "Hidden"}, "a")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (equal({"Ref": "AWS::Region"}, "us-east-1"), True),
        (equal({"Ref": "Size"}, "m7i.xlarge"), False),
        ({"Fn::And": [YES, YES]}, True),
        ({"Fn::And": [UNKNOWN, NO]}, False),
        ({"Fn::Or": [NO, NO]}, False),
        ({"Fn::Or": [UNKNOWN, YES]}, True),
        ({"Fn::Not": [NO]}, True),
        ({"Fn::Contains": [["m7i.large", "m7i.xlarge"], {"Ref": "Size"}]}, True),
        ({"Fn::Contains": [["m7i.xlarge"], {"Ref": "Size"}]}, False),
        ({"Fn::Contains": [{"Fn::RefAll": VPC}, "vpc-2"]}, True),
        ({"Fn::Contains": [{"Fn::RefAll": SUBNETS}, "subnet-3"]}, False),
        ({"Fn::EachMemberEquals": [["x", "x"], "x"]}, True),
        ({"Fn::EachMemberEquals": [{"Ref": "Zones"}, "a"]}, False),
        ({"Fn::EachMemberIn": [{"Ref": "Zones"}, ["a", "b", "c"]]}, True),
        ({"Fn::EachMemberIn": [{"Ref": "Zones"}, ["a"]]}, False),
        (equal({"Fn::ValueOf": ["Vpc", "Tags.Team"]}, "a"), True),
        ({"Fn::EachMemberIn": [{"Fn::ValueOf": ["Subnets", "VpcId"]}, {"Fn::RefAll": VPC}]}, True),
        ({"Fn::EachMemberEquals": [{"Fn::ValueOfAll": [VPC, "Tags.Team"]}, "a"]}, False),
    ],
    ids=str,
)
def test_what_is_known_is_judged(expression: Any, expected: bool) -> None:
    assert holds(expression) is expected


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        (UNKNOWN, "parameter Hidden is secret"),
        ({"Fn::And": [UNKNOWN, YES]}, "secret"),
        (equal({"Ref": "Stored"}, "a"), "in SSM"),
        ({"Fn::Later": []}, "Plimsoll does not know Fn::Later"),
        (equal({"Fn::ValueOf": ["Vpc", "DefaultSecurityGroup"]}, "a"), "DefaultSecurityGroup of vpc-1 is not known"),
        (True, "no rule function"),
        ({"Fn::Contains": ["a"]}, "Fn::Contains"),
        ({"Fn::Not": "a"}, "no list"),
    ],
    ids=str,
)
def test_what_is_not_known_is_unresolved(expression: Any, why: str) -> None:
    found = holds(expression)

    assert isinstance(found, Unresolved)
    assert why in found.why


def test_what_may_not_be_looked_for_is_unresolved() -> None:
    expression = equal({"Fn::ValueOf": ["Vpc", "Tags.Team"]}, "a")

    assert isinstance(holds(expression, None, **{VPC: unknown()}), Unresolved)
    assert isinstance(holds(expression, {"Vpc": "vpc-3"}), Unresolved)


def test_whether_an_empty_list_has_a_member_is_not_guessed() -> None:
    expression = {"Fn::EachMemberIn": [{"Ref": "Zones"}, ["a"]]}

    assert isinstance(holds(expression, {"Zones": ""}), Unresolved)


@pytest.mark.parametrize("rule", [{}, [], {"Assertions": "none"}, {"Assertions": [1]}, "x"], ids=str)
def test_what_is_no_rule_is_unresolved(rule: Any) -> None:
    judged = list(assertions(template(Rules={"R": rule}), {}, {}, {}))

    assert [type(each.holds) for each in judged] == [Unresolved]


FUNCTIONS = [
    "And",
    "Or",
    "Not",
    "Equals",
    "Contains",
    "EachMemberEquals",
    "EachMemberIn",
    "RefAll",
    "ValueOf",
    "If",
    "Sub",
]
NODES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from([*DECLARED, VPC, "", "${Vpc}", "{{resolve:ssm:x}}"]),
    lambda child: (
        st.lists(child, max_size=3)
        | st.dictionaries(st.sampled_from(["Ref", *(f"Fn::{each}" for each in FUNCTIONS)]), child, max_size=2)
    ),
    max_leaves=20,
)


@given(NODES)
def test_no_expression_raises(expression: Any) -> None:
    assert isinstance(holds(expression), (bool, Unresolved))


def test_no_depth_raises() -> None:
    expression: Any = YES
    for _ in range(150):
        expression = {"Fn::Not": [expression]}

    assert isinstance(holds(expression), Unresolved)
