"""Intrinsic functions that need nothing but their argument; an argument that is not known makes the result unknown.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A value that can't be known from the template and its parameters."""

    why: str


def literal(value: Any) -> str:
    """A scalar as CloudFormation compares it: `true`, `1`, text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def why(value: Any, function: str) -> Unresolved:
    """The reason a part of a function's argument can't be used."""
    return value if isinstance(value, Unresolved) else Unresolved(f"{function}: its argument is not what it expects")


def equals(values: Any) -> Any:
    """Fn::Equals: compared as text."""
    match values:
        case [Unresolved() as part, _] | [_, Unresolved() as part]:
            return part
        case [left, right]:
            return literal(left) == literal(right)
    return why(values, "Fn::Equals")


def every(values: Any) -> Any:
    """Fn::And: one that is false decides, whatever is not known."""
    if not isinstance(values, list):
        return why(values, "Fn::And")
    return False if False in values else _first_unresolved(values, default=True)


def some(values: Any) -> Any:
    """Fn::Or: one that is true decides, whatever is not known."""
    if not isinstance(values, list):
        return why(values, "Fn::Or")
    return True if True in values else _first_unresolved(values, default=False)


def negate(values: Any) -> Any:
    """Fn::Not."""
    match values:
        case [bool() as value]:
            return not value
        case [Unresolved() as part]:
            return part
    return why(values, "Fn::Not")


def join(values: Any) -> Any:
    """Fn::Join."""
    match values:
        case [str(separator), list(parts)]:
            unknown = _first_unresolved(parts, default=None)
            return unknown if isinstance(unknown, Unresolved) else separator.join(map(literal, parts))
        case [_, Unresolved() as part]:
            return part
    return why(values, "Fn::Join")


def split(values: Any) -> Any:
    """Fn::Split."""
    match values:
        case [str(separator), str(text)] if separator:
            return text.split(separator)
        case [_, Unresolved() as part]:
            return part
    return why(values, "Fn::Split")


def select(values: Any) -> Any:
    """Fn::Select: the index may be text."""
    match values:
        case [index, list(items)] if literal(index).isdigit() and int(literal(index)) < len(items):
            return items[int(literal(index))]
        case [Unresolved() as part, _] | [_, Unresolved() as part]:
            return part
    return why(values, "Fn::Select")


def encode(value: Any) -> Any:
    """Fn::Base64."""
    return base64.b64encode(value.encode()).decode() if isinstance(value, str) else why(value, "Fn::Base64")


PURE: dict[str, Callable[[Any], Any]] = {
    "Fn::And": every,
    "Fn::Base64": encode,
    "Fn::Equals": equals,
    "Fn::Join": join,
    "Fn::Not": negate,
    "Fn::Or": some,
    "Fn::Select": select,
    "Fn::Split": split,
}
"""Called with their argument, its parts already resolved."""


def _first_unresolved(values: list[Any], *, default: Any) -> Any:
    return next((value for value in values if isinstance(value, Unresolved)), default)
