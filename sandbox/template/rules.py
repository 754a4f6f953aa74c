"""The Rules section: assertions about parameter values, checked before anything is made.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sandbox.template.errors import TemplateError
from sandbox.template.functions import text

if TYPE_CHECKING:
    from sandbox.template.evaluate import Evaluator


def failed_assertions(evaluator: "Evaluator") -> list[str]:
    """One line for every assertion that does not hold in a rule whose condition holds."""
    failed = []
    rules = evaluator.body.get("Rules") or {}
    for rule in rules.values():
        condition = rule.get("RuleCondition")
        if condition is not None and not _holds(evaluator, condition):
            continue
        for assertion in rule.get("Assertions") or []:
            if not _holds(evaluator, assertion.get("Assert")):
                failed.append(text(assertion.get("AssertDescription", "Assertion failed")))
    return failed


def _holds(evaluator: "Evaluator", node: Any) -> bool:
    match node:
        case {"Fn::And": list(operands)} if len(node) == 1:
            return all(_holds(evaluator, operand) for operand in operands)
        case {"Fn::Or": list(operands)} if len(node) == 1:
            return any(_holds(evaluator, operand) for operand in operands)
        case {"Fn::Not": [operand]} if len(node) == 1:
            return not _holds(evaluator, operand)
        case {"Fn::Contains": [members, value]} if len(node) == 1:
            return _value(evaluator, value) in _members(evaluator, members)
        case {"Fn::EachMemberIn": [members, allowed]} if len(node) == 1:
            return set(_members(evaluator, members)) <= set(_members(evaluator, allowed))
        case {"Fn::EachMemberEquals": [members, value]} if len(node) == 1:
            return set(_members(evaluator, members)) <= {_value(evaluator, value)}
        case {"Fn::Equals": [left, right]} if len(node) == 1:
            return _value(evaluator, left) == _value(evaluator, right)
    return evaluator.truth(node)


def _members(evaluator: "Evaluator", node: Any) -> list[str]:
    found = _rule_function(evaluator, node)
    return [text(member) for member in found] if isinstance(found, list) else [text(found)]


def _value(evaluator: "Evaluator", node: Any) -> str:
    found = _rule_function(evaluator, node)
    return ",".join(map(text, found)) if isinstance(found, list) else text(found)


def _rule_function(evaluator: "Evaluator", node: Any) -> Any:
    """The functions that only rules know; anything else as everywhere."""
    match node:
        case {"Fn::RefAll": str(kind)}:
            return [
                value for name, value in evaluator.parameters.items() if _declared(evaluator, name).get("Type") == kind
            ]
        case {"Fn::ValueOf": [str(), str()]} | {"Fn::ValueOfAll": [str(), str()]}:
            raise TemplateError(
                "Template error: Fn::ValueOf and Fn::ValueOfAll read attributes of AWS resources that the sandbox does not have"
            )
        case list():
            return [_rule_function(evaluator, child) for child in node]
    return evaluator.value(node)


def _declared(evaluator: "Evaluator", name: str) -> Mapping[str, Any]:
    declared: Mapping[str, Any] = (evaluator.body.get("Parameters") or {}).get(name, {})
    return declared
