"""Nested stacks: resources of type AWS::CloudFormation::Stack are stacks of their own that follow their parent.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html
A nested stack whose update succeeded waits in UPDATE_COMPLETE_CLEANUP_IN_PROGRESS for its parent.

The operations of a stack and of those nested in it call each other, so this module imports modules, not their names.
"""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from sandbox.engine import capabilities, deployment, operations, plan
from sandbox.engine.definition import define
from sandbox.engine.errors import CloudFormationError
from sandbox.engine.handlers import Failed, Handlers, suffix
from sandbox.engine.state import Definition, Operation, Resource, Stack
from sandbox.engine.world import Region
from sandbox.providers.base import Handled
from sandbox.template.functions import text

if TYPE_CHECKING:
    from sandbox.engine.deployment import Deployment, Step


def apply(parent: "Deployment", step: "Step") -> Handled:
    """Create or update a nested stack. Raises Failed."""
    Handlers(parent.region, parent.stack).check(step.wanted, step.verb)
    try:
        return _create(parent, step) if step.before is None else _update(parent, step, step.before)
    except CloudFormationError as error:
        raise Failed(error.message, step.nested.stack.id if step.nested else "") from None


def settle(parent: "Deployment") -> None:
    """The parent's update is done: the nested stacks clean up."""
    for step in parent.steps:
        if step.nested and step.nested.verb == "update":
            operations.clean_up(step.nested)


def take_back(parent: "Deployment", step: "Step", skip: Collection[str]) -> None:
    """Roll a nested stack back to where it was. Raises Failed."""
    Handlers(parent.region, parent.stack).check(step.wanted, "rollback")
    if step.nested is None:
        return
    child = step.nested.stack
    names = (f"{child.name}.", f"{step.logical_id}.")
    inner = {name.removeprefix(prefix) for name in skip for prefix in names if name.startswith(prefix)}
    if not operations.roll_back(step.nested, inner):
        raise Failed(
            f"Embedded stack {child.id} was not successfully updated. Currently in {child.state.status} "
            f"with reason: {child.state.reason}"
        )


def delete(region: Region, row: Resource) -> None:
    """Delete a nested stack. Raises Failed."""
    child = region.find(row.physical_id)
    if child is None or child.state.status == "DELETE_COMPLETE":
        return
    child.begin(Operation("DELETE_STACK"))
    if not operations.delete(region, child):
        raise Failed(f"Embedded stack {child.id} was not successfully deleted: {child.state.reason}", child.id)


def request(properties: Mapping[str, Any], parent: Definition) -> dict[str, Any]:
    """The properties of the resource as a request for its stack."""
    given: Mapping[str, Any] = properties.get("Parameters", {})
    own: dict[str, str] = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
    return {
        "TemplateURL": properties.get("TemplateURL"),
        "Parameters": [
            {
                "ParameterKey": key,
                "ParameterValue": ",".join(map(text, value)) if isinstance(value, list) else text(value),
            }
            for key, value in given.items()
        ],
        "Tags": [{"Key": key, "Value": value} for key, value in {**parent.tags, **own}.items()],
        "Capabilities": parent.capabilities,
        "NotificationARNs": properties.get("NotificationARNs", []),
        "RoleARN": parent.role_arn,
    }


def attributes(child: Stack) -> dict[str, str]:
    """What Fn::GetAtt gives for a nested stack."""
    return {f"Outputs.{output.key}": output.value for output in child.state.outputs}


def _create(parent: "Deployment", step: "Step") -> Handled:
    region = parent.region
    name = f"{parent.stack.name}-{step.logical_id}-{suffix()}"
    child = Stack(parent.stack.account, parent.stack.region, name, status="CREATE_IN_PROGRESS", parent=parent.stack)
    definition = define(region, child, request(step.wanted.properties, parent.target))
    capabilities.check_expansion(definition)
    region.add(child)
    step.nested = deployment.Deployment(
        region, child, definition, child.state, "create", disable_rollback=parent.disable_rollback, parent=parent
    )
    child.begin(Operation("CREATE_STACK", parent.stack.operation.token))
    child.told("CREATE_IN_PROGRESS", definition=definition)
    if not operations.create(step.nested):
        raise Failed(f"Embedded stack {child.id} was not successfully created: {step.nested.reason}", child.id)
    return Handled(child.id, attributes(child))


def _update(parent: "Deployment", step: "Step", before: Resource) -> Handled:
    region = parent.region
    child = region.stack(before.physical_id)
    previous = child.state.definition
    definition = define(region, child, request(step.wanted.properties, parent.target), previous)
    capabilities.check_expansion(definition)
    if not plan.has_changes(region, child, definition):
        return Handled(child.id, attributes(child))
    step.nested = deployment.Deployment(
        region, child, definition, child.state, "update", policy=child.state.policy, parent=parent
    )
    child.begin(Operation("UPDATE_STACK", parent.stack.operation.token))
    child.told("UPDATE_IN_PROGRESS", definition=definition)
    if step.nested.forward():
        child.told("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        return Handled(child.id, attributes(child))
    child.told("UPDATE_ROLLBACK_IN_PROGRESS", step.nested.reason)
    raise Failed(
        f"Embedded stack {child.id} was not successfully updated. Currently in {child.state.status} "
        f"with reason: {step.nested.reason}"
    )
