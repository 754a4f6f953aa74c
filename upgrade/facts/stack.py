"""A stack as CloudFormation describes it.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

AT_REST = frozenset(
    {
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "IMPORT_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "IMPORT_ROLLBACK_COMPLETE",
    }
)
"""Statuses from which a stack can be updated.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html"""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks: sts:GetCallerIdentity, and the region of the session."""

    account: str
    arn: str
    region: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """How long the executing credentials last, as far as that can be seen."""

    temporary: bool
    """Whether they carry a session token."""
    renewable: bool
    """Whether another session follows by itself. One that CloudFormation works with already is not exchanged by that."""
    expires: datetime | None
    """When the session ends that calls are signed with now; None where nothing says so."""


@dataclass(frozen=True, slots=True)
class OperationEntry:
    """One of the operations that a stack names as its last ones.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_OperationEntry.html
    """

    type: str
    """UPDATE_STACK, ROLLBACK, CONTINUE_ROLLBACK, CREATE_STACK, CREATE_CHANGESET …"""
    id: str


@dataclass(frozen=True, slots=True)
class Stack:
    """DescribeStacks, without anything secret: NoEcho parameters hold CloudFormation's own `****`."""

    arn: str
    name: str
    status: str
    status_reason: str
    created: datetime
    updated: datetime | None
    """LastUpdatedTime; None for a stack never updated."""
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    outputs: Mapping[str, str]
    capabilities: tuple[str, ...]
    role_arn: str | None
    parent_arn: str | None
    root_arn: str | None
    notification_arns: tuple[str, ...] = ()
    termination_protection: bool = False
    rollback_triggers: tuple[tuple[str, str], ...] = ()
    """ARN and type of each alarm that rolls an update back."""
    monitoring_minutes: int = 0
    """How long they are watched after an update."""
    exports: Mapping[str, str] = field(default_factory=dict)
    """The names under which outputs are exported, by output."""
    resolved: Mapping[str, str] = field(default_factory=dict)
    """By parameter of an SSM type, what stood in SSM at the last update."""
    change_set_id: str = ""
    """ARN of the change set that was executed last; empty where AWS names none."""
    operations: tuple[OperationEntry, ...] = ()
    """LastOperations, as CloudFormation orders them; how far back they go is not documented."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One row of ListStackResources."""

    logical_id: str
    physical_id: str
    type: str
    status: str
    status_reason: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A template's text, parsed: short tags in long form, no YAML alias, no duplicate key."""

    source: str
    """Where it came from: the address, or `stack <name>`, or `change set <name>`."""
    sha256: str
    """Of the bytes as they came."""
    size: int
    """Bytes."""
    body: Mapping[str, object]
    text: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class HookRun:
    """What a hook made of a change, told by an event of the resource."""

    id: str
    """Under which GetHookResult tells more; empty where AWS gives none."""
    type: str
    mode: str
    """FAIL: it can stop the update; WARN: it can't."""
    status: str
    """HOOK_IN_PROGRESS, HOOK_COMPLETE_SUCCEEDED, HOOK_COMPLETE_FAILED, HOOK_FAILED."""
    reason: str
    """Untrusted text."""


@dataclass(frozen=True, slots=True)
class Event:
    """One stack event. Reasons are untrusted text."""

    event_id: str
    stack_arn: str
    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str
    at: datetime
    token: str
    """ClientRequestToken of the operation it belongs to; empty where AWS gives none."""
    hook: HookRun | None = None
    """None: it tells of no hook."""
    operation_id: str = ""
    """Of the operation it belongs to, as in LastOperations; empty where AWS gives none."""
