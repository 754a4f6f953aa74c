"""The intrinsic functions on arguments that are already resolved.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html

UNKNOWN in an argument makes the result UNKNOWN, wholly: that is how a change set shows a value it can't know yet.
"""

import base64
import ipaddress
import json
from collections.abc import Mapping
from typing import Any

from sandbox.template.errors import TemplateError

UNKNOWN = "{{changeSet:KNOWN_AFTER_APPLY}}"
"""What a change set shows in place of a value that is known only after it was executed."""


class Mask(str):
    """In place of a NoEcho value; what is built from it is masked wholly."""

    __slots__ = ()


MASK = Mask("****")
NO_DEFAULT = object()
_ZONES = "abc"
_MAX_SUBNETS = 256
_IPV4_BITS = 32
_IPV6_BITS = 128


def text(value: Any) -> str:
    """A scalar as CloudFormation turns it into text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def opaque(value: Any) -> str | None:
    """UNKNOWN or MASK, where the value is one or a list or an object holds one."""
    if isinstance(value, Mask) or (isinstance(value, str) and value == UNKNOWN):
        return value
    members = list(value.values()) if isinstance(value, dict) else value
    return next(filter(None, map(opaque, members)), None) if isinstance(members, list) else None


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | bool | int | float)


def join(argument: Any) -> str:
    match argument:
        case [str(), str() as values] if found := opaque(values):
            return found
        case [str(delimiter), list(values)] if all(map(_is_scalar, values)):
            return opaque(values) or delimiter.join(map(text, values))
    raise TemplateError(
        "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of "
        "strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined."
    )


def split(argument: Any) -> Any:
    match argument:
        case [str(delimiter), str(source)] if delimiter:
            return opaque(source) or source.split(delimiter)
    raise TemplateError(
        "Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be "
        "split or a function that returns a string to be split."
    )


def select(argument: Any) -> Any:
    match argument:
        case [str() | int(), str() as values] if found := opaque(values):
            return found
        case [str() as index, list()] if found := opaque(index):
            return found
        case [str() | int() as index, list(values)] if text(index).isdecimal():
            position = int(text(index))
            if position < len(values):
                return values[position]
            raise TemplateError(f"Template error: Fn::Select cannot select nonexistent value at index {position}")
    raise TemplateError(
        "Template error: Fn::Select requires a list argument with two elements: an integer index and a list"
    )


def base64_of(argument: Any) -> str:
    if not _is_scalar(argument):
        raise TemplateError("Template error: every Fn::Base64 object must have a String-typed value.")
    return opaque(argument) or base64.b64encode(text(argument).encode()).decode()


def to_json(argument: Any) -> str:
    if not isinstance(argument, dict | list):
        raise TemplateError("Template error: every Fn::ToJsonString object must have an object or a list.")
    return opaque(argument) or json.dumps(argument, separators=(",", ":"), ensure_ascii=False)


def get_azs(argument: Any, region: str) -> Any:
    """Three zones a region: the sandbox's accounts have no more."""
    if not isinstance(argument, str):
        raise TemplateError("Template error: every Fn::GetAZs object must have a String-typed value.")
    return opaque(argument) or [f"{argument or region}{zone}" for zone in _ZONES]


def cidr(argument: Any) -> Any:
    """Fn::Cidr: [block, count, bits of the host part]."""
    if isinstance(argument, list) and (found := opaque(argument)):
        return found
    match argument:
        case [str(block), str() | int() as count] | [str(block), str() | int() as count, str() | int()]:
            try:
                network = ipaddress.ip_network(block)
                bits = int(argument[2]) if len(argument) > 2 else 8  # noqa: PLR2004  # a block has 2 or 3 arguments
                return _subnets(network, int(count), bits)
            except ValueError:
                pass
    raise TemplateError(
        "Template error: Fn::Cidr requires a list argument with a CIDR block, a count between 1 and 256, and the "
        "number of subnet bits, that fit each other"
    )


def _subnets(network: ipaddress.IPv4Network | ipaddress.IPv6Network, count: int, bits: int) -> list[str]:
    length = _IPV4_BITS if network.version == 4 else _IPV6_BITS  # noqa: PLR2004  # IP version
    prefix = length - bits
    available = 2 ** (prefix - network.prefixlen) if network.prefixlen <= prefix <= length else 0
    if not 1 <= count <= min(available, _MAX_SUBNETS):
        raise ValueError(count)
    subnets = network.subnets(new_prefix=prefix)
    return [str(next(subnets)) for _ in range(count)]


def find_in_map(argument: Any, mappings: Mapping[str, Any], default: Any = None) -> Any:
    """Fn::FindInMap on [map, first key, second key]; `default` in place of a missing value, None: an error."""
    match argument:
        case [str() | int() as name, str() | int() as first, str() | int() as second]:
            pass
        case _:
            raise TemplateError(
                "Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the "
                "attribute for return value"
            )
    hidden = opaque(argument)
    if hidden:
        return hidden
    found: Any = mappings
    for key in (name, first, second):
        found = found.get(text(key)) if isinstance(found, Mapping) else None
    if found is None and default is None:
        raise TemplateError(f"Template error: Unable to get mapping for {text(name)}::{text(first)}::{text(second)}")
    return default if found is None else found
