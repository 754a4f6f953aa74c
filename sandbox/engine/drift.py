"""Drift detection: what the services have, against what the stack last set.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
A type without drift support keeps NOT_CHECKED and has no row. A detection that fails keeps what it found so far.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import uuid4

from sandbox.engine import comparison
from sandbox.engine.admission import NO_STACK
from sandbox.engine.errors import ValidationError
from sandbox.engine.handlers import Failed, Handlers
from sandbox.engine.state import STACK, Resource, ResourceDrift, Stack, now
from sandbox.engine.world import Region
from sandbox.providers.base import Gone, HandlerError

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
    try:
        live = handlers.read(row)
    except Gone:
        return ResourceDrift("DELETED", now(), json.dumps(comparison.masked(row, comparison.comparable(row))))
    expected, actual = comparison.sides(row, live)
    found = tuple(comparison.property_differences(row, expected, actual))
    status = "MODIFIED" if found else "IN_SYNC"
    shown, live_shown = (json.dumps(comparison.masked(row, side)) for side in (expected, actual))
    return ResourceDrift(status, now(), shown, live_shown, found)


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
