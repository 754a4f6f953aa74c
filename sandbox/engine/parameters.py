"""Template parameters: from what a caller gives to what Ref gives, checked as CloudFormation checks.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.template.errors import TemplateError
from sandbox.template.functions import text

_SSM = re.compile(r"AWS::SSM::Parameter::Value<(.+)>")
_KNOWN = re.compile(r"String|Number|CommaDelimitedList|List<(Number|AWS::[\w:]+)>|AWS::[\w:]+(<.+>)?")
_JAVA = re.compile(r"\\[pP]\{|&&|\(\?<[A-Za-z]")
_LIST = re.compile(r"CommaDelimitedList|List<.+>")


@dataclass(frozen=True, slots=True)
class Parameters:
    """The values of one operation."""

    values: Mapping[str, str]
    """As given, previous or by default: what an API shows as ParameterValue and UsePreviousValue takes up."""
    resolved: Mapping[str, Any]
    """As Ref gives them: lists split, parameters of SSM types read."""
    ssm: Mapping[str, str]
    """What an API shows as ResolvedValue, for parameters of SSM types."""
    no_echo: frozenset[str]
    """Names whose value is shown as ****."""


def declared(body: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The Parameters section."""
    section: Mapping[str, Mapping[str, Any]] = body.get("Parameters") or {}
    return section


def no_echo(body: Mapping[str, Any]) -> frozenset[str]:
    """Names of the parameters declared NoEcho."""
    return frozenset(name for name, node in declared(body).items() if text(node.get("NoEcho", "")).lower() == "true")


def resolve(
    body: Mapping[str, Any],
    given: Sequence[Mapping[str, Any]],
    previous: Mapping[str, str] | None,
    lookup_ssm: Callable[[str], str],
) -> Parameters:
    """Combine what the caller gives with previous and default values.

    Args:
        body: the template.
        given: the API's Parameters: ParameterKey with ParameterValue or UsePreviousValue.
        previous: `values` of the deployed stack; None when it is being created.
        lookup_ssm: the value of an SSM parameter by name. Raises TemplateError where there is none.

    Raises:
        TemplateError: worded as CloudFormation's ValidationError.
    """
    section = declared(body)
    keyed = _keyed(given)
    unknown = [name for name in keyed if name not in section]
    if unknown:
        raise TemplateError(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    chosen = {name: _chosen(name, node, keyed.get(name, {}), previous) for name, node in section.items()}
    missing = [name for name, value in chosen.items() if value is None]
    if missing:
        raise TemplateError(f"Parameters: [{', '.join(missing)}] must have values")
    values = {name: value for name, value in chosen.items() if value is not None}
    for name, value in values.items():
        _check(name, section[name], value)
    ssm = {name: lookup_ssm(values[name]) for name, node in section.items() if _SSM.fullmatch(_type(node))}
    resolved = {name: _as_ref(section[name], ssm.get(name, value)) for name, value in values.items()}
    return Parameters(values, resolved, ssm, no_echo(body))


def _keyed(given: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    keyed: dict[str, Mapping[str, Any]] = {}
    for entry in given:
        name = entry["ParameterKey"]
        if name in keyed:
            raise TemplateError(f"Duplicate input for parameter key {name}")
        keyed[name] = entry
    return keyed


def _type(node: Mapping[str, Any]) -> str:
    return text(node.get("Type", ""))


def _chosen(
    name: str, node: Mapping[str, Any], entry: Mapping[str, Any], previous: Mapping[str, str] | None
) -> str | None:
    if entry.get("UsePreviousValue"):
        if entry.get("ParameterValue") is not None:
            raise TemplateError(
                f"Invalid input for parameter key {name}. Cannot specify usePreviousValue as true and non empty value for "
                "a parameter"
            )
        if previous is None or name not in previous:
            raise TemplateError(
                f"Invalid input for parameter key {name}. Cannot specify usePreviousValue as true for a parameter key "
                "not in the previous template"
            )
        return previous[name]
    if entry.get("ParameterValue") is not None:
        return text(entry["ParameterValue"])
    return text(node["Default"]) if "Default" in node else None


def _as_ref(node: Mapping[str, Any], value: str) -> Any:
    wrapped = _SSM.fullmatch(_type(node))
    kind = wrapped[1] if wrapped else _type(node)
    return [part.strip() for part in value.split(",")] if _LIST.fullmatch(kind) else value


def _check(name: str, node: Mapping[str, Any], value: str) -> None:
    kind = _type(node)
    if not _KNOWN.fullmatch(kind):
        raise TemplateError(f"Template format error: Unrecognized parameter type: {kind}")
    members = value.split(",") if _LIST.fullmatch(kind) else [value]
    allowed = node.get("AllowedValues")
    if allowed is not None and not {member.strip() for member in members} <= set(map(text, allowed)):
        _refuse(name, node, f"Parameter '{name}' must be one of AllowedValues")
    if kind in {"Number", "List<Number>"}:
        _check_numbers(name, node, members)
    elif kind == "String":
        _check_string(name, node, value)


def _check_numbers(name: str, node: Mapping[str, Any], members: Sequence[str]) -> None:
    for member in members:
        try:
            number = float(member)
        except ValueError:
            raise TemplateError(f"Parameter '{name}' must be a number") from None
        if "MinValue" in node and number < float(node["MinValue"]):
            _refuse(name, node, f"Parameter '{name}' must be a number not less than {text(node['MinValue'])}")
        if "MaxValue" in node and number > float(node["MaxValue"]):
            _refuse(name, node, f"Parameter '{name}' must be a number not greater than {text(node['MaxValue'])}")


def _check_string(name: str, node: Mapping[str, Any], value: str) -> None:
    if "MinLength" in node and len(value) < int(node["MinLength"]):
        _refuse(name, node, f"Parameter '{name}' must contain at least {text(node['MinLength'])} characters")
    if "MaxLength" in node and len(value) > int(node["MaxLength"]):
        _refuse(name, node, f"Parameter '{name}' must contain at most {text(node['MaxLength'])} characters")
    if "AllowedPattern" in node and not _matches(name, text(node["AllowedPattern"]), value):
        _refuse(name, node, f"Parameter '{name}' must match pattern {text(node['AllowedPattern'])}")


def _matches(name: str, pattern: str, value: str) -> bool:
    if _JAVA.search(pattern):
        return True  # CloudFormation's patterns are Java's; what Python has not is taken to match
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        raise TemplateError(
            f"Template format error: AllowedPattern of parameter {name} is not a valid regular expression"
        ) from None


def _refuse(name: str, node: Mapping[str, Any], message: str) -> None:
    description = node.get("ConstraintDescription")
    if description is not None:
        message = f"Parameter {name} failed to satisfy constraint: {text(description)}"
    raise TemplateError(message)
