"""CreateStack, UpdateStack, DeleteStack: beginning an operation that goes forward."""

from typing import Any

from sandbox.engine import capabilities, operations, plan
from sandbox.engine.admission import (
    NO_STACK,
    Request,
    carry_on,
    known_token,
    obsolete,
    policy_of,
    refuse_busy,
    refuse_name,
    use_token,
)
from sandbox.engine.definition import define
from sandbox.engine.deployment import Deployment
from sandbox.engine.errors import CloudFormationError, ValidationError
from sandbox.engine.state import Definition, Operation, Stack, now
from sandbox.engine.world import Region


def create_stack(region: Region, request: Request) -> Stack:
    """CreateStack."""
    with region.world.lock:
        if repeated := known_token(region, "CreateStack", request):
            return repeated
        name = str(request["StackName"])
        refuse_name(name)
        old = region.find(name)
        if old and old.state.status != "REVIEW_IN_PROGRESS":
            raise CloudFormationError("AlreadyExistsException", f"Stack [{name}] already exists")
        if "OnFailure" in request and "DisableRollback" in request:
            raise ValidationError("You can specify either DisableRollback or OnFailure, but not both.")
        stack = old or Stack(region.account, region.name, name, status="CREATE_IN_PROGRESS")
        definition = define(region, stack, request)
        capabilities.check_expansion(definition)
        stack.change(
            termination_protection=bool(request.get("EnableTerminationProtection")),
            policy=policy_of(region, request, "StackPolicy"),
            timeout_minutes=request.get("TimeoutInMinutes"),
        )
        region.add(stack)
        obsolete(region, stack)
        start_create(region, stack, definition, request)
    carry_on(region, stack, lambda: finish_create(region, stack, request.get("OnFailure", "ROLLBACK")))
    return stack


def start_create(region: Region, stack: Stack, definition: Definition, request: Request, **fields: Any) -> None:
    """The stack is CREATE_IN_PROGRESS from now on."""
    disabled = bool(request.get("DisableRollback"))
    region.deployments[stack.id] = Deployment(
        region,
        stack,
        definition,
        stack.state,
        "create",
        disable_rollback=disabled,
        retain_except_on_create=bool(request.get("RetainExceptOnCreate")),
    )
    stack.begin(Operation("CREATE_STACK", use_token(region, "CreateStack", stack, request)))
    stack.told("CREATE_IN_PROGRESS", "User Initiated", definition=definition, disable_rollback=disabled, **fields)


def finish_create(region: Region, stack: Stack, on_failure: str) -> None:
    """Carry a creation to its end; what can still be taken back is kept."""
    if operations.create(region.deployments[stack.id], on_failure) or stack.state.status != "CREATE_FAILED":
        del region.deployments[stack.id]


def update_stack(region: Region, request: Request) -> Stack:
    """UpdateStack."""
    with region.world.lock:
        if repeated := known_token(region, "UpdateStack", request):
            return repeated
        stack = region.stack(request["StackName"], NO_STACK)
        refuse_busy(stack)
        definition = define(region, stack, request, stack.state.definition)
        capabilities.check_expansion(definition)
        during = policy_of(region, request, "StackPolicyDuringUpdate")
        new = policy_of(region, request, "StackPolicy")
        if stack.id not in region.deployments and not plan.has_changes(region, stack, definition):
            raise ValidationError("No updates are to be performed.")
        fields = {} if new is None else {"policy": new}
        start_update(region, stack, definition, request, during or new, change_set_id=None, **fields)
        obsolete(region, stack)
    carry_on(region, stack, lambda: finish_update(region, stack))
    return stack


def start_update(
    region: Region, stack: Stack, definition: Definition, request: Request, during: str | None = None, **fields: Any
) -> None:
    """The stack is UPDATE_IN_PROGRESS from now on; an update of a failed one goes on from where that stopped."""
    pending = region.deployments.get(stack.id)
    deployment = Deployment(
        region,
        stack,
        definition,
        pending.stable if pending else stack.state,
        "update",
        policy=during or stack.state.policy,
        disable_rollback=bool(request.get("DisableRollback")),
        retain_except_on_create=bool(request.get("RetainExceptOnCreate")),
    )
    deployment.steps = pending.steps if pending else []
    region.deployments[stack.id] = deployment
    stack.begin(Operation("UPDATE_STACK", use_token(region, "UpdateStack", stack, request)))
    stack.told("UPDATE_IN_PROGRESS", "User Initiated", definition=definition, updated_at=now(), **fields)


def finish_update(region: Region, stack: Stack) -> bool:
    """Carry an update to its end; what can still be taken back is kept."""
    succeeded = operations.update(region.deployments[stack.id])
    if stack.state.status not in ("UPDATE_FAILED", "UPDATE_ROLLBACK_FAILED"):
        del region.deployments[stack.id]
    return succeeded


def delete_stack(region: Region, request: Request) -> None:
    """DeleteStack. A stack that does not exist is no error."""
    with region.world.lock:
        stack = region.find(str(request["StackName"]))
        if stack is None or stack.state.status in ("DELETE_COMPLETE", "DELETE_IN_PROGRESS"):
            return
        status = stack.state.status
        if (stack.root or stack).state.termination_protection:
            raise ValidationError(f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
        if status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
            raise ValidationError(f"Stack [{stack.id}] cannot be deleted while in status {status}")
        retain = request.get("RetainResources", ())
        if retain and status != "DELETE_FAILED":
            raise ValidationError(
                f"Invalid operation on stack [{stack.id}]. When specifying RetainResources, the stack must be in the "
                "DELETE_FAILED state"
            )
        token = use_token(region, "DeleteStack", stack, request)
        refusal = operations.refuse_delete(region, stack)
        stack.begin(Operation("DELETE_STACK", token))
        mode = request.get("DeletionMode")
        stack.told("DELETE_IN_PROGRESS", "User Initiated", deletion_mode=mode, updated_at=now())
        if refusal:  # the status before, told with the reason: https://github.com/rlister/stax/issues/40
            stack.told(status, refusal)
            return
        for change_set in [found for found in region.change_sets.values() if found.stack is stack]:
            change_set.stack_is_deleted = True
    force = mode == "FORCE_DELETE_STACK"
    carry_on(region, stack, lambda: _delete(region, stack, retain, force=force))


def _delete(region: Region, stack: Stack, retain: tuple[str, ...], *, force: bool) -> None:
    operations.delete(region, stack, retain, force=force)
    region.deployments.pop(stack.id, None)
