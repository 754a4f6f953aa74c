"""The course of an operation on a stack: which status follows which, and what is done in each.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
Each function carries its operation to the end, in the thread of whoever calls it; `sandbox.engine.requests`
and `sandbox.engine.recovery` decide whether it may begin.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING

from sandbox.engine import exports, nested, removal, rollback
from sandbox.engine.changes import policy_action
from sandbox.engine.lookup import evaluator
from sandbox.engine.state import Operation, Resource, Stack, now
from sandbox.engine.world import Region
from sandbox.template.errors import TemplateError

if TYPE_CHECKING:
    from sandbox.engine.deployment import Deployment


def create(deployment: "Deployment", on_failure: str = "ROLLBACK") -> bool:
    """Create a stack; False if that failed."""
    stack = deployment.stack
    if deployment.forward():
        stack.told("CREATE_COMPLETE")
        return True
    if deployment.disable_rollback or on_failure == "DO_NOTHING":
        stack.told("CREATE_FAILED", deployment.reason)
    elif on_failure == "DELETE":
        stack.begin(Operation("DELETE_STACK", stack.operation.token))
        stack.told("DELETE_IN_PROGRESS", f"{deployment.reason}Delete requested by user.")
        delete(deployment.region, stack)
    else:
        _begin_rollback(stack, "ROLLBACK_IN_PROGRESS", f"{deployment.reason}Rollback requested by user.")
        roll_back_creation(deployment)
    return False


def roll_back_creation(deployment: "Deployment") -> bool:
    """Delete what the creation of a stack in ROLLBACK_IN_PROGRESS made; the stack itself stays. False: that failed."""
    stack, region = deployment.stack, deployment.region
    rows = [row for row in stack.state.resources.values() if row.status not in ("DELETE_COMPLETE", "DELETE_SKIPPED")]
    failed = removal.Removal(region, stack, rollback.policy_when_taken_back(deployment), fault="rollback").remove(rows)
    if failed:
        stack.told("ROLLBACK_FAILED", f"The following resource(s) failed to delete: [{', '.join(failed)}]. ")
        return False
    stack.told("ROLLBACK_COMPLETE")
    return True


def update(deployment: "Deployment") -> bool:
    """Update a stack; False if that failed."""
    stack = deployment.stack
    if deployment.forward():
        stack.told("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        clean_up(deployment)
        return True
    if deployment.disable_rollback and not deployment.cancelled:
        stack.told("UPDATE_FAILED", deployment.reason)
    elif deployment.stable.definition is None:  # what failed was the creation, taken up by this update
        _begin_rollback(stack, "ROLLBACK_IN_PROGRESS", deployment.reason)
        roll_back_creation(deployment)
    else:
        _begin_rollback(stack, "UPDATE_ROLLBACK_IN_PROGRESS", deployment.reason)
        roll_back(deployment)
    return False


def clean_up(deployment: "Deployment") -> None:
    """Delete what the update removed or replaced; what will not go is left behind, and the update is complete."""
    stack, region = deployment.stack, deployment.region
    nested.settle(deployment)
    replaced = [step for step in deployment.steps if step.way == "replace" and step.done]
    policies = {step.logical_id: _replace_policy(step.wanted) for step in replaced}
    old = [step.before for step in replaced if step.before]
    removal.Removal(region, stack, lambda row: policies[row.logical_id], tries=removal.TRIES, listed=False).remove(old)
    active = evaluator(region, stack, deployment.target)[0].active()
    removed = [row for name, row in stack.state.resources.items() if name not in active]
    removal.Removal(region, stack, _deletion_policy, tries=removal.TRIES).remove(removed)
    for row in removed:
        stack.drop(row.logical_id)
    stack.told("UPDATE_COMPLETE")


def roll_back(deployment: "Deployment", skip: Collection[str] = ()) -> bool:
    """Take a failed update back; False if that failed. The stack is in UPDATE_ROLLBACK_IN_PROGRESS."""
    stack = deployment.stack
    failed = rollback.back(deployment, skip)
    if failed:
        stack.told("UPDATE_ROLLBACK_FAILED", f"The following resource(s) failed to update: [{', '.join(failed)}]. ")
        return False
    stack.told("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
    rollback.discard(deployment)
    stack.told("UPDATE_ROLLBACK_COMPLETE")
    return True


def delete(region: Region, stack: Stack, retain: Collection[str] = (), *, force: bool = False) -> bool:
    """Delete a stack in DELETE_IN_PROGRESS; False if that failed."""
    rows = [row for row in stack.state.resources.values() if row.exists]
    failed = removal.Removal(region, stack, _deletion_policy, retain=retain).remove(rows)
    if failed and not force:
        stack.told("DELETE_FAILED", f"The following resource(s) failed to delete: [{', '.join(failed)}]. ")
        return False
    stack.told("DELETE_COMPLETE", deleted_at=now(), outputs=(), imports=frozenset())
    return True


def refuse_delete(region: Region, stack: Stack) -> str | None:
    """Why the stack can't be deleted: an export in use."""
    try:
        exports.refuse(region, stack, ())
    except TemplateError as error:
        return error.message
    return None


def _begin_rollback(stack: Stack, status: str, reason: str | None) -> None:
    """A rollback nobody asked for is an operation of its own, under the token of the one that failed."""
    stack.begin(Operation("ROLLBACK", stack.operation.token))
    stack.told(status, reason)


def _deletion_policy(row: Resource) -> str:
    return policy_action(row.declared, row.type, row.properties, replaced=False)


def _replace_policy(row: Resource) -> str:
    return policy_action(row.declared, row.type, row.properties, replaced=True).removeprefix("ReplaceAnd")
