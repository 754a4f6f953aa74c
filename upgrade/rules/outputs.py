"""Which outputs a template gives a stack, and their values as far as they can be known. Pure.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from upgrade.config.entry import StackEntry
from upgrade.facts.stack import Stack, Template
from upgrade.rules.confidential import REDACTED
from upgrade.rules.parameters import pseudo_parameters
from upgrade.template.functions import Unresolved, literal
from upgrade.template.macros import makers
from upgrade.template.resolve import Resolver


@dataclass(frozen=True, slots=True)
class PlannedOutputs:
    """What a template declares."""

    values: Mapping[str, str | Unresolved]
    """By name, every output that certainly exists."""
    perhaps: frozenset[str]
    """Names of those that exist under a condition only AWS knows."""
    loops: bool
    """Whether there may be more, with names that only AWS makes: of loops and macros."""


def planned_outputs(target: Template, stack: Stack, entry: StackEntry) -> PlannedOutputs:
    """The outputs of a template for a stack as it is."""
    resolver = Resolver(target, stack.parameters, pseudo_parameters(entry, stack))
    declared: Any = target.body.get("Outputs", {})
    values: dict[str, str | Unresolved] = {}
    perhaps: set[str] = set()
    for name, output in declared.items():
        if name.startswith("Fn::") or not isinstance(output, Mapping):
            continue
        exists = resolver.condition(str(output["Condition"])) if "Condition" in output else True
        if isinstance(exists, Unresolved):
            perhaps.add(name)
        elif exists:
            values[name] = _text(resolver.value(output.get("Value")))
    return PlannedOutputs(values, frozenset(perhaps), bool(makers(target, "Outputs")))


def _text(value: Any) -> str | Unresolved:
    if isinstance(value, Unresolved):
        return value
    if isinstance(value, str) and REDACTED in value:  # of a template that earlier evidence holds
        return Unresolved("it is secret, so the evidence does not hold it")
    if isinstance(value, (str, int, float)):
        return literal(value)
    return Unresolved("it is built from what only AWS knows")
