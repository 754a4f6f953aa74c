"""What an update did, resource by resource, and whether that was the plan."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a planned change means for the resource; the gravest first."""

    REPLACED = "replaced"
    MAY_BE_REPLACED = "may be replaced"
    REMOVED = "removed"
    ADDED = "added"
    IMPORTED = "imported"
    MODIFIED = "modified"
    DYNAMIC = "dynamic only"
    """It only reads attributes of resources that change: CloudFormation decides while updating."""
    OTHER = "other"
    """An action this version does not know: never harmless."""


class Happened(StrEnum):
    """What the update itself did to a resource, before any rollback."""

    CREATED = "created"
    UPDATED = "updated"
    REPLACED = "replaced"
    DELETED = "deleted"
    RETAINED = "retained"
    """Taken out of the stack, still there."""
    IMPORTED = "imported"
    FAILED = "failed"
    CANCELLED = "cancelled"
    """Given up because another resource failed."""
    UNFINISHED = "unfinished"
    """No end was seen."""
    UNTOUCHED = "untouched"


class Rollback(StrEnum):
    """What the rollback did to a resource."""

    NONE = "none"
    RESTORED = "restored"
    FAILED = "failed"
    UNFINISHED = "unfinished"


class Agreement(StrEnum):
    """Whether what happened is what was planned."""

    AS_PLANNED = "as planned"
    NOT_AS_PLANNED = "not as planned"
    NOT_PLANNED = "not planned"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True, slots=True)
class Step:
    """One status a resource went through."""

    status: str
    physical_id: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ActualChange:
    """What happened to one resource, from the events of one operation."""

    stack_arn: str
    logical_id: str
    type: str
    physical_ids: tuple[str, ...]
    """Every one seen, the oldest first."""
    happened: Happened
    rollback: Rollback
    started: datetime
    finished: datetime
    seconds: float
    """From the first to the last event, clean-up left out."""
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """Plan against reality for one resource of the stack itself."""

    logical_id: str
    type: str
    planned: Kind | None
    """None if no change was planned."""
    actual: Happened
    rollback: Rollback
    agreement: Agreement
    note: str
