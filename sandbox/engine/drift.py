"""Drift detection: what the services have, against what the stack last set.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
Only properties the template declares are compared, never write-only ones. A type without drift support keeps
NOT_CHECKED and has no row. A detection that fails keeps what it found so far.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from sandbox.engine.details import MISSING, at, differences, shown
from sandbox.engine.errors import ValidationError
from sandbox.engine.handlers import Failed, Handlers
from sandbox.engine.requests import NO_STACK
from sandbox.engine.schema import schema
from sandbox.engine.state import STACK, Resource, ResourceDrift, Stack, now
from sandbox.engine.world import Region
from sandbox.providers.base import Gone, HandlerError
from sandbox.template.functions import text

DETECTABLE = frozenset(
    {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED", "UPDATE_FAILED"}
)
DRIFTED = ("MODIFIED", "DELETED")


@dataclass
class Detection:
    """One detection on a whole stack."""

    stack: Stack
    id: str = field(default_factory=lambda: str(uuid4()))
    status: str = "DETECTION_IN_PROGRESS"
    reason: str | None = None
    stack_status: str | None = None
    drifted: int | None = None
    at: datetime = field(default_factory=now)


def detect(region: Region, stack_name: str, logical_ids: Iterable[str] = ()) -> Detection:
    """DetectStackDrift."""
    with region.world.lock:
        stack = _stack(region, stack_name)
        if any(one.stack is stack and one.status == "DETECTION_IN_PROGRESS" for one in region.detections.values()):
            raise ValidationError(f"Drift detection is already in progress for stack [{stack.id}]")
        names = tuple(logical_ids)
        unknown = [name for name in names if name not in stack.state.existing]
        if unknown:
            raise ValidationError(f"Resources [{', '.join(unknown)}] do not exist in stack [{stack.id}]")
        detection = Detection(stack)
        region.detections[detection.id] = detection
    if region.knobs.drift_delay > 0:
        region.world.start(lambda: _run(region, detection, names))
    else:
        _run(region, detection, names)
    return detection


def detect_resource(region: Region, stack_name: str, logical_id: str) -> tuple[Stack, Resource]:
    """DetectStackResourceDrift."""
    stack = _stack(region, stack_name)
    row = stack.state.existing.get(logical_id)
    if row is None:
        raise ValidationError(f"Resource {logical_id} does not exist for stack {stack.name}")
    if not supports(region, row):
        raise ValidationError(f"Drift detection is not supported for resource type {row.type}")
    try:
        found = inspect(region, stack, row)
    except Failed as failure:
        raise ValidationError(f"Failed to detect drift on resource [{logical_id}]: {failure.reason}") from None
    return stack, _keep(stack, row, found)


def supports(region: Region, row: Resource) -> bool:
    """Whether CloudFormation detects drift on this type."""
    try:
        return row.type != STACK and region.world.provider(row.type).drift
    except HandlerError:
        return False


def inspect(region: Region, stack: Stack, row: Resource) -> ResourceDrift:
    """Compare one resource. Raises Failed."""
    handlers = Handlers(region, stack)
    handlers.check(row, "drift")
    expected = comparable(row)
    try:
        live = handlers.read(row)
    except Gone:
        return ResourceDrift("DELETED", now(), json.dumps(expected))
    expected = {name: value for name, value in expected.items() if name in live}
    actual = {name: _without_ours(name, live[name], row) for name in expected if live[name] is not None}
    found = tuple(property_differences(expected, actual))
    status = "MODIFIED" if found else "IN_SYNC"
    return ResourceDrift(status, now(), json.dumps(expected), json.dumps(actual), found)


def comparable(row: Resource) -> dict[str, Any]:
    """The declared properties that can be compared: no write-only ones, no values kept elsewhere."""
    known = schema(row.type)
    hidden = known.write_only if known else frozenset()
    found: dict[str, Any] = _visible(dict(row.properties), hidden, "")
    return found


def property_differences(expected: Mapping[str, Any], actual: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """PropertyDifferences: ADD, REMOVE and NOT_EQUAL. The order of a list is no difference."""
    actual = _sorted_as(actual, expected)
    for path in differences(dict(expected), actual):
        before, after = at(expected, path), at(actual, path)
        kind = "ADD" if before is MISSING else "REMOVE" if after is MISSING else "NOT_EQUAL"
        yield {
            "PropertyPath": "/" + "/".join(map(str, path)),
            "ExpectedValue": "null" if before is MISSING else shown(before),
            "ActualValue": "null" if after is MISSING else shown(after),
            "DifferenceType": kind,
        }


def _sorted_as(value: Any, pattern: Any) -> Any:
    """The value with its lists in the pattern's order: equal items first where the pattern has them, others last."""
    if isinstance(value, Mapping):
        known = pattern if isinstance(pattern, Mapping) else {}
        return {key: _sorted_as(child, known.get(key)) for key, child in value.items()}
    if not isinstance(value, list) or not isinstance(pattern, list):
        return value
    remaining = list(value)
    placed: list[Any] = []
    for item in pattern:
        match = next((other for other in remaining if not any(differences(item, other))), MISSING)
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
    """A dynamic reference is compared with nothing: its value is a secret, or moves by itself."""
    return isinstance(value, str) and "{{resolve:" in value


def _without_ours(name: str, value: Any, row: Resource) -> Any:
    """Tags without those that CloudFormation and the stack put there."""
    known = schema(row.type)
    if known is None or name != known.tag_property:
        return value
    declared = row.properties.get(name)
    ours = {key for key in row.tags if key not in _tag_keys(declared)}
    if isinstance(value, dict):
        return {key: child for key, child in value.items() if key not in ours and not key.startswith("aws:")}
    return [tag for tag in value if tag.get("Key") not in ours and not str(tag.get("Key", "")).startswith("aws:")]


def _tag_keys(declared: Any) -> set[str]:
    if isinstance(declared, dict):
        return set(declared)
    return {text(tag["Key"]) for tag in declared or [] if isinstance(tag, dict) and "Key" in tag}


# --- a detection ------------------------------------------------------------------------------------------------------


def _run(region: Region, detection: Detection, names: tuple[str, ...]) -> None:
    region.knobs.wait(region.knobs.drift_delay)
    stack = detection.stack
    failed = []
    for name, row in stack.state.existing.items():
        if (names and name not in names) or not supports(region, row):
            continue
        try:
            _keep(stack, row, inspect(region, stack, row))
        except Failed as failure:
            failed.append(f"{name}: {failure.reason}")
    rows = [row for row in stack.state.existing.values() if row.drift]
    detection.drifted = sum(1 for row in rows if row.drift and row.drift.status in DRIFTED)
    if detection.drifted:
        detection.stack_status = "DRIFTED"
    else:
        detection.stack_status = "UNKNOWN" if failed else "IN_SYNC"
    stack.change(drift_status=detection.stack_status, drift_checked_at=now())
    if failed:
        detection.reason = "Failed to detect drift on resource(s): " + "; ".join(failed)
    detection.at = now()
    detection.status = "DETECTION_FAILED" if failed else "DETECTION_COMPLETE"


def _keep(stack: Stack, row: Resource, found: ResourceDrift) -> Resource:
    """Take on what was found, unless the resource has been changed meanwhile."""
    checked = replace(row, drift=found)
    if stack.state.resources.get(row.logical_id) == row:
        stack.keep(checked)
    return checked


def _stack(region: Region, name: str) -> Stack:
    stack = region.stack(name, NO_STACK)
    if stack.state.status not in DETECTABLE:
        raise ValidationError(
            f"Drift detection cannot be performed on stack [{stack.id}] while it is in {stack.state.status} state."
        )
    return stack
