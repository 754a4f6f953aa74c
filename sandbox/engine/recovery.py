"""CancelUpdateStack, ContinueUpdateRollback, RollbackStack: taking an update back on request."""

from sandbox.engine import operations, skipping
from sandbox.engine.admission import NO_STACK, Request, carry_on, known_token, use_token
from sandbox.engine.deployment import Deployment
from sandbox.engine.errors import ValidationError
from sandbox.engine.state import Operation, Stack
from sandbox.engine.world import Region


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
    carry_on(region, stack, lambda: _take_back(deployment, skip))


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
        is_creation = deployment.stable.definition is None
        stack.told("ROLLBACK_IN_PROGRESS" if is_creation else "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated")
    carry_on(region, stack, lambda: _take_back(deployment))
    return stack


def _take_back(deployment: Deployment, skip: tuple[str, ...] = ()) -> None:
    """Carry a rollback to its end; what can still be taken back is kept."""
    if deployment.stable.definition is None:
        done = operations.roll_back_creation(deployment)
    else:
        done = operations.roll_back(deployment, skip)
    if done:
        del deployment.region.deployments[deployment.stack.id]
