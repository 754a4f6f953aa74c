"""Whether a template accepts a parameter's value: its type and every constraint it declares. Pure.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from upgrade.template.functions import literal
from upgrade.template.resolve import DYNAMIC, MASKED

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
"""What values of these types look like. That they exist CloudFormation asks when the change set is made."""

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


def judge(declared: Mapping[str, Any], value: str) -> Verdict:
    """Judge the value of one parameter.

    Args:
        declared: its declaration in the target template.
        value: as it will be sent, lists joined by commas; `****` for what is secret.
    """
    if value == MASKED:
        return Verdict(secret=True)
    if DYNAMIC in value:
        return Verdict(untold=(f"it stands for the value behind {value}",))
    type_ = str(declared.get("Type", "String"))
    if type_.startswith("AWS::SSM::Parameter"):
        return Verdict(untold=(f"it stands for the value behind {value!r} in SSM",))
    is_list = type_ == "CommaDelimitedList" or type_.startswith("List<")
    items = [part.strip() for part in value.split(",")] if is_list and value else [] if is_list else [value]
    problems = [problem for item in items for problem in _item(declared, type_.removeprefix("List<").rstrip(">"), item)]
    if len(value.encode("utf-8", "surrogatepass")) > LONGEST:
        problems.append(f"it is longer than {LONGEST:,} bytes")
    pattern, untold = _pattern(declared)
    problems += [
        f"{item!r} does not match {pattern[1]}" for item in items if pattern and not pattern[0].fullmatch(item)
    ]
    return Verdict(tuple(dict.fromkeys(problems)), untold)


def _item(declared: Mapping[str, Any], type_: str, item: str) -> Iterator[str]:
    number = _number(item)
    if type_ == "Number" and number is None:
        yield f"{item!r} is no number"
        return
    if type_ in AWS_TYPES and not re.fullmatch(AWS_TYPES[type_], item):
        yield f"{item!r} is no {type_}"
    allowed = declared.get("AllowedValues")
    if isinstance(allowed, list) and not any(_same(literal(each), item, type_) for each in allowed):
        yield f"{item!r} is not one of {', '.join(map(literal, allowed))}"
    for key, low in (("MinValue", True), ("MaxValue", False)):
        bound = _number(literal(declared.get(key, "")))
        if bound is not None and number is not None and (number < bound if low else number > bound):
            yield f"{item} is {'less' if low else 'more'} than {literal(declared[key])} ({key})"
    for key, low in (("MinLength", True), ("MaxLength", False)):
        bound = _number(literal(declared.get(key, "")))
        if bound is not None and (len(item) < bound if low else len(item) > bound):
            yield f"{item!r} has {len(item)} characters, {key} is {literal(declared[key])}"


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
