"""The Rules section: assertions about parameter values, checked before anything is made.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
"""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.template.conditions import same
from sandbox.template.errors import TemplateError
from sandbox.template.functions import text


def failed_assertions(
    body: Mapping[str, Any], parameters: Mapping[str, Any], resolve: Callable[[Any], Any]
) -> list[str]:
    """The description of every assertion that does not hold in a rule whose condition holds."""
    rules = _Rules(body.get("Parameters") or {}, parameters, resolve)
    return [
        text(assertion.get("AssertDescription", f"Assertion of rule {name} failed"))
        for name, rule in (body.get("Rules") or {}).items()
        if "RuleCondition" not in rule or rules.holds(rule["RuleCondition"])
        for assertion in rule["Assertions"]
        if not rules.holds(assertion["Assert"])
    ]


class _Rules:
    """Truth of rule expressions: the condition functions and those that only rules have."""

    def __init__(
        self, declared: Mapping[str, Any], parameters: Mapping[str, Any], resolve: Callable[[Any], Any]
    ) -> None:
        self._declared = declared
        self._parameters = parameters
        self._resolve = resolve
        self._functions: Mapping[str, Callable[[list[Any]], bool]] = {
            "Fn::And": lambda operands: all(map(self.holds, operands)),
            "Fn::Or": lambda operands: any(map(self.holds, operands)),
            "Fn::Not": lambda operands: not self.holds(_one(operands)),
            "Fn::Equals": lambda operands: same(*map(self._value, _two("Fn::Equals", operands))),
            "Fn::Contains": lambda operands: self._within("Fn::Contains", operands[::-1]),
            "Fn::EachMemberIn": lambda operands: self._within("Fn::EachMemberIn", operands),
            "Fn::EachMemberEquals": lambda operands: self._within("Fn::EachMemberEquals", operands),
        }

    def holds(self, node: Any) -> bool:
        """Whether a rule expression is true."""
        match node:
            case dict() if len(node) == 1 and (name := next(iter(node))) in self._functions:
                if not isinstance(node[name], list):
                    raise TemplateError(f"Template error: every {name} object requires a list")
                return self._functions[name](node[name])
        raise TemplateError(
            "Template format error: every Assert and RuleCondition must be a rule-specific intrinsic function"
        )

    def _within(self, name: str, operands: list[Any]) -> bool:
        members, allowed = _two(name, operands)
        return set(self._members(members)) <= set(self._members(allowed))

    def _members(self, node: Any) -> list[str]:
        found = self._value(node)
        members = found if isinstance(found, list) else [found]
        return [",".join(map(text, member)) if isinstance(member, list) else text(member) for member in members]

    def _value(self, node: Any) -> Any:
        match node:
            case {"Fn::RefAll": str(kind)}:
                return [self._parameters[name] for name, node in self._declared.items() if node["Type"] == kind]
            case {"Fn::ValueOf": _} | {"Fn::ValueOfAll": _}:
                raise TemplateError(
                    "Template error: Fn::ValueOf and Fn::ValueOfAll read attributes of AWS resources behind parameters; "
                    "the sandbox does not have them"
                )
            case list():
                return [self._value(child) for child in node]
        return self._resolve(node)


def _two(name: str, operands: list[Any]) -> tuple[Any, Any]:
    if len(operands) != 2:  # noqa: PLR2004  # a pair
        raise TemplateError(f"Template error: every {name} object requires a list of two parameters.")
    return operands[0], operands[1]


def _one(operands: list[Any]) -> Any:
    if len(operands) != 1:
        raise TemplateError("Template error: Fn::Not requires a list argument with one element")
    return operands[0]
