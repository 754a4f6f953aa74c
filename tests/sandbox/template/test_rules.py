"""Rules: which assertions fail."""

import pytest

from sandbox.template.errors import TemplateError
from tests.sandbox.template.world import evaluator

PARAMETERS = """
Parameters:
  Size: {Type: String}
  Sizes: {Type: CommaDelimitedList}
  Vpc: {Type: 'AWS::EC2::VPC::Id'}
  OtherVpc: {Type: 'AWS::EC2::VPC::Id'}
"""
VALUES = {"Size": "small", "Sizes": ["small", "big"], "Vpc": "vpc-1", "OtherVpc": "vpc-2"}


def failed(assertion: str, condition: str = "!Equals [a, a]") -> list[str]:
    rules = (
        f"Rules:\n  Rule:\n    RuleCondition: {condition}\n    Assertions:\n"
        f"    - Assert: {assertion}\n      AssertDescription: it must\n"
    )
    return evaluator(PARAMETERS + rules, VALUES).check_rules()


@pytest.mark.parametrize(
    "assertion",
    [
        "!Equals [!Ref Size, small]",
        "!Not [!Equals [!Ref Size, '']]",
        "!And [!Equals [a, a], !Contains [[small, big], !Ref Size]]",
        "!Or [!Equals [a, b], !Equals [a, a]]",
        "{'Fn::Contains': [!Ref Sizes, big]}",
        "{'Fn::EachMemberIn': [!Ref Sizes, [small, big, huge]]}",
        "{'Fn::EachMemberEquals': [[small, small], !Ref Size]}",
        "{'Fn::Contains': [{'Fn::RefAll': 'AWS::EC2::VPC::Id'}, vpc-2]}",
    ],
)
def test_assertions_that_hold(assertion: str) -> None:
    assert failed(assertion) == []
    assert failed(f"!Not [{assertion}]") == ["it must"]


@pytest.mark.parametrize(
    "assertion",
    [
        "{'Fn::Contains': [!Ref Sizes, huge]}",
        "{'Fn::EachMemberIn': [!Ref Sizes, [small]]}",
        "{'Fn::EachMemberEquals': [!Ref Sizes, small]}",
    ],
)
def test_assertions_that_fail_unless_the_rule_does_not_apply(assertion: str) -> None:
    assert failed(assertion) == ["it must"]
    assert failed(assertion, condition="!Equals [a, b]") == []


@pytest.mark.parametrize(
    "assertion",
    [
        "yes",
        "!Not []",
        "!And x",
        "!Equals [a]",
        "{'Fn::Contains': [{'Fn::ValueOf': [Vpc, Tags.Name]}, a]}",
        "{'Fn::EachMemberEquals': [{'Fn::ValueOfAll': ['AWS::EC2::VPC::Id', Tags.Name]}, a]}",
    ],
)
def test_what_is_no_rule_expression_is_refused(assertion: str) -> None:
    with pytest.raises(TemplateError):
        failed(assertion)
