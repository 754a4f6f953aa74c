"""The part of the record that says what was planned and what became of it."""

from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, model_validator

from reports.part import Fact, Part
from reports.state import TemplateFile
from upgrade.facts import changes
from upgrade.facts.operation import Ending


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


class ChangeDetail(Part):
    """Why and where a resource changes: ResourceChangeDetail and its Target."""

    attribute: str
    name: str
    path: str
    requires_recreation: str
    evaluation: str
    source: str
    causing_entity: str
    before: str | None
    """null where AWS gives no value."""
    after: str | None


class PlannedChange(Part):
    """One ResourceChange of the change set."""

    kind: Kind
    """Ours, derived from the rest."""
    action: str
    logical_id: str
    physical_id: str
    type: str
    replacement: str
    scope: tuple[str, ...]
    details: tuple[ChangeDetail, ...]
    policy_action: str
    before_context: str
    after_context: str
    nested_change_set: str

    @model_validator(mode="before")
    @classmethod
    def _of_change(cls, value: Any) -> Any:
        if not isinstance(value, changes.ResourceChange):
            return value
        told = {name: getattr(value, name) for name in cls.model_fields if name != "kind"}
        return {"kind": kind(value), **told}


class Plan(Part):
    """The change set: what CloudFormation was asked to do."""

    arn: str
    name: str
    stack_arn: str
    created: AwareDatetime
    status: str
    status_reason: str
    execution_status: str
    nothing_to_do: bool
    changes: tuple[PlannedChange, ...]
    parameters: dict[str, str]
    tags: dict[str, str]
    capabilities: tuple[str, ...]
    template: Fact[TemplateFile]
    """What the change set holds."""


class Event(Part):
    """One stack event; reasons are untrusted text."""

    event_id: str
    stack_arn: str
    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str
    at: AwareDatetime
    token: str


class Operation(Part):
    """The execution of the change set."""

    ending: Ending
    token: str
    """ClientRequestToken of the execution."""
    change_set_arn: str
    started: AwareDatetime
    finished: AwareDatetime
    detail: str
    cause: Event | None
    """The earliest failure of the update itself; null if nothing failed."""
    events: tuple[Event, ...]


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


class Step(Part):
    """One status a resource went through."""

    status: str
    physical_id: str
    reason: str
    at: AwareDatetime


class ActualChange(Part):
    """What happened to one resource, from the events of our own operation."""

    stack_arn: str
    logical_id: str
    type: str
    physical_ids: tuple[str, ...]
    """Every one seen, the oldest first."""
    happened: Happened
    rollback: Rollback
    started: AwareDatetime
    finished: AwareDatetime
    seconds: float
    """From the first to the last event, clean-up left out."""
    steps: tuple[Step, ...]


class Agreement(StrEnum):
    """Whether what happened is what was planned."""

    AS_PLANNED = "as planned"
    NOT_AS_PLANNED = "not as planned"
    NOT_PLANNED = "not planned"
    NOT_JUDGED = "not judged"


class Compared(Part):
    """Plan against reality for one resource of the stack itself."""

    logical_id: str
    type: str
    planned: Kind | None
    """null if no change was planned."""
    actual: Happened
    rollback: Rollback
    agreement: Agreement
    note: str


_KINDS = {
    ("Add", ""): Kind.ADDED,
    ("Remove", ""): Kind.REMOVED,
    ("Import", ""): Kind.IMPORTED,
    ("Modify", "True"): Kind.REPLACED,
    ("Modify", "Conditional"): Kind.MAY_BE_REPLACED,
}
"""By action and replacement."""


def kind(change: changes.ResourceChange) -> Kind:
    """Classify a planned change by what it means for the resource."""
    if change.action == "Modify" and change.replacement == "False":
        return Kind.DYNAMIC if only_dynamic(change.details) else Kind.MODIFIED
    return _KINDS.get((change.action, change.replacement), _KINDS.get((change.action, ""), Kind.OTHER))


def only_dynamic(details: tuple[changes.ChangeDetail, ...] | tuple[ChangeDetail, ...]) -> bool:
    """Whether all that changes is what CloudFormation can't know before it updates."""
    return bool(details) and all(detail.evaluation == "Dynamic" for detail in details)
