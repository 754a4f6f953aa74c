"""Change sets: made from the stack as it is, executed at most once, worthless as soon as the stack moves on.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

from sandbox.engine import nested, plan, requests
from sandbox.engine.changes import Change
from sandbox.engine.definition import define
from sandbox.engine.errors import CloudFormationError, ValidationError
from sandbox.engine.lookup import evaluator
from sandbox.engine.state import STACK, Definition, Stack, now
from sandbox.engine.world import Region
from sandbox.template.errors import TemplateError
from sandbox.template.evaluate import UNKNOWN

NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set."
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
    """Once it is made; before that, and when that failed, it is UNAVAILABLE."""
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
    def is_executed(self) -> bool:
        """Whether somebody executed it, be it with success or not."""
        return self.execution_status.startswith("EXECUTE")

    @property
    def root(self) -> "ChangeSet":
        return self.parent.root if self.parent else self

    @property
    def execution(self) -> str:
        """ExecutionStatus."""
        return self.execution_status if self.status == "CREATE_COMPLETE" else "UNAVAILABLE"


def find(region: Region, name: str, stack_name: str | None) -> ChangeSet:
    """By ARN, or by name and stack. Raises ChangeSetNotFound, ValidationError."""
    if name.startswith("arn:"):
        found = region.change_sets.get(name)
    else:
        if not stack_name:
            raise ValidationError("StackName must be specified if ChangeSetName is not specified as an ARN.")
        stack = region.stack(stack_name, requests.NO_STACK)
        named = [one for one in region.change_sets.values() if one.stack is stack and one.name == name]
        found = next((one for one in named if not one.is_executed), named[-1] if named else None)
    if found is None:
        raise CloudFormationError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist")
    return found


def of_stack(region: Region, stack: Stack) -> list[ChangeSet]:
    """Those that are not executed, in the order they were made."""
    return [one for one in region.change_sets.values() if one.stack is stack and not one.is_executed]


def create(region: Region, request: Request) -> ChangeSet:
    """CreateChangeSet."""
    _refuse_unbuilt(request)
    with region.world.lock:
        stack = _stack(region, request)
        kind: Literal["CREATE", "UPDATE"] = "CREATE" if stack.state.status == "REVIEW_IN_PROGRESS" else "UPDATE"
        for other in of_stack(region, stack):
            if other.name == request["ChangeSetName"]:
                return _same(other, request)
        definition = define(region, stack, request, stack.state.definition)
        if stack.id not in region.stacks:
            region.add(stack).told("REVIEW_IN_PROGRESS", "User Initiated")
        made = _make(region, stack, kind, definition, request)
        _fill(region, made)
        return made


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
        if found.execution == "EXECUTE_IN_PROGRESS":
            raise _wrong_status(
                f"ChangeSet [{found.id}] cannot be deleted in its current execution status of [{found.execution}]"
            )
        if found.status in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
            raise _wrong_status(f"ChangeSet [{found.id}] cannot be deleted in its current status of [{found.status}]")
        forget(region, found)


def execute(region: Region, request: Request) -> None:
    """ExecuteChangeSet."""
    with region.world.lock:
        found = find(region, request["ChangeSetName"], request.get("StackName"))
        stack = found.stack
        action = "CreateStack" if found.type == "CREATE" else "UpdateStack"
        same = {"StackName": stack.id, "ClientRequestToken": request.get("ClientRequestToken")}
        if requests.known_token(region, action, same) and found.is_executed:
            return
        _refuse_execution(found)
        if found.type == "UPDATE":
            requests.refuse_busy(stack)
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
    requests.carry_on(region, stack, lambda: _execute(region, found, on_failure))


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
    if found.execution != "AVAILABLE" or found.stack_is_deleted:
        raise _wrong_status(
            f"ChangeSet [{found.id}] cannot be executed in its current execution status of [{found.execution}]"
        )


def _wrong_status(message: str) -> CloudFormationError:
    return CloudFormationError("InvalidChangeSetStatus", message)


def _refuse_unbuilt(request: Request) -> None:
    """What the sandbox has not is refused, never ignored."""
    unbuilt = [name for name in ("ResourcesToImport", "ImportExistingResources", "DeploymentMode") if request.get(name)]
    if request.get("ChangeSetType") == "IMPORT":
        unbuilt.append("ChangeSetType=IMPORT")
    if unbuilt:
        raise ValidationError(f"The sandbox does not know CreateChangeSet with {', '.join(unbuilt)}.")


def _stack(region: Region, request: Request) -> Stack:
    name = str(request["StackName"])
    if request.get("ChangeSetType") == "CREATE":
        found = region.find(name)
        if found and found.state.status != "REVIEW_IN_PROGRESS":
            raise ValidationError(
                f"Stack [{name}] already exists and cannot be created again with the changeSet [{request['ChangeSetName']}]."
            )
        requests.refuse_name(name)
        return found or Stack(region.account, region.name, name, status="REVIEW_IN_PROGRESS")
    found = region.stack(name, requests.NO_STACK)
    requests.refuse_busy(found)
    return found


def _same(other: ChangeSet, request: Request) -> ChangeSet:
    token = request.get("ClientToken")
    if token and token == other.request.get("ClientToken"):
        return other
    raise CloudFormationError("AlreadyExistsException", f"ChangeSet {other.name} already exists")


def _make(
    region: Region, stack: Stack, kind: Literal["CREATE", "UPDATE"], definition: Definition, request: Request
) -> ChangeSet:
    name = str(request["ChangeSetName"])
    made = ChangeSet(
        name=name,
        id=f"arn:aws:cloudformation:{region.name}:{region.account}:changeSet/{name}/{uuid4()}",
        stack=stack,
        type=kind,
        definition=definition,
        request=request,
        ready_at=now() + timedelta(seconds=region.knobs.change_set_delay),
    )
    region.change_sets[made.id] = made
    return made


def _fill(region: Region, made: ChangeSet) -> None:
    """Work out the changes."""
    try:
        changes = plan.changes(region, made.stack, made.definition)
        if made.request.get("IncludeNestedStacks"):
            changes = tuple(kept for change in changes if (kept := _with_nested(region, made, change)))
        made.changes = changes
        if not changes and not _changes_more(region, made):
            made.failure = NO_CHANGES
    except CloudFormationError as error:
        made.failure = error.message


def _changes_more(region: Region, made: ChangeSet) -> bool:
    """Whether it changes anything that is no resource."""
    old = made.stack.state.definition
    return (
        old is None
        or old.tags != made.definition.tags
        or old.notification_arns != made.definition.notification_arns
        or plan.outputs_change(region, made.stack, made.definition)
    )


# --- nested stacks ----------------------------------------------------------------------------------------------------


def _with_nested(region: Region, parent: ChangeSet, change: Change) -> Change | None:
    """The change, with the change set of the nested stack it is about; None if nothing changes in there."""
    if change.type != STACK or change.action == "Remove":
        return change
    child = _child(region, parent, change)
    if child.failure == NO_CHANGES and all(detail.source == "Automatic" for detail in change.details):
        forget(region, child)
        return None
    parent.children[change.logical_id] = child
    return change


def _child(region: Region, parent: ChangeSet, change: Change) -> ChangeSet:
    stack = region.find(change.physical_id) if change.physical_id else None
    if stack is None:
        name = f"{parent.stack.name}-{change.logical_id}"
        stack = Stack(region.account, region.name, name, status="REVIEW_IN_PROGRESS", parent=parent.stack)
    evaluated, _ = evaluator(region, parent.stack, parent.definition)
    try:
        properties = evaluated.properties(change.logical_id)
    except TemplateError as error:
        raise ValidationError(error.message) from None
    wanted = nested.request(properties, parent.definition)
    kept = [_known(parameter, stack.state.definition) for parameter in wanted["Parameters"]]
    request = {
        **wanted,
        "Parameters": [parameter for parameter in kept if parameter],
        "ChangeSetName": f"{parent.name}-{change.logical_id}-{uuid4().hex[:8]}",
        "IncludeNestedStacks": True,
    }
    definition = define(region, stack, request, stack.state.definition)
    made = _make(region, stack, "UPDATE" if change.physical_id else "CREATE", definition, request)
    made.parent = parent
    _fill(region, made)
    return made


def _known(parameter: dict[str, Any], previous: Definition | None) -> dict[str, Any] | None:
    """A parameter whose value is known only afterwards keeps its value; a new stack takes its default, or the mark."""
    if parameter["ParameterValue"] != UNKNOWN or previous is None:
        return parameter
    if parameter["ParameterKey"] in previous.parameters.values:
        return {"ParameterKey": parameter["ParameterKey"], "UsePreviousValue": True}
    return None
