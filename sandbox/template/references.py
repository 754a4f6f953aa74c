"""What a template expression refers to: Ref, Fn::GetAtt and the variables of Fn::Sub."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

VARIABLE = re.compile(r"\$\{([^!{}][^{}]*)\}")
"""A variable of Fn::Sub; `${!Literal}` is none."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A name a template expression uses: a parameter, pseudo parameter or resource."""

    name: str
    attribute: str | None = None
    """Set for Fn::GetAtt: the attribute's name, empty where it is itself an expression."""


def parse_get_att(argument: Any) -> tuple[str, Any] | None:
    """Both forms, `A.B.C` and [A, B.C]; the attribute may be an expression. None: malformed."""
    if isinstance(argument, str):
        name, dot, attribute = argument.partition(".")
        return (name, attribute) if name and dot and attribute else None
    match argument:
        case [str(name), attribute] if name and isinstance(attribute, str | dict) and attribute:
            return name, attribute
        case [str(name), str(first), *rest] if name and first and all(isinstance(part, str) for part in rest):
            return name, ".".join([first, *rest])
    return None


def variable(text: str) -> Reference:
    """The reference a `${…}` variable of Fn::Sub stands for."""
    name, dot, attribute = text.strip().partition(".")
    return Reference(name, attribute if dot else None)


def references(node: Any) -> Iterator[Reference]:
    """Every reference in a template node, in order of appearance, repetitions included."""
    match node:
        case {"Ref": str(name)} if len(node) == 1:
            yield Reference(name)
        case {"Fn::GetAtt": argument} if len(node) == 1:
            parsed = parse_get_att(argument)
            if parsed:
                name, attribute = parsed
                yield Reference(name, attribute if isinstance(attribute, str) else "")
                yield from references(attribute)
        case {"Fn::Sub": str(text)} if len(node) == 1:
            yield from map(variable, VARIABLE.findall(text))
        case {"Fn::Sub": [str(text), dict(values)]} if len(node) == 1:
            yield from (variable(found) for found in VARIABLE.findall(text) if found.strip() not in values)
            yield from references(values)
        case dict():
            for child in node.values():
                yield from references(child)
        case list():
            for child in node:
                yield from references(child)
