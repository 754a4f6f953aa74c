"""Whether an operation on a stack may begin, and beginning it.

A request is decided under the world's lock; its work is done without it.
"""

import logging
import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.engine import operations, plan, policy, skipping, source
from sandbox.engine.definition import define
from sandbox.engine.deployment import Deployment
from sandbox.engine.errors import CloudFormationError, ValidationError
from sandbox.engine.state import Definition, Operation, Stack, now
from sandbox.engine.world import Region

UPDATABLE = frozenset(
    {
        "CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE",
        "IMPORT_ROLLBACK_COMPLETE", "CREATE_FAILED", "UPDATE_FAILED",
    }
)  # fmt: skip
NO_STACK = "Stack [{}] does not exist"

_NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]*")
_MAX_NAME = 128
_log = logging.getLogger(__name__)

Request = Mapping[str, Any]


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


def cancel_update_stack(region: Region, request: Request) -> None:
    """CancelUpdateStack."""
    with region.world.lock:
        if known_token(region, "CancelUpdateStack", request):
            return
        stack = region.stack(request["StackName"], NO_STACK)
        if stack.state.status != "UPDATE_IN_PROGRESS":
            raise ValidationError("CancelUpdateStack cannot be called from current stack status")
        use_token(region, "CancelUpdateStack", stack, request)
        region.deployments[stack.id].cancelled = True


def continue_update_rollback(region: Region, request: Request) -> None:
    """ContinueUpdateRollback."""
    with region.world.lock:
        if known_token(region, "ContinueUpdateRollback", request):
            return
        stack = region.stack(request["StackName"], NO_STACK)
        if stack.parent:
            raise ValidationError(f"Stack:{stack.id} is a nested stack; continue the rollback of its root stack")
        if stack.state.status != "UPDATE_ROLLBACK_FAILED":
            raise ValidationError(
                f"Stack:{stack.id} is in {stack.state.status} state and can not continue update rollback."
            )
        deployment = region.deployments[stack.id]
        skip = skipping.check(deployment, request.get("ResourcesToSkip", ()))
        token = use_token(region, "ContinueUpdateRollback", stack, request)
        stack.begin(Operation("CONTINUE_ROLLBACK", token))
        stack.told("UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated")
    carry_on(region, stack, lambda: _roll_back(deployment, skip))


def rollback_stack(region: Region, request: Request) -> Stack:
    """RollbackStack: takes back what failed with rollback disabled."""
    with region.world.lock:
        if repeated := known_token(region, "RollbackStack", request):
            return repeated
        stack = region.stack(request["StackName"], NO_STACK)
        deployment = region.deployments.get(stack.id)
        if stack.state.status not in ("CREATE_FAILED", "UPDATE_FAILED") or deployment is None:
            raise ValidationError(f"Stack:{stack.id} is in {stack.state.status} state and can not be rolled back.")
        deployment.retain_except_on_create |= bool(request.get("RetainExceptOnCreate"))
        stack.begin(Operation("ROLLBACK", use_token(region, "RollbackStack", stack, request)))
        if deployment.stable.definition is None:
            carry = lambda: operations.roll_back_creation(deployment, "User Initiated")  # noqa: E731  # chosen here
        else:
            stack.told("UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated")
            carry = lambda: _roll_back(deployment, ())  # noqa: E731  # chosen here
    carry_on(region, stack, carry)
    return stack


def _roll_back(deployment: Deployment, skip: tuple[str, ...]) -> bool:
    if operations.roll_back(deployment, skip):
        del deployment.region.deployments[deployment.stack.id]
        return True
    return False


# --- shared with change sets ------------------------------------------------------------------------------------------


def refuse_name(name: str) -> None:
    """Refuse what can't be the name of a new stack; the service model has no pattern for it. Raises ValidationError."""
    if not _NAME.fullmatch(name) or len(name) > _MAX_NAME:
        raise ValidationError(
            f"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy constraint: Member must "
            f"satisfy regular expression pattern: {_NAME.pattern}"
        )


def refuse_busy(stack: Stack) -> None:
    """Refuse to update a stack that is not at rest. Raises ValidationError."""
    if stack.state.status not in UPDATABLE:
        raise ValidationError(f"Stack:{stack.id} is in {stack.state.status} state and can not be updated.")


def known_token(region: Region, action: str, request: Request) -> Stack | None:
    """The stack, if this very request was carried out before. Raises TokenAlreadyExistsException."""
    token = request.get("ClientRequestToken")
    if token not in region.tokens:
        return None
    used, stack_id = region.tokens[token]
    stack = region.stacks[stack_id]
    if used == action and request.get("StackName", stack.name) in (stack.name, stack.id):
        return stack
    raise CloudFormationError(
        "TokenAlreadyExistsException", f"A client request token {token} already exists for another operation."
    )


def use_token(region: Region, action: str, stack: Stack, request: Request) -> str | None:
    """Remember the token of a request that is carried out."""
    token = request.get("ClientRequestToken")
    if token:
        region.tokens[token] = (action, stack.id)
    return token


def policy_of(region: Region, request: Request, name: str) -> str | None:
    """A stack policy given as `…Body` or `…URL`. Raises ValidationError."""
    body, address = request.get(f"{name}Body"), request.get(f"{name}URL")
    if body and address:
        raise ValidationError(f"You cannot specify both {name}Body and {name}URL")
    text = source.read(region, address) if address else body
    if text:
        policy.check(text)
    return text or None


def obsolete(region: Region, stack: Stack) -> None:
    """The stack moves on: no change set made before can be executed."""
    for change_set in region.change_sets.values():
        if change_set.stack is stack and change_set.execution_status == "AVAILABLE":
            change_set.execution_status = "OBSOLETE"


def carry_on(region: Region, stack: Stack, work: Callable[[], object]) -> None:
    """Do the work of an operation. A mistake of the sandbox leaves the stack in a failed state, never at work."""

    def guarded() -> None:
        try:
            work()
        except Exception as error:
            _log.exception("operation on %s failed inside the sandbox", stack.name)
            if stack.state.status.endswith("_IN_PROGRESS"):
                verb = stack.state.status.removesuffix("_CLEANUP_IN_PROGRESS").split("_")[0]
                stack.told(f"{verb}_FAILED", f"Internal Failure: {type(error).__name__}: {error}")
            raise
        finally:
            stack.forget(max(region.knobs.lag, 0.0) + 60)

    region.world.run(guarded)
