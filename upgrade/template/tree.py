"""A template and those of the stacks nested in it, each with what its parent gives its parameters. Pure.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from upgrade.facts.known import Fact, Known
from upgrade.facts.stack import Template
from upgrade.template.functions import Unresolved, literal
from upgrade.template.resolve import NO_VALUE, Resolver

NESTED = "AWS::CloudFormation::Stack"

DEEPEST = 10
"""Levels that are looked at; a template that nests itself would have no end."""

_OWN = frozenset({"AWS::StackId", "AWS::StackName"})
"""Pseudo parameters that are another stack's in a nested one."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One template of the tree."""

    path: str
    """Logical ids of the nested stacks that lead to it, joined by dots; empty for the root."""
    template: Template
    resolver: Resolver

    def nested(self) -> Mapping[str, str | Unresolved]:
        """Where the templates of the stacks nested in this one lie, by their paths; of those that may exist."""
        resources: Any = self.template.body.get("Resources", {})
        return {
            f"{self.path}.{logical_id}".lstrip("."): _address(self.resolver, logical_id)
            for logical_id, exists in self.resolver.active().items()
            if exists is not False and resources[logical_id].get("Type") == NESTED
        }


def branches(
    root: Template,
    values: Mapping[str, str | Unresolved],
    pseudo: Mapping[str, str],
    nested: Mapping[str, Fact[Template]],
    *,
    dynamic: bool = False,
) -> Iterator[Branch]:
    """The root and every nested template that is known, parents before children.

    Args:
        root: the template.
        values: of its parameters.
        pseudo: of the root stack; what Ref of its resources gives may stand there too.
        nested: the templates of nested stacks, by path.
        dynamic: leave dynamic references as they stand, instead of unresolved.
    """
    waiting = [Branch("", root, Resolver(root, values, pseudo, dynamic=dynamic))]
    below = {name: value for name, value in pseudo.items() if name.startswith("AWS::") and name not in _OWN}
    while waiting:
        branch = waiting.pop(0)
        yield branch
        for path in branch.nested():
            found = nested.get(path)
            if isinstance(found, Known):
                given = _given(branch.resolver, path.rpartition(".")[2], found.value)
                waiting.append(Branch(path, found.value, Resolver(found.value, given, below, dynamic=dynamic)))


def _address(resolver: Resolver, logical_id: str) -> str | Unresolved:
    value = resolver.property(logical_id, "TemplateURL")
    if isinstance(value, Unresolved):
        return value
    return value if isinstance(value, str) else Unresolved("it names no TemplateURL")


def _given(parent: Resolver, logical_id: str, nested: Template) -> Mapping[str, str | Unresolved]:
    """What a parent gives the parameters of a nested stack."""
    found = parent.property(logical_id, "Parameters")
    if isinstance(found, Unresolved):
        declared: Any = nested.body.get("Parameters", {})
        return {} if found is NO_VALUE else dict.fromkeys(declared, found)
    return {name: _text(value) for name, value in found.items()} if isinstance(found, Mapping) else {}


def _text(value: Any) -> str | Unresolved:
    if isinstance(value, Unresolved):
        return value
    if isinstance(value, list):  # lists are given joined
        unknown = next((part for part in value if isinstance(part, Unresolved)), None)
        return unknown or ",".join(map(literal, value))
    return literal(value)
