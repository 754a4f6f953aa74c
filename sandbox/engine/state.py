"""What a stack is: immutable states, one after the other, so that a reader can be shown the one of a moment ago.

Every change makes a new State; the stack keeps them with their times. DescribeStacks, the resource lists and the events
show the world as it was `lag` seconds ago, as CloudFormation's eventually consistent reads do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

from sandbox.engine.parameters import Parameters

STACK = "AWS::CloudFormation::Stack"
LONG_AGO = datetime.min.replace(tzinfo=UTC)
GONE = frozenset({"DELETE_COMPLETE", "DELETE_SKIPPED"})

OperationType = Literal[
    "CREATE_STACK", "UPDATE_STACK", "DELETE_STACK", "ROLLBACK", "CONTINUE_ROLLBACK", "CREATE_CHANGESET"
]


def now() -> datetime:
    """The moment, zone-aware."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class ResourceDrift:
    """What drift detection last found on a resource: a StackResourceDrift."""

    status: str
    checked_at: datetime
    expected: str | None = None
    """JSON text of the declared properties that can be compared."""
    actual: str | None = None
    differences: tuple[Mapping[str, str], ...] = ()
    """PropertyDifferences as the API shows them."""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a stack."""

    logical_id: str
    type: str
    physical_id: str
    properties: Mapping[str, Any]
    """As last set, resolved; dynamic references kept as text."""
    attributes: Mapping[str, Any]
    """What Fn::GetAtt gives."""
    declared: Mapping[str, Any]
    """DeletionPolicy, UpdateReplacePolicy, UpdatePolicy, CreationPolicy, Metadata: what the template gives of them."""
    tags: Mapping[str, str]
    """Stack-level tags it was last set with."""
    needs: frozenset[str]
    """Logical ids of the resources it depends on."""
    shown: str = "{}"
    """The properties as events show them: JSON text, NoEcho values masked."""
    status: str = ""
    reason: str | None = None
    updated_at: datetime = LONG_AGO
    drift: ResourceDrift | None = None

    @property
    def exists(self) -> bool:
        """Whether it stands for something in a service."""
        return bool(self.physical_id) and self.status not in GONE


@dataclass(frozen=True, slots=True)
class Definition:
    """What a stack is asked to be."""

    text: str
    """The template as it was submitted."""
    body: Mapping[str, Any]
    """The processed template: what everything is made of."""
    parameters: Parameters
    tags: Mapping[str, str]
    capabilities: tuple[str, ...] = ()
    role_arn: str | None = None
    notification_arns: tuple[str, ...] = ()
    rollback_configuration: Mapping[str, Any] = field(default_factory=dict)
    transforms: tuple[str, ...] = ()
    """Those that were run for it."""
    processed: str | None = None
    """The processed template as text; None where the transforms failed, and `body` is the submitted one."""


@dataclass(frozen=True, slots=True)
class Output:
    """An output of a stack."""

    key: str
    value: str
    description: str | None = None
    export: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation on a stack: what groups its events."""

    type: OperationType
    token: str | None = None
    """ClientRequestToken of the call that began it."""
    id: str = field(default_factory=lambda: str(uuid4()))


@dataclass(frozen=True, slots=True)
class Event:
    """A stack event."""

    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str | None
    properties: str | None
    operation: Operation
    hook: Mapping[str, Any] | None = None
    """A hook that failed, as the knob has it."""
    validation: Mapping[str, str] | None = None
    """A validation that found something, as the knob has it."""
    at: datetime = field(default_factory=now)
    id: str = field(default_factory=lambda: str(uuid4()))

    @property
    def is_hidden(self) -> bool:
        """Whether DescribeStackEvents does not tell it; DescribeEvents does."""
        return self.validation is not None or bool(self.hook and self.hook.get("hidden"))


@dataclass(frozen=True, slots=True)
class State:
    """A stack at one moment."""

    status: str
    reason: str | None = None
    definition: Definition | None = None
    resources: Mapping[str, Resource] = field(default_factory=dict)
    outputs: tuple[Output, ...] = ()
    imports: frozenset[str] = frozenset()
    """Names of the exports it uses."""
    updated_at: datetime | None = None
    deleted_at: datetime | None = None
    change_set_id: str | None = None
    """Of the change set executed last."""
    drift_status: str = "NOT_CHECKED"
    drift_checked_at: datetime | None = None
    termination_protection: bool = False
    policy: str | None = None
    """Body of the stack policy."""
    disable_rollback: bool = False
    timeout_minutes: int | None = None
    deletion_mode: str | None = None
    operations: tuple[Operation, ...] = ()
    """The newest first."""

    @property
    def existing(self) -> dict[str, Resource]:
        """The resources that stand for something in a service."""
        return {name: resource for name, resource in self.resources.items() if resource.exists}


class Stack:
    """A stack: its identity, its states and its events."""

    def __init__(
        self, account: str, region: str, name: str, *, status: str, parent: "Stack | None" = None, suffix: str = ""
    ) -> None:
        self.account = account
        self.region = region
        self.name = name
        self.id = f"arn:aws:cloudformation:{region}:{account}:stack/{name}/{suffix or uuid4()}"
        self.created_at = now()
        self.parent = parent
        self.root: Stack | None = (parent.root or parent) if parent else None
        self.operation = Operation("CREATE_STACK")
        self._states: list[tuple[datetime, State]] = [(self.created_at, State(status))]
        self._events: list[Event] = []

    @property
    def state(self) -> State:
        """As it really is."""
        return self._states[-1][1]

    def change(self, **fields: Any) -> None:
        """Take on a new state."""
        self._states.append((now(), replace(self.state, **fields)))

    def seen(self, lag: float) -> State:
        """As a reader sees it: as it was `lag` seconds ago."""
        horizon = now() - timedelta(seconds=lag)
        states = list(self._states)
        return next((state for at, state in reversed(states) if at <= horizon), states[0][1])

    def forget(self, older_than: float) -> None:
        """Drop the states nobody can see any more."""
        horizon = now() - timedelta(seconds=older_than)
        last = max((index for index, (at, _) in enumerate(self._states) if at <= horizon), default=0)
        self._states = self._states[last:]

    def events(self, lag: float = 0.0, scatter: float = 0.0) -> list[Event]:
        """The events a reader sees, newest first; every third one `scatter` seconds later than the others."""
        horizon, later = now() - timedelta(seconds=lag), timedelta(seconds=scatter)
        told = reversed(list(enumerate(self._events)))
        return [event for number, event in told if event.at <= horizon - later * (number % 3 == 2)]  # noqa: PLR2004

    def begin(self, operation: Operation) -> None:
        """Events from now on belong to this operation."""
        self.operation = operation
        self.note(operation)

    def note(self, operation: Operation) -> None:
        """It is now the last of LastOperations; events do not belong to it."""
        self.change(operations=(operation, *self.state.operations)[:10])

    def told(self, status: str, reason: str | None = None, **fields: Any) -> None:
        """Take on a status, and tell it as an event of the stack."""
        self.change(status=status, reason=reason, **fields)
        self._events.append(Event(self.name, self.id, STACK, status, reason, None, self.operation))

    def put(self, resource: Resource, status: str, reason: str | None = None) -> Resource:
        """Take on a resource with a new status, and tell it as an event."""
        kept = replace(resource, status=status, reason=reason, updated_at=now())
        self.keep(kept)
        self.tell(kept, status, reason)
        return kept

    def keep(self, resource: Resource) -> None:
        """Take on a resource silently."""
        self.change(resources={**self.state.resources, resource.logical_id: resource})

    def drop(self, logical_id: str) -> None:
        """The stack no longer has this resource."""
        self.change(resources={name: row for name, row in self.state.resources.items() if name != logical_id})

    def validated(self, found: Mapping[str, str], type_: str) -> None:
        """An event of a validation that found something in a resource."""
        name = found.get("resource", "")
        self._events.append(Event(name, "", type_, "", None, None, self.operation, validation=found))

    def tell(
        self, row: Resource, status: str, reason: str | None = None, hook: Mapping[str, Any] | None = None
    ) -> None:
        """An event of a resource that changes nothing in the stack, such as the deletion of a replaced one."""
        told = Event(row.logical_id, row.physical_id, row.type, status, reason, row.shown, self.operation, hook)
        self._events.append(told)
