"""What drift detection compares, and how: declared properties as last set, against what a service has.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
Write-only properties and dynamic references are compared with nothing, the order of a list is no difference, and tags
of CloudFormation's own and of the stack are not the resource's.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.engine.details import MISSING, at, differences, shown
from sandbox.engine.schema import schema
from sandbox.engine.state import Resource
from sandbox.template.functions import MASK, text

Path = tuple[str | int, ...]


def sides(row: Resource, live: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Expected and actual properties: those that are declared and can be read. None stands for a missing one."""
    expected = {name: value for name, value in comparable(row).items() if name in live}
    actual = {name: _own_tags(name, live[name], row) for name in expected if live[name] is not None}
    return expected, _ordered(_visible(actual, _write_only(row), ""), expected)


def comparable(row: Resource) -> dict[str, Any]:
    """The declared properties that can be compared."""
    found: dict[str, Any] = _visible(dict(row.properties), _write_only(row), "")
    return found


def _write_only(row: Resource) -> frozenset[str]:
    known = schema(row.type)
    return known.write_only if known else frozenset()


def property_differences(
    row: Resource, expected: Mapping[str, Any], actual: Mapping[str, Any]
) -> Iterator[dict[str, str]]:
    """PropertyDifferences: ADD, REMOVE and NOT_EQUAL; NoEcho values masked."""
    for path in differences(dict(expected), dict(actual)):
        before, after = at(expected, path), at(actual, path)
        hidden = _is_secret(row, path)
        yield {
            "PropertyPath": "/" + "/".join(map(str, path)),
            "ExpectedValue": _told(before, hidden=hidden),
            "ActualValue": _told(after, hidden=hidden),
            "DifferenceType": "ADD" if before is MISSING else "REMOVE" if after is MISSING else "NOT_EQUAL",
        }


def masked(row: Resource, value: Any, path: Path = ()) -> Any:
    """Properties with NoEcho values masked."""
    if path and _is_secret(row, path):
        return str(MASK)
    if isinstance(value, Mapping):
        return {key: masked(row, child, (*path, key)) for key, child in value.items()}
    if isinstance(value, list):
        return [masked(row, child, (*path, index)) for index, child in enumerate(value)]
    return value


def _told(value: Any, *, hidden: bool) -> str:
    if value is MISSING:
        return "null"
    return str(MASK) if hidden else shown(value)


def _is_secret(row: Resource, path: Path) -> bool:
    """Whether events would mask this value: what they show of it is not what it is."""
    if MASK not in row.shown:
        return False
    return bool(at(json.loads(row.shown), path) == MASK and at(dict(row.properties), path) != MASK)


def _ordered(value: Any, pattern: Any) -> Any:
    """The value with its lists in the pattern's order: items the pattern has where it has them, others in the gaps."""
    if isinstance(value, Mapping):
        known = pattern if isinstance(pattern, Mapping) else {}
        return {key: _ordered(child, known.get(key)) for key, child in value.items()}
    if not isinstance(value, list) or not isinstance(pattern, list):
        return value
    remaining = list(value)
    placed = []
    for item in pattern:
        match = next((other for other in remaining if not list(differences(item, other))), MISSING)
        placed.append(match)
        if match is not MISSING:
            remaining.remove(match)
    filled = [remaining.pop(0) if item is MISSING and remaining else item for item in placed]
    return [item for item in filled if item is not MISSING] + remaining


def _visible(value: Any, hidden: frozenset[str], path: str) -> Any:
    if isinstance(value, dict):
        return {
            key: _visible(child, hidden, f"{path}/{key}")
            for key, child in value.items()
            if f"{path}/{key}" not in hidden and not _is_dynamic(child)
        }
    if isinstance(value, list):
        return [_visible(child, hidden, f"{path}/*") for child in value]
    return value


def _is_dynamic(value: Any) -> bool:
    return isinstance(value, str) and "{{resolve:" in value


def _own_tags(name: str, value: Any, row: Resource) -> Any:
    known = schema(row.type)
    if known is None or name != known.tag_property:
        return value
    foreign = set(row.tags) - _keys(row.properties.get(name))

    def is_own(key: object) -> bool:
        return key not in foreign and not str(key).startswith("aws:")

    if isinstance(value, dict):
        return {key: child for key, child in value.items() if is_own(key)}
    return [tag for tag in value if is_own(tag.get("Key"))]


def _keys(declared: Any) -> set[str]:
    if isinstance(declared, dict):
        return set(declared)
    return {text(tag["Key"]) for tag in declared or [] if isinstance(tag, dict) and "Key" in tag}
