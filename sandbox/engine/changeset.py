"""Change sets: made from the stack as it is, executed at most once, worthless as soon as the stack moves on.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import uuid4

from sandbox.engine import requests
from sandbox.engine.admission import NO_STACK, carry_on, known_token, refuse_busy
from sandbox.engine.changes import Change
from sandbox.engine.errors import CloudFormationError, ValidationError
from sandbox.engine.state import Definition, Stack, now
from sandbox.engine.world import Region

Request = Mapping[str, Any]


@dataclass
class ChangeSet:
    """A change set."""

    name: str
    id: str
    stack: Stack
    type: Literal["CREATE", "UPDATE"]
    definition: Definition
    request: Request
    """As it was made: Description, OnStackFailure, IncludeNestedStacks, ClientToken."""
    ready_at: datetime
    changes: tuple[Change, ...] = ()
    created_at: datetime = field(default_factory=now)
    failure: str | None = None
    """StatusReason, where it could not be made."""
    execution_status: str = "AVAILABLE"
    """Once it is made; before that, and when that failed, what is told is UNAVAILABLE."""
    parent: "ChangeSet | None" = None
    children: dict[str, "ChangeSet"] = field(default_factory=dict)
    """By logical id of the nested stack."""
    stack_is_deleted: bool = False
    operation_id: str = field(default_factory=lambda: str(uuid4()))

    @property
    def status(self) -> str:
        """CREATE_PENDING, then CREATE_IN_PROGRESS, then CREATE_COMPLETE or FAILED."""
        if now() >= self.ready_at:
            return "FAILED" if self.failure else "CREATE_COMPLETE"
        elapsed, total = now() - self.created_at, self.ready_at - self.created_at
        return "CREATE_PENDING" if elapsed < total / 4 else "CREATE_IN_PROGRESS"

    @property
    def processed(self) -> str | None:
        """The processed template; None as long as it is not worked out, and where it could not be."""
        return self.definition.processed if now() >= self.ready_at else None

    @property
    def is_executed(self) -> bool:
        """Whether somebody executed it, be it with success or not."""
        return self.execution_status.startswith("EXECUTE")

    @property
    def root(self) -> "ChangeSet":
        return self.parent.root if self.parent else self


def find(region: Region, name: str, stack_name: str | None, *, executed: bool = False) -> ChangeSet:
    """By ARN, or by name and stack; by name one that was executed only if asked for. Raises ChangeSetNotFound, ValidationError."""
    if name.startswith("arn:"):
        found = region.change_sets.get(name)
    else:
        if not stack_name:
            raise ValidationError("StackName must be specified if ChangeSetName is not specified as an ARN.")
        stack = region.stack(stack_name, NO_STACK)
        named = [one for one in region.change_sets.values() if one.stack is stack and one.name == name]
        found = next((one for one in named if not one.is_executed), named[-1] if named and executed else None)
    if found is None:
        raise CloudFormationError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist")
    return found


def of_stack(region: Region, stack: Stack) -> list[ChangeSet]:
    """Those that are not executed, in the order they were made."""
    return [one for one in region.change_sets.values() if one.stack is stack and not one.is_executed]


def delete(region: Region, request: Request) -> None:
    """DeleteChangeSet. One that does not exist is no error."""
    with region.world.lock:
        try:
            found = find(region, request["ChangeSetName"], request.get("StackName"))
        except CloudFormationError as error:
            if error.code == "ChangeSetNotFound":
                return
            raise
        if found.parent:
            raise _wrong_status(f"ChangeSet [{found.id}] is nested; delete its root change set")
        if found.execution_status == "EXECUTE_IN_PROGRESS":
            raise _wrong_status(
                f"ChangeSet [{found.id}] cannot be deleted in its current execution status of [{found.execution_status}]"
            )
        if found.status in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
            raise _wrong_status(f"ChangeSet [{found.id}] cannot be deleted in its current status of [{found.status}]")
        forget(region, found)


def execute(region: Region, request: Request) -> None:
    """ExecuteChangeSet."""
    with region.world.lock:
        name, stack_name = request["ChangeSetName"], request.get("StackName")
        found = find(region, name, stack_name, executed=True)
        stack = found.stack
        action = "CreateStack" if found.type == "CREATE" else "UpdateStack"
        same = {"StackName": stack.id, "ClientRequestToken": request.get("ClientRequestToken")}
        if known_token(region, action, same) and found.is_executed:
            return
        _refuse_execution(find(region, name, stack_name))
        if found.type == "UPDATE":
            refuse_busy(stack)
        for other in of_stack(region, stack):
            if other is not found:
                forget(region, other)
        _mark(found, "EXECUTE_IN_PROGRESS")
        if found.type == "CREATE":
            on_failure = found.request.get("OnStackFailure", "ROLLBACK")
            requests.start_create(region, stack, found.definition, request, change_set_id=found.id, updated_at=now())
        else:
            disabled = found.request.get("OnStackFailure") == "DO_NOTHING"
            merged = {"DisableRollback": disabled, **request}
            requests.start_update(region, stack, found.definition, merged, change_set_id=found.id)
            on_failure = ""
    carry_on(region, stack, lambda: _execute(region, found, on_failure))


def forget(region: Region, change_set: ChangeSet) -> None:
    """The change set is gone, with those of the nested stacks."""
    for child in change_set.children.values():
        forget(region, child)
    region.change_sets.pop(change_set.id, None)


def _execute(region: Region, found: ChangeSet, on_failure: str) -> None:
    succeeded = False
    try:
        if found.type == "CREATE":
            requests.finish_create(region, found.stack, on_failure)
            succeeded = found.stack.state.status == "CREATE_COMPLETE"
        else:
            succeeded = requests.finish_update(region, found.stack)
    finally:
        _mark(found, "EXECUTE_COMPLETE" if succeeded else "EXECUTE_FAILED")


def _mark(change_set: ChangeSet, status: str) -> None:
    change_set.execution_status = status
    for child in change_set.children.values():
        _mark(child, status)


def _refuse_execution(found: ChangeSet) -> None:
    if found.parent:
        raise _wrong_status(f"ChangeSet [{found.id}] is nested; execute its root change set")
    if found.status != "CREATE_COMPLETE":
        raise _wrong_status(f"ChangeSet [{found.id}] cannot be executed in its current status of [{found.status}]")
    if found.execution_status != "AVAILABLE" or found.stack_is_deleted:
        raise _wrong_status(
            f"ChangeSet [{found.id}] cannot be executed in its current execution status of [{found.execution_status}]"
        )


def _wrong_status(message: str) -> CloudFormationError:
    return CloudFormationError("InvalidChangeSetStatus", message)
