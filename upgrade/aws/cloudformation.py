"""CloudFormation as it is: stacks, resources, templates, events, drift. Every list is read to its last page.

Functions take a boto3 client and raise what it raises; `upgrade.aws.errors.fact` turns that into a fact.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from upgrade.aws.errors import detail_of
from upgrade.clock import Clock
from upgrade.errors import NotSettled, ServiceFailed
from upgrade.facts.drift import Drift, PropertyDifference, ResourceDrift
from upgrade.facts.stack import Event, HookRun, OperationEntry, Resource, Stack, Template
from upgrade.template.read import parse

DETECTION_SECONDS = 30 * 60
"""A drift detection may take this long: AWS says several minutes for a large stack."""

_BUSY = "already in progress"
"""DetectStackDrift while another detection runs: `Drift detection is already in progress for stack [arn]`."""

_NOT_IMPORTED = "is not imported by any stack"
"""ListImports of such an export: `Export 'NAME' is not imported by any stack.`"""


def read_stack(client: Any, name: str) -> Stack:
    """DescribeStacks of one stack, by name or ARN."""
    row = client.describe_stacks(StackName=name)["Stacks"][0]
    rollback = row.get("RollbackConfiguration", {})
    return Stack(
        arn=row["StackId"],
        name=row["StackName"],
        status=row["StackStatus"],
        status_reason=row.get("StackStatusReason", ""),
        created=utc(row["CreationTime"]),
        updated=utc(row["LastUpdatedTime"]) if "LastUpdatedTime" in row else None,
        parameters={each["ParameterKey"]: each.get("ParameterValue", "") for each in row.get("Parameters", [])},
        tags=pairs(row.get("Tags", [])),
        outputs={each["OutputKey"]: each.get("OutputValue", "") for each in row.get("Outputs", [])},
        exports={each["OutputKey"]: each["ExportName"] for each in row.get("Outputs", []) if "ExportName" in each},
        capabilities=tuple(row.get("Capabilities", [])),
        role_arn=row.get("RoleARN"),
        parent_arn=row.get("ParentId"),
        root_arn=row.get("RootId"),
        notification_arns=tuple(row.get("NotificationARNs", [])),
        termination_protection=row.get("EnableTerminationProtection", False),
        rollback_triggers=tuple((each["Arn"], each["Type"]) for each in rollback.get("RollbackTriggers", [])),
        monitoring_minutes=rollback.get("MonitoringTimeInMinutes", 0),
        resolved={
            each["ParameterKey"]: each["ResolvedValue"] for each in row.get("Parameters", []) if "ResolvedValue" in each
        },
        change_set_id=row.get("ChangeSetId", ""),
        operations=tuple(
            OperationEntry(each.get("OperationType", ""), each.get("OperationId", ""))
            for each in row.get("LastOperations", [])
        ),
    )


def read_resources(client: Any, name: str) -> tuple[Resource, ...]:
    """ListStackResources, without what is deleted already."""
    pages = client.get_paginator("list_stack_resources").paginate(StackName=name)
    return tuple(
        Resource(
            logical_id=row["LogicalResourceId"],
            physical_id=row.get("PhysicalResourceId", ""),
            type=row["ResourceType"],
            status=row["ResourceStatus"],
            status_reason=row.get("ResourceStatusReason", ""),
        )
        for page in pages
        for row in page["StackResourceSummaries"]
        if row["ResourceStatus"] != "DELETE_COMPLETE"
    )


def read_template(client: Any, name: str) -> Template:
    """GetTemplate of a deployed stack, as it was submitted."""
    body = client.get_template(StackName=name, TemplateStage="Original")["TemplateBody"]
    return parse(body.encode(), f"stack {name}")


def read_processed(client: Any, name: str) -> Template:
    """GetTemplate of a deployed stack, with what macros and loops have made of it."""
    body = client.get_template(StackName=name, TemplateStage="Processed")["TemplateBody"]
    return parse(body.encode(), f"stack {name}, processed")


def read_policy(client: Any, name: str) -> str:
    """GetStackPolicy: its JSON text; empty where the stack has none."""
    return str(client.get_stack_policy(StackName=name).get("StackPolicyBody", ""))


def owner_of(client: Any, physical_id: str) -> str:
    """DescribeStackResources by physical id: the stack that a resource belongs to."""
    return str(client.describe_stack_resources(PhysicalResourceId=physical_id)["StackResources"][0]["StackName"])


def read_importers(client: Any, export: str) -> tuple[str, ...]:
    """ListImports: names of the stacks that import an export. That there is none is an error to CloudFormation."""
    try:
        pages = client.get_paginator("list_imports").paginate(ExportName=export)
        return tuple(name for page in pages for name in page["Imports"])
    except ClientError as error:
        if _NOT_IMPORTED not in detail_of(error):
            raise
        return ()


def utc(at: datetime) -> datetime:
    """A time of botocore, which tells it in the machine's zone."""
    return at.astimezone(UTC)


def pairs(rows: list[dict[str, str]]) -> Mapping[str, str]:
    """Tags as AWS lists them, by key."""
    return {row["Key"]: row["Value"] for row in rows}


def event_pages(client: Any, stack: str) -> Iterator[tuple[Event, ...]]:
    """DescribeStackEvents page by page, newest first."""
    for page in client.get_paginator("describe_stack_events").paginate(StackName=stack):
        yield tuple(map(_event, page["StackEvents"]))


def read_events(client: Any, stack: str) -> tuple[Event, ...]:
    """DescribeStackEvents, all pages, newest first."""
    return tuple(event for page in event_pages(client, stack) for event in page)


def read_stops(client: Any, operation: str) -> tuple[Event, ...]:
    """DescribeEvents of one operation: the validations and hooks that stopped it, as failures of what they name.

    Its other failures are events of the stack. That the filter lets all validations and hooks pass is what CDK relies on
    for the former (https://github.com/aws/aws-cdk-cli/pull/1461) and not documented for the latter.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_OperationEvent.html
    """
    pages = client.get_paginator("describe_events").paginate(OperationId=operation, Filters={"FailedEvents": True})
    rows = (row for page in pages for row in page["OperationEvents"])
    return tuple(stop for row in rows if (stop := _stop(row)))


def _stop(row: dict[str, Any]) -> Event | None:
    """The event of a validation or hook; None for one that stops nothing."""
    match row:
        case {"ValidationFailureMode": "WARN"} | {"HookFailureMode": "WARN"}:
            return None
        case {"EventType": "VALIDATION_ERROR", "ValidationStatus": "FAILED"}:
            where = ", ".join(filter(None, map(row.get, ("ValidationName", "ValidationPath"))))
            status, reason = "VALIDATION_FAILED", f"{row.get('ValidationStatusReason', '').rstrip('. ')} ({where})"
        case {
            "EventType": "HOOK_INVOCATION_ERROR",
            "HookType": hook,
            "HookStatus": "HOOK_COMPLETE_FAILED" | "HOOK_FAILED",
        }:
            status, reason = row["HookStatus"], f"The following hook(s) failed: [{hook}]"  # in the resource's own words
        case _:
            return None
    event = _event(row)
    about = event.logical_id or event.stack_arn.split("/")[1]  # of some validations it is the whole account
    return replace(
        event, logical_id=about, type=event.type or "AWS::CloudFormation::Stack", status=status, reason=reason
    )


def _event(row: dict[str, Any]) -> Event:
    return Event(
        event_id=row["EventId"],
        stack_arn=row["StackId"],
        logical_id=row.get("LogicalResourceId", ""),
        physical_id=row.get("PhysicalResourceId", ""),
        type=row.get("ResourceType", ""),
        status=row.get("ResourceStatus", ""),
        reason=row.get("ResourceStatusReason", ""),
        at=utc(row["Timestamp"]),
        token=row.get("ClientRequestToken", ""),
        hook=_hook(row) if "HookType" in row else None,
        operation_id=row.get("OperationId", ""),
    )


def _hook(row: dict[str, Any]) -> HookRun:
    return HookRun(
        id=row.get("HookInvocationId", ""),
        type=row["HookType"],
        mode=row.get("HookFailureMode", ""),
        status=row.get("HookStatus", ""),
        reason=row.get("HookStatusReason", ""),
    )


def detect_drift(client: Any, clock: Clock, stack: str, interval: float, names: Collection[str] = ()) -> Drift:
    """Detect drift of one stack (not of those nested in it), or of these of its resources, and read every row of that.

    A detection that already runs is waited for: its id can't be learned, so ours begins when it has ended.

    Raises:
        NotSettled: not finished in time.
        ServiceFailed: DETECTION_FAILED, with AWS's reason.
    """
    deadline = clock.monotonic() + DETECTION_SECONDS
    asked = {"StackName": stack} | ({"LogicalResourceIds": list(names)} if names else {})
    detection = _start_detection(client, clock, asked, interval, deadline)
    while True:
        status = client.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
        match status["DetectionStatus"]:
            case "DETECTION_COMPLETE":
                rows = (row for row in _drift_rows(client, stack) if not names or row.logical_id in names)
                return Drift(utc(status["Timestamp"]), tuple(rows))
            case "DETECTION_FAILED":
                reason = status.get("DetectionStatusReason", "no reason given")
                raise ServiceFailed(f"drift detection failed: {reason}")
            case "DETECTION_IN_PROGRESS":
                _pause(clock, interval, deadline, "drift detection is still running")
            case other:
                raise ServiceFailed(f"drift detection is in a state we do not know: {other}")


def _start_detection(client: Any, clock: Clock, asked: Mapping[str, Any], interval: float, deadline: float) -> str:
    while True:
        try:
            return str(client.detect_stack_drift(**asked)["StackDriftDetectionId"])
        except ClientError as error:
            if _BUSY not in detail_of(error):
                raise
        _pause(clock, interval, deadline, "another drift detection of this stack is still running")


def _pause(clock: Clock, interval: float, deadline: float, what: str) -> None:
    if clock.monotonic() + interval > deadline:
        raise NotSettled(f"{what} after {DETECTION_SECONDS / 60:.0f} minutes")
    clock.sleep(interval)


def _drift_rows(client: Any, stack: str) -> tuple[ResourceDrift, ...]:
    # botocore has no paginator for this operation.
    rows: list[ResourceDrift] = []
    token: dict[str, str] = {}
    while True:
        page = client.describe_stack_resource_drifts(StackName=stack, MaxResults=100, **token)
        rows.extend(map(_drift_row, page["StackResourceDrifts"]))
        if not page.get("NextToken"):
            return tuple(rows)
        token = {"NextToken": page["NextToken"]}


def _drift_row(row: dict[str, Any]) -> ResourceDrift:
    return ResourceDrift(
        logical_id=row["LogicalResourceId"],
        physical_id=row.get("PhysicalResourceId", ""),
        type=row["ResourceType"],
        status=row["StackResourceDriftStatus"],
        differences=tuple(
            PropertyDifference(
                path=each["PropertyPath"],
                expected=each.get("ExpectedValue", ""),
                actual=each.get("ActualValue", ""),
                kind=each["DifferenceType"],
            )
            for each in row.get("PropertyDifferences", [])
        ),
        reason=row.get("DriftStatusReason", ""),
    )
