"""Whether a template accepts a parameter's value: its type and every constraint it declares. Pure.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from upgrade.facts.inputs import SECURE, Existing
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.rules.inputs import SSM_TYPE, Stored, item_type
from upgrade.template.functions import literal
from upgrade.template.resolve import DYNAMIC, MASKED, SSM

LONGEST = 4096
"""Bytes of a parameter's value.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""

AWS_TYPES: Mapping[str, str] = {
    "AWS::EC2::Image::Id": r"ami-[0-9a-f]{8,17}",
    "AWS::EC2::Instance::Id": r"i-[0-9a-f]{8,17}",
    "AWS::EC2::SecurityGroup::Id": r"sg-[0-9a-f]{8,17}",
    "AWS::EC2::Subnet::Id": r"subnet-[0-9a-f]{8,17}",
    "AWS::EC2::VPC::Id": r"vpc-[0-9a-f]{8,17}",
    "AWS::EC2::Volume::Id": r"vol-[0-9a-f]{8,17}",
    "AWS::Route53::HostedZone::Id": r"[A-Z0-9]{1,32}",
}
"""What values of these types look like."""

NOT_PYTHON = re.compile(r"\\[pPQEGhHvVRXzZ]|&&|\[(?:[^\]\\]|\\.)*\[")
"""What Java's patterns have and Python's have not, or understand differently.
https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/util/regex/Pattern.html"""


_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What can be said of a value."""

    problems: tuple[str, ...] = ()
    """Why it is not accepted, a clause each."""
    untold: tuple[str, ...] = ()
    """What can't be judged here, a clause each."""
    secret: bool = False
    """Whether nothing can be judged because the value is not shown."""


def judge(
    declared: Mapping[str, Any],
    value: str,
    stored: Stored | None = None,
    existing: Mapping[str, Fact[Existing]] | None = None,
) -> Verdict:
    """Judge the value of one parameter.

    Args:
        declared: its declaration in the target template.
        value: as it will be sent, lists joined by commas; `****` for what is secret.
        stored: SSM parameters by name.
        existing: by AWS-specific type, what exists of the values.
    """
    if value == MASKED:
        return Verdict(secret=True)
    if DYNAMIC in value:
        return Verdict(untold=(f"it stands for the value behind {value}",))
    type_ = str(declared.get("Type", "String"))
    if type_.startswith(SSM_TYPE):
        return _in_ssm(declared, type_, value, stored or {}, existing)
    is_list = type_ == "CommaDelimitedList" or type_.startswith("List<")
    items = [part.strip() for part in value.split(",")] if is_list and value else [] if is_list else [value]
    problems = [problem for item in items for problem in _item(declared, item_type(type_), item)]
    if len(value.encode("utf-8", "surrogatepass")) > LONGEST:
        problems.append(f"it is longer than {LONGEST:,} bytes")
    pattern, untold = _pattern(declared)
    problems += [
        f"{item!r} does not match {pattern[1]}" for item in items if pattern and not pattern[0].fullmatch(item)
    ]
    absent, unread = _absent(item_type(type_), items, existing)
    return Verdict(tuple(dict.fromkeys([*problems, *absent])), (*untold, *unread))


def _in_ssm(
    declared: Mapping[str, Any], type_: str, name: str, stored: Stored, existing: Mapping[str, Fact[Existing]] | None
) -> Verdict:
    """A value that is the name of an SSM parameter. What AllowedValues lists are such names, not what stands behind them.

    https://aws.amazon.com/blogs/mt/integrating-aws-cloudformation-with-aws-systems-manager-parameter-store/
    """
    problems = [*_allowed(declared, "String", name)]
    pattern, untold = _pattern(declared)
    if pattern and not pattern[0].fullmatch(name):
        untold = (f"whether {pattern[1]} is asked of the name {name!r} is not documented",)
    found = stored.get(name)
    if isinstance(found, Unknown) and found.reason is Reason.NOT_FOUND:
        return Verdict((*problems, f"SSM parameter {name!r} does not exist"), untold)
    if not isinstance(found, Known):
        return Verdict(
            tuple(problems), (*untold, f"what SSM has under {name!r} was not read" + (f" ({found})" if found else ""))
        )
    if not type_.startswith(SSM):
        return Verdict(tuple(problems), untold)
    if found.value.type == SECURE:
        return Verdict(
            (*problems, f"SSM parameter {name!r} is a {SECURE}, which CloudFormation takes in no parameter"), untold
        )
    items = [part.strip() for part in found.value.value.split(",")]
    inner = item_type(type_)
    shaped = [
        f"{item!r}, which SSM has under {name!r}, is no {inner}" for item in items if not _looks_like(inner, item)
    ]
    absent, unread = _absent(inner, items, existing)
    return Verdict((*problems, *shaped, *absent), (*untold, *unread))


def _absent(
    type_: str, items: list[str], existing: Mapping[str, Fact[Existing]] | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which ids do not exist, and why that can't be told."""
    if existing is None or not items or not type_.startswith("AWS::"):
        return (), ()
    found = existing.get(type_)
    if not isinstance(found, Known):
        return (), (f"whether {', '.join(items)} exists was not read" + (f" ({found})" if found else ""),)
    return tuple(f"{item!r} does not exist in this account and region" for item in items if item not in found.value), ()


def _looks_like(type_: str, item: str) -> bool:
    return type_ not in AWS_TYPES or re.fullmatch(AWS_TYPES[type_], item) is not None


def _item(declared: Mapping[str, Any], type_: str, item: str) -> Iterator[str]:
    number = _number(item)
    if type_ == "Number" and number is None:
        yield f"{item!r} is no number"
        return
    if not _looks_like(type_, item):
        yield f"{item!r} is no {type_}"
    yield from _allowed(declared, type_, item)
    for key, low in (("MinValue", True), ("MaxValue", False)):
        bound = _number(literal(declared.get(key, "")))
        if bound is not None and number is not None and (number < bound if low else number > bound):
            yield f"{item} is {'less' if low else 'more'} than {literal(declared[key])} ({key})"
    for key, low in (("MinLength", True), ("MaxLength", False)):
        bound = _number(literal(declared.get(key, "")))
        if bound is not None and (len(item) < bound if low else len(item) > bound):
            yield f"{item!r} has {len(item)} characters, {key} is {literal(declared[key])}"


def _allowed(declared: Mapping[str, Any], type_: str, item: str) -> Iterator[str]:
    allowed = declared.get("AllowedValues")
    if isinstance(allowed, list) and not any(_same(literal(each), item, type_) for each in allowed):
        yield f"{item!r} is not one of {', '.join(map(literal, allowed))}"


def _pattern(declared: Mapping[str, Any]) -> tuple[tuple[re.Pattern[str], str] | None, tuple[str, ...]]:
    text = declared.get("AllowedPattern")
    if text is None:
        return None, ()
    compiled = _compiled(str(text))
    if compiled is None:
        return None, (f"its pattern {text} can't be tried here",)
    return (compiled, str(text)), ()


@cache
def _compiled(text: str) -> re.Pattern[str] | None:
    if NOT_PYTHON.search(text):
        return None
    try:
        # Java writes (?<name>…), and its \\d, \\w and \\s are ASCII.
        return re.compile(re.sub(r"(?<!\\)((?:\\\\)*)\(\?<(?=[A-Za-z])", r"\1(?P<", text), re.ASCII)
    except (re.error, ValueError, OverflowError, RecursionError):
        return None


def _same(allowed: str, item: str, type_: str) -> bool:
    if type_ == "Number":
        return _number(allowed) == _number(item)
    return allowed == item


def _number(text: str) -> float | None:
    return float(text) if _NUMBER.fullmatch(text.strip()) else None
