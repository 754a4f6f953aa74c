"""Intrinsic functions that need nothing but their argument; an argument that is not known makes the result unknown.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

import base64
import ipaddress
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A value that can't be known from the template and its parameters."""

    why: str
    form: Any = field(default_factory=object, compare=False, repr=False)
    """The expression with all that is known carried out, as a template would write it: two that are equal stand for the
    same value, for as long as what they refer to is the same. Where nothing says so, an object that equals no other."""


def literal(value: Any) -> str:
    """A scalar as CloudFormation compares it: `true`, `1`, text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def form(value: Any) -> Any:
    """A value as the expression it is: scalars as text, what is not known as its own form."""
    match value:
        case Unresolved():
            return value.form
        case Mapping():
            return {key: form(child) for key, child in value.items()}
        case list():
            return [form(child) for child in value]
    return literal(value)


def parameters(node: Any) -> Iterator[str]:
    """Names of the parameters whose values a form is made of."""
    match node:
        case {"Parameter": str(name)}:
            yield name
        case Mapping():
            for child in node.values():
                yield from parameters(child)
        case list():
            for child in node:
                yield from parameters(child)


def applied(function: str, argument: Any, found: Any) -> Any:
    """What a function gave; where it is not known, its form is the function on what is known of its argument."""
    return replace(found, form={function: form(argument)}) if isinstance(found, Unresolved) else found


def joined(parts: Iterable[Any]) -> Any:
    """Forms one behind the other, in the one way in which Fn::Join and Fn::Sub both write the same text."""
    pieces: list[Any] = []
    for part in parts:
        for piece in part["Fn::Join"][1] if _is_text_of_parts(part) else [part]:
            if isinstance(piece, str) and pieces and isinstance(pieces[-1], str):
                pieces[-1] += piece
            elif piece != "":
                pieces.append(piece)
    return pieces[0] if len(pieces) == 1 else {"Fn::Join": ["", pieces]}


def _is_text_of_parts(part: Any) -> bool:
    match part:
        case {"Fn::Join": ["", list()]}:
            return True
    return False


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
            if not isinstance(unknown, Unresolved):
                return separator.join(map(literal, parts))
            spaced = [each for part in parts for each in (separator, form(part))]
            return replace(unknown, form=joined(spaced[1:]))
        case [_, Unresolved() as part]:
            return applied("Fn::Join", values, part)
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
            return applied("Fn::Select", values, part)
    return why(values, "Fn::Select")


def length(value: Any) -> Any:
    """Fn::Length; items that are not known count as well."""
    return len(value) if isinstance(value, list) else why(value, "Fn::Length")


def to_json(value: Any) -> Any:
    """Fn::ToJsonString."""
    unknown = next(unresolved(value), None)
    return json.dumps(value, separators=(",", ":")) if unknown is None else unknown


def cidr(values: Any) -> Any:
    """Fn::Cidr: a block, how many blocks of it, and how many bits each has for its addresses."""
    unknown = next(unresolved(values), None)
    if unknown is not None:
        return unknown
    try:
        block, count, bits = ipaddress.ip_network(values[0]), int(values[1]), int([*values, "8"][2])
        blocks = block.subnets(new_prefix=block.max_prefixlen - bits)
        return [str(each) for each, _ in zip(blocks, range(min(count, _MOST_BLOCKS)), strict=False)]
    except (ValueError, TypeError, IndexError):
        return why(values, "Fn::Cidr")


def unresolved(value: Any) -> Iterator[Unresolved]:
    """Every part of a value that is not known."""
    match value:
        case Unresolved():
            yield value
        case Mapping():
            for child in value.values():
                yield from unresolved(child)
        case list():
            for child in value:
                yield from unresolved(child)


def encode(value: Any) -> Any:
    """Fn::Base64."""
    return base64.b64encode(value.encode()).decode() if isinstance(value, str) else why(value, "Fn::Base64")


PURE: dict[str, Callable[[Any], Any]] = {
    "Fn::And": every,
    "Fn::Base64": encode,
    "Fn::Cidr": cidr,
    "Fn::Equals": equals,
    "Fn::Join": join,
    "Fn::Length": length,
    "Fn::Not": negate,
    "Fn::Or": some,
    "Fn::Select": select,
    "Fn::Split": split,
    "Fn::ToJsonString": to_json,
}
"""Called with their argument, its parts already resolved."""

FORMED = frozenset({"Fn::Join", "Fn::Select"})
"""Those of which what they give has the right form already: it may be simpler than the function on its argument."""


_MOST_BLOCKS = 256
"""The most Fn::Cidr gives."""


def _first_unresolved(values: list[Any], *, default: Any) -> Any:
    return next((value for value in values if isinstance(value, Unresolved)), default)
