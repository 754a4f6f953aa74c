"""Which exports of a stack the target takes away or changes: CloudFormation refuses that while another stack uses one.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from upgrade.facts.changes import Plan
from upgrade.facts.stack import Stack, Template
from upgrade.rules.survival import Survival
from upgrade.template.functions import Unresolved
from upgrade.template.macros import makers
from upgrade.template.schema import is_identity
from upgrade.template.tree import Branch

_VARIABLE = re.compile(r"\$\{([^!}]+)\}")


@dataclass(frozen=True, slots=True)
class Endangered:
    """An export that is not certainly kept."""

    name: str
    why: str
    """What becomes of it, a clause."""
    certain: bool
    """Whether it is certainly removed or changed."""


def endangered(stack: Stack, deployed: Template | None, target: Branch | None, plan: Plan) -> Iterator[Endangered]:
    """The exports of one stack that are not certainly kept.

    Args:
        stack: as it is.
        deployed: its template; None where that was not read.
        target: the template it will have, with the physical ids of the root's resources; None if the stack goes.
        plan: the changes of the whole tree.
    """
    for output, name in stack.exports.items():
        if target is None:
            yield Endangered(name, "the nested stack that exports it is removed", certain=True)
            continue
        found = _exported(target, name)
        if isinstance(found, Endangered):
            yield found
        elif found is not None:
            written = _outputs(deployed).get(output, {}).get("Value") if deployed else None
            fate = _fate(found["Value"], written, stack.outputs[output], target, plan)
            if fate is not None:
                yield Endangered(name, *fate)


def _exported(target: Branch, name: str) -> Mapping[str, Any] | Endangered | None:
    """The output of the target that is exported under a name."""
    unclear = bool(makers(target.template, "Outputs"))
    for output in _outputs(target.template).values():
        exists = target.resolver.condition(str(output["Condition"])) if "Condition" in output else True
        called = target.resolver.value(output.get("Export", {}).get("Name", ""))
        if exists is False or "Value" not in output:
            continue
        if called == name:
            if exists is True:
                return output
            return Endangered(name, "the target has it under a condition that only AWS knows", certain=False)
        unclear = unclear or isinstance(called, Unresolved)
    if unclear:
        return Endangered(name, "whether the target still has it only AWS knows", certain=False)
    return Endangered(name, "the target does not export it", certain=True)


def _fate(node: Any, written: Any, live: str, target: Branch, plan: Plan) -> tuple[str, bool] | None:
    """What becomes of the value of an export and whether that is certain; None if it stays."""
    changes = {change.logical_id: change for change in plan.changes}
    survival = Survival(plan.changes)
    doubt = None
    for name, attribute in _sources(node):
        logical_id = f"{target.path}.{name}".lstrip(".")
        change = changes.get(logical_id)
        if change is None:
            continue
        if change.action == "Add":
            return f"its value comes from {logical_id}, which is new", True
        if survival.threats(logical_id):
            certain = change.replacement == "True"
            told = f"its value comes from {logical_id}, which {'is' if certain else 'may be'} replaced"
            if certain:
                return told, True
            doubt = doubt or (told, False)
        elif attribute and not is_identity(change.type, attribute):
            doubt = doubt or (f"its value is {logical_id}.{attribute}, which the update may change", False)
    value = target.resolver.value(node)
    if not isinstance(value, Unresolved):
        return doubt if str(value) == live else (f"its value changes from {live!r} to {str(value)!r}", True)
    untouched = bool(target.path) and not any(each.startswith(target.path) for each in changes)
    return doubt or (None if node == written or untouched else (f"its new value is not known: {value.why}", False))


def _outputs(template: Template) -> dict[str, Mapping[str, Any]]:
    declared: Any = template.body.get("Outputs", {})
    return {name: each for name, each in declared.items() if isinstance(each, Mapping) and not name.startswith("Fn::")}


def _sources(node: Any) -> Iterator[tuple[str, str]]:
    """Names and attributes that a value refers to; an empty attribute for Ref. Parameters are among them."""
    match node:
        case {"Ref": str(name)}:
            yield name, ""
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            yield name, attribute
        case {"Fn::GetAtt": str(text)}:
            name, _, attribute = text.partition(".")
            yield name, attribute
        case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
            for variable in _VARIABLE.findall(text):
                name, _, attribute = variable.strip().partition(".")
                yield name, attribute
            yield from _sources(node["Fn::Sub"][1:] if isinstance(node["Fn::Sub"], list) else [])
        case Mapping():
            for child in node.values():
                yield from _sources(child)
        case list():
            for child in node:
                yield from _sources(child)
