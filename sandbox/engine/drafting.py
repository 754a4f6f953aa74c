"""Making change sets: what an update would do to a stack and, if asked, to the stacks nested in it."""

from datetime import timedelta
from typing import Any, Literal
from uuid import uuid4

from sandbox.engine import nested, plan
from sandbox.engine.admission import NO_STACK, refuse_busy, refuse_name
from sandbox.engine.changes import Change
from sandbox.engine.changeset import ChangeSet, Request, forget, of_stack
from sandbox.engine.definition import TransformError, define
from sandbox.engine.errors import CloudFormationError, ValidationError
from sandbox.engine.lookup import evaluator
from sandbox.engine.state import STACK, Definition, Operation, Stack, now
from sandbox.engine.world import Region
from sandbox.template.errors import TemplateError
from sandbox.template.evaluate import UNKNOWN

NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set."
NO_UPDATES = "No updates are to be performed."
"""The same of a template with transforms: https://github.com/aws/aws-cdk/issues/10650"""


def create(region: Region, request: Request) -> ChangeSet:
    """CreateChangeSet."""
    _refuse_unbuilt(request)
    with region.world.lock:
        stack = _stack(region, request)
        kind: Literal["CREATE", "UPDATE"] = "CREATE" if stack.state.status == "REVIEW_IN_PROGRESS" else "UPDATE"
        for other in of_stack(region, stack):
            if other.name == request["ChangeSetName"]:
                return _same(other, request)
        try:
            definition, refusal = define(region, stack, request, stack.state.definition), None
        except TransformError as failed:
            definition, refusal = failed.definition, failed.message
        if stack.id not in region.stacks:
            region.add(stack).told("REVIEW_IN_PROGRESS", "User Initiated")
        made = _make(region, stack, kind, definition, request)
        made.failure = refusal
        if not refusal:
            _fill(region, made)
        return made


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
        refuse_name(name)
        return found or Stack(region.account, region.name, name, status="REVIEW_IN_PROGRESS")
    found = region.stack(name, NO_STACK)
    refuse_busy(found)
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
    stack.note(Operation("CREATE_CHANGESET", id=made.operation_id))
    return made


def _fill(region: Region, made: ChangeSet) -> None:
    """Work out the changes."""
    try:
        changes = plan.changes(region, made.stack, made.definition)
        if made.request.get("IncludeNestedStacks"):
            changes = tuple(kept for change in changes if (kept := _with_nested(region, made, change)))
        made.changes = changes
        if not changes and not plan.changes_more(region, made.stack, made.definition):
            made.failure = NO_UPDATES if made.definition.transforms else NO_CHANGES
        made.failure = made.failure or _failed_early(region)
    except CloudFormationError as error:
        made.failure = error.message


def _failed_early(region: Region) -> str | None:
    """StatusReason of a change set that fails early validation; None of one that does not."""
    found = [each for each in region.knobs.found("making") if region.knobs.stops(each)]
    names = ", ".join(sorted({each["name"] for each in found}))
    told = "To troubleshoot Early Validation errors, use the DescribeEvents API for detailed failure information."
    return f"The following hook(s)/validation failed: [{names}]. {told}" if found else None


# --- nested stacks ----------------------------------------------------------------------------------------------------


def _with_nested(region: Region, parent: ChangeSet, change: Change) -> Change | None:
    """The change, with the change set of the nested stack it is about; None if nothing changes in there."""
    if change.type != STACK or change.action == "Remove":
        return change
    child = _child(region, parent, change)
    if child.failure in (NO_CHANGES, NO_UPDATES) and all(detail.source == "Automatic" for detail in change.details):
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
