"""Whether the `Rules` of a template hold for given parameter values; what can't be known is unresolved. Pure.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-rules.html
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from upgrade.facts.inputs import Existing
from upgrade.facts.known import Fact, Known
from upgrade.facts.stack import Template
from upgrade.rules.parameters import declarations
from upgrade.template.functions import Unresolved, equals, every, literal, negate, some, why
from upgrade.template.resolve import Resolver

Truth = bool | Unresolved

_DEEPEST = 50
"""Levels of nesting that are looked at; real rules have five."""


@dataclass(frozen=True, slots=True)
class Assertion:
    """One assertion of a rule."""

    rule: str
    """The rule's name."""
    description: str
    """What the template says it asks for; empty where it says nothing."""
    holds: Truth
    """True also where the rule's condition is false."""


def assertions(
    template: Template,
    values: Mapping[str, str],
    pseudo: Mapping[str, str],
    existing: Mapping[str, Fact[Existing]],
    behind: Mapping[str, str] | None = None,
) -> Iterator[Assertion]:
    """Every assertion of every rule.

    Args:
        template: with the rules.
        values: of its parameters; `****` for what is secret.
        pseudo: values of `AWS::Region` and the like.
        existing: by AWS-specific parameter type, what exists of the values.
        behind: by name of a parameter of an SSM type, what stands in SSM.
    """
    judge = _Rules(template, Resolver(template, values, pseudo, behind), existing)
    rules: Any = template.body.get("Rules", {})
    for name, rule in rules.items():
        rows = rule.get("Assertions") if isinstance(rule, Mapping) else None
        if not isinstance(rows, list):
            yield Assertion(name, "", Unresolved("it is no rule: it has no list of Assertions"))
            continue
        applies = judge.truth(rule["RuleCondition"]) if "RuleCondition" in rule else True
        for row in rows:
            asserted = row.get("Assert") if isinstance(row, Mapping) else None
            holds = some([negate([applies]), judge.truth(asserted)])
            yield Assertion(name, literal(row.get("AssertDescription", "")) if isinstance(row, Mapping) else "", holds)


class _Rules:
    """Truth of rule expressions."""

    def __init__(self, template: Template, resolver: Resolver, existing: Mapping[str, Fact[Existing]]) -> None:
        self._types = {name: str(each.get("Type")) for name, each in declarations(template).items()}
        self._resolver = resolver
        self._existing = existing
        self._depth = 0
        self._functions: Mapping[str, Callable[[list[Any]], Truth]] = {
            "Fn::And": lambda operands: every([*map(self.truth, operands)]),
            "Fn::Or": lambda operands: some([*map(self.truth, operands)]),
            "Fn::Not": lambda operands: negate([*map(self.truth, operands)]),
            "Fn::Equals": lambda operands: equals([*map(self._text, operands)]),
            "Fn::Contains": self._contains,
            "Fn::EachMemberEquals": self._each_equals,
            "Fn::EachMemberIn": self._each_in,
        }

    def truth(self, node: Any) -> Truth:
        """Whether a rule expression is true."""
        self._depth += 1
        try:
            match node:
                case Mapping() if self._depth > _DEEPEST:
                    return Unresolved("it is nested too deeply")
                case Mapping() if len(node) == 1:
                    name, operands = next(iter(node.items()))
                    if name in self._functions and isinstance(operands, list):
                        return self._functions[name](operands)
                    return Unresolved(
                        f"Plimsoll does not know {name}" if name not in self._functions else f"{name}: no list"
                    )
            return Unresolved("it is no rule function")
        finally:
            self._depth -= 1

    def _contains(self, operands: list[Any]) -> Truth:
        if len(operands) != 2:  # noqa: PLR2004  # list, text
            return why(operands, "Fn::Contains")
        return self._within(self._text(operands[1]), self._members(operands[0]))

    def _each_equals(self, operands: list[Any]) -> Truth:
        if len(operands) != 2:  # noqa: PLR2004  # list, text
            return why(operands, "Fn::EachMemberEquals")
        wanted = self._text(operands[1])
        return self._every(operands[0], lambda member: equals([member, wanted]))

    def _each_in(self, operands: list[Any]) -> Truth:
        if len(operands) != 2:  # noqa: PLR2004  # list, list
            return why(operands, "Fn::EachMemberIn")
        allowed = self._members(operands[1])
        return self._every(operands[0], lambda member: self._within(member, allowed))

    def _every(self, node: Any, judge: Callable[[Any], Truth]) -> Truth:
        members = self._members(node)
        holds: Truth = every([*map(judge, members)])
        if members == [""] and holds is False:
            return Unresolved("whether an empty list has a member is not documented")
        return holds

    @staticmethod
    def _within(member: Any, allowed: list[Any]) -> Truth:
        found: Truth = some([equals([member, each]) for each in allowed])
        return found

    def _members(self, node: Any) -> list[Any]:
        """The members of a list, texts or unresolved; those of lists in it beside the others."""
        value = self._value(node)
        members = value if isinstance(value, list) else [value]
        flat = [part for member in members for part in (member if isinstance(member, list) else [member])]
        return [self._plain(member) for member in flat]

    def _text(self, node: Any) -> Any:
        return self._plain(self._value(node))

    @staticmethod
    def _plain(value: Any) -> str | Unresolved:
        if isinstance(value, Unresolved):
            return value
        if isinstance(value, list) and not any(isinstance(part, (list, Mapping)) for part in value):
            unknown = next((part for part in value if isinstance(part, Unresolved)), None)
            return unknown or ",".join(map(literal, value))
        return literal(value) if isinstance(value, (str, int, float)) else Unresolved("it is no text")

    def _value(self, node: Any) -> Any:
        match node:
            case {"Fn::RefAll": str(type_)} if len(node) == 1:
                return [self._resolver.value({"Ref": name}) for name in self._of(type_)]
            case {"Fn::ValueOf": [str(name), str(attribute)]} if len(node) == 1 and name in self._types:
                return self._attributes(name, attribute)
            case {"Fn::ValueOfAll": [str(type_), str(attribute)]} if len(node) == 1:
                return [each for name in self._of(type_) for each in self._attributes(name, attribute)]
            case list() if self._depth <= _DEEPEST:
                return [
                    self._resolver.value(each) if not isinstance(each, Mapping) else self._value(each) for each in node
                ]
        return self._resolver.value(node)

    def _of(self, type_: str) -> list[str]:
        """Parameters of a type."""
        return [name for name, each in self._types.items() if each == type_]

    def _attributes(self, name: str, attribute: str) -> list[Any]:
        """An attribute of what a parameter points to; of a list, of each."""
        type_ = self._types[name].removeprefix("List<").removesuffix(">")
        value = self._resolver.value({"Ref": name})
        found = self._existing.get(type_)
        ids = value if isinstance(value, list) else [value]
        return [self._attribute(each, attribute, found, name) for each in ids]

    @staticmethod
    def _attribute(id_: Any, attribute: str, found: Fact[Existing] | None, name: str) -> str | Unresolved:
        if isinstance(id_, Unresolved):
            return id_
        if not isinstance(found, Known):
            return Unresolved(f"what parameter {name} points to was not read" + (f" ({found})" if found else ""))
        if attribute not in found.value.get(id_, {}):
            return Unresolved(f"{attribute} of {id_} is not known")
        return found.value[id_][attribute]
