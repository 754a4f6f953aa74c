"""The engine's state in the shapes of the API: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/

NoEcho values leave the engine nowhere but here, as ****.
"""

import json
from collections.abc import Mapping
from typing import Any

from sandbox.engine.state import LONG_AGO, STACK, Definition, Event, Output, Resource, Stack, State

MASK = "****"
Shape = dict[str, Any]


def some(**members: Any) -> Shape:
    """A structure without the members that are None."""
    return {name: value for name, value in members.items() if value is not None}


def stack(one: Stack, state: State) -> Shape:
    """A Stack."""
    definition = state.definition
    return some(
        StackId=one.id,
        StackName=one.name,
        ChangeSetId=state.change_set_id,
        Description=description(definition),
        Parameters=parameters(definition) or None if definition else None,
        CreationTime=one.created_at,
        DeletionTime=state.deleted_at,
        LastUpdatedTime=state.updated_at,
        RollbackConfiguration=dict(definition.rollback_configuration) if definition else {},
        StackStatus=state.status,
        StackStatusReason=state.reason,
        DisableRollback=state.disable_rollback,
        NotificationARNs=list(definition.notification_arns) if definition else [],
        TimeoutInMinutes=state.timeout_minutes,
        Capabilities=list(definition.capabilities) or None if definition else None,
        Outputs=[output(found) for found in state.outputs] or None,
        RoleARN=definition.role_arn if definition else None,
        Tags=tags(definition.tags) if definition else [],
        EnableTerminationProtection=None if state.deleted_at else state.termination_protection,
        ParentId=one.parent.id if one.parent else None,
        RootId=one.root.id if one.root else None,
        DriftInformation=some(StackDriftStatus=state.drift_status, LastCheckTimestamp=state.drift_checked_at),
        DeletionMode=state.deletion_mode,
        LastOperations=[{"OperationType": found.type, "OperationId": found.id} for found in state.operations] or None,
    )


def summary(one: Stack, state: State) -> Shape:
    """A StackSummary."""
    return some(
        StackId=one.id,
        StackName=one.name,
        TemplateDescription=description(state.definition),
        CreationTime=one.created_at,
        LastUpdatedTime=state.updated_at,
        DeletionTime=state.deleted_at,
        StackStatus=state.status,
        StackStatusReason=state.reason,
        ParentId=one.parent.id if one.parent else None,
        RootId=one.root.id if one.root else None,
        DriftInformation=some(StackDriftStatus=state.drift_status, LastCheckTimestamp=state.drift_checked_at),
        LastOperations=[{"OperationType": found.type, "OperationId": found.id} for found in state.operations] or None,
    )


def description(definition: Definition | None) -> str | None:
    """The template's Description."""
    found = definition.body.get("Description") if definition else None
    return None if found is None else str(found)


def parameters(definition: Definition) -> list[Shape]:
    """The parameters with their values, NoEcho ones masked."""
    known = definition.parameters
    return [
        some(
            ParameterKey=name,
            ParameterValue=MASK if name in known.no_echo else value,
            ResolvedValue=MASK if name in known.no_echo and name in known.ssm else known.ssm.get(name),
        )
        for name, value in known.values.items()
    ]


def tags(found: Mapping[str, str]) -> list[Shape]:
    """A list of Tag."""
    return [{"Key": key, "Value": value} for key, value in found.items()]


def output(found: Output) -> Shape:
    """An Output."""
    return some(OutputKey=found.key, OutputValue=found.value, Description=found.description, ExportName=found.export)


def event(one: Stack, found: Event) -> Shape:
    """A StackEvent."""
    is_own = found.type == STACK and found.physical_id == one.id
    stamp = found.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return some(
        StackId=one.id,
        EventId=found.id if is_own else f"{found.logical_id}-{found.status}-{stamp}-{found.id[:8]}",
        StackName=one.name,
        OperationId=found.operation.id,
        LogicalResourceId=found.logical_id,
        PhysicalResourceId=found.physical_id,
        ResourceType=found.type,
        Timestamp=found.at,
        ResourceStatus=found.status,
        ResourceStatusReason=found.reason,
        ResourceProperties=found.properties,
        ClientRequestToken=found.operation.token,
        **(failed_hook(found, found.hook) if found.hook else {}),
    )


def failed_hook(found: Event, hook: Mapping[str, Any]) -> Shape:
    """What an event tells of a hook."""
    return {
        "HookInvocationId": found.id,
        "HookType": hook["type"],
        "HookStatus": "HOOK_COMPLETE_FAILED",
        "HookStatusReason": hook.get("reason", ""),
        "HookInvocationPoint": "PRE_PROVISION",
        "HookFailureMode": hook["mode"],
    }


def hook_result(found: Event, hook: Mapping[str, Any]) -> Shape:
    """What GetHookResult tells of a hook."""
    told = failed_hook(found, hook)
    return {
        "HookResultId": found.id,
        "InvocationPoint": told["HookInvocationPoint"],
        "FailureMode": hook["mode"],
        "TypeName": hook["type"],
        "Status": told["HookStatus"],
        "HookStatusReason": told["HookStatusReason"],
        "InvokedAt": found.at,
        "Annotations": list(hook.get("annotations", [])),
    }


def validation(told: Mapping[str, str]) -> Shape:
    """What an OperationEvent tells of a validation."""
    return some(
        EventType="VALIDATION_ERROR",
        ValidationName=told["name"],
        ValidationFailureMode=told["mode"],
        ValidationStatus=told["status"],
        ValidationStatusReason=told.get("reason"),
        ValidationPath=told.get("path"),
    )


_TERMINAL = {"COMPLETE": "SUCCEEDED", "FAILED": "FAILED", "IN_PROGRESS": "IN_PROGRESS"}


def operation_event(one: Stack, found: Event) -> Shape:
    """An OperationEvent of DescribeEvents."""
    shape = event(one, found)
    del shape["StackName"]
    if found.validation:
        del shape["ResourceStatus"]
        return {**shape, "OperationType": found.operation.type, **validation(found.validation)}
    is_own = found.type == STACK and found.physical_id == one.id
    kind = "PROVISIONING_ERROR" if found.status.endswith("_FAILED") else "PROGRESS_EVENT"
    if found.hook:
        kind = "HOOK_INVOCATION_ERROR"
    if is_own:
        kind = "STACK_EVENT"
        shape["OperationStatus"] = next(told for end, told in _TERMINAL.items() if found.status.endswith(end))
    return {**shape, "OperationType": found.operation.type, "EventType": kind}


def resource(one: Stack, row: Resource, time: str) -> Shape:
    """A StackResource, StackResourceSummary or StackResourceDetail; `time` names the member that holds its time."""
    checked = row.drift
    return {
        **some(
            StackName=one.name,
            StackId=one.id,
            LogicalResourceId=row.logical_id,
            PhysicalResourceId=row.physical_id or None,
            ResourceType=row.type,
            ResourceStatus=row.status,
            ResourceStatusReason=row.reason,
            DriftInformation=some(
                StackResourceDriftStatus=checked.status if checked else "NOT_CHECKED",
                LastCheckTimestamp=checked.checked_at if checked else None,
            ),
        ),
        time: row.updated_at if row.updated_at > LONG_AGO else one.created_at,
    }


def resource_summary(one: Stack, row: Resource) -> Shape:
    """A StackResourceSummary."""
    shape = resource(one, row, "LastUpdatedTimestamp")
    return {name: value for name, value in shape.items() if name not in ("StackName", "StackId")}


def resource_detail(one: Stack, row: Resource) -> Shape:
    """A StackResourceDetail."""
    metadata = row.declared.get("Metadata")
    shape = resource(one, row, "LastUpdatedTimestamp")
    return shape if metadata is None else {**shape, "Metadata": json.dumps(metadata)}


def drift(one: Stack, row: Resource) -> Shape:
    """A StackResourceDrift, of a resource that has been checked."""
    found = row.drift
    if found is None:
        raise ValueError(f"{row.logical_id} has not been checked")
    return some(
        StackId=one.id,
        LogicalResourceId=row.logical_id,
        PhysicalResourceId=row.physical_id,
        ResourceType=row.type,
        ExpectedProperties=found.expected,
        ActualProperties=found.actual,
        PropertyDifferences=[dict(difference) for difference in found.differences],
        StackResourceDriftStatus=found.status,
        Timestamp=found.checked_at,
        DriftStatusReason=found.reason,
    )
