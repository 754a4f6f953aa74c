"""What a change set does to what was changed by hand: keeps it, adopts it or overwrites it. Pure.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceTargetDefinition.html
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from upgrade.facts.changes import ChangeDetail, ResourceChange
from upgrade.facts.drift import PropertyDifference, ResourceDrift
from upgrade.template.resolve import MASKED
from upgrade.template.telling import KNOWN_AFTER_APPLY

GROWS = frozenset({"/AllocatedStorage", "/MaxAllocatedStorage"})
"""Properties of which more is not less: a plan that raises them beyond what they have grown to takes nothing back."""

UNKNOWN = object()
"""Stands for a value that is known only after the update."""
UNTOUCHED = object()
"""Stands for the lack of one: the change does not reach there."""


class Fate(StrEnum):
    """What becomes of a difference."""

    ADOPTED = "adopted"
    """The plan sets the actual value."""
    OVERWRITTEN = "overwritten"
    """The plan sets another one."""
    REPLACED = "replaced"
    """The plan replaces or removes the whole resource, or may do so."""
    UNCLEAR = "unclear"
    """The plan sets a value that is not known before the update."""


@dataclass(frozen=True, slots=True)
class Touched:
    """A difference that the plan touches."""

    row: ResourceDrift
    difference: PropertyDifference
    fate: Fate
    planned: str
    """What the plan sets, as far as it is known; empty where it replaces the resource."""


def touched(row: ResourceDrift, change: ResourceChange, *, stays: bool) -> Iterator[Touched]:
    """The differences of a drifted resource that its planned change touches.

    Args:
        row: the resource as it has drifted.
        change: what is planned for it.
        stays: whether it certainly remains the same resource.
    """
    for difference in row.differences:
        if not stays:
            yield Touched(row, difference, Fate.REPLACED, "")
            continue
        # A changed parameter shows twice: dynamic, as what refers to it, and static, with its values.
        values = [value for detail in change.details if (value := _planned(detail, difference.path)) is not UNTOUCHED]
        if values:
            value = next((value for value in values if value is not UNKNOWN), UNKNOWN)
            yield Touched(row, difference, _fate(value, difference), _text(value))


def _fate(value: Any, difference: PropertyDifference) -> Fate:
    if value is UNKNOWN:
        return Fate.UNCLEAR
    actual = _parsed(difference.actual)
    if _text(value) == _text(actual):
        return Fate.ADOPTED
    if difference.path in GROWS and _is_number(value) and _is_number(actual) and float(value) >= float(actual):
        return Fate.ADOPTED
    return Fate.OVERWRITTEN


def _planned(detail: ChangeDetail, path: str) -> Any:
    """What a detail sets at a property's path; UNTOUCHED if it does not reach it."""
    where = detail.path or f"/{detail.attribute}/{detail.name}".rstrip("/")
    if not where.startswith("/Properties"):
        return UNTOUCHED
    where = where.removeprefix("/Properties")
    if not (path == where or path.startswith(where + "/") or where.startswith(path + "/")):
        return UNTOUCHED
    known = detail.before not in {None, MASKED}  # two masked values may differ
    if detail.source == "NoModification" or (known and detail.before == detail.after):
        return UNTOUCHED
    if (
        detail.after in {None, MASKED}
        or KNOWN_AFTER_APPLY in (detail.after or "")
        or detail.evaluation != "Static"
        or where.startswith(path + "/")
    ):
        return UNKNOWN
    return _below(_parsed(detail.after), path.removeprefix(where).strip("/"))


def _below(value: Any, rest: str) -> Any:
    for key in filter(None, rest.split("/")):
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return UNKNOWN
    return value


def _parsed(text: str) -> Any:
    """The JSON it is, with numbers as they are written: 15.10 is another version than 15.1."""
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return text


def _text(value: Any) -> str:
    """`1`, `"1"` and 1 are one value to CloudFormation, and so are true and `"true"`."""
    if value is UNKNOWN:
        return "a value known only after the update"
    texts = _texts(value)
    return texts if isinstance(texts, str) else json.dumps(texts, sort_keys=True)


def _texts(value: Any) -> Any:
    """The value with every scalar as a text."""
    if isinstance(value, dict):
        return {key: _texts(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_texts(child) for child in value]
    return value if isinstance(value, str) else json.dumps(value)


def _is_number(value: Any) -> bool:
    try:
        return isinstance(value, str) and math.isfinite(float(value))
    except ValueError:
        return False
