"""Change sets: made, read on all pages, executed, deleted. The door through which a stack is changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from upgrade.aws.cloudformation import pairs, utc
from upgrade.aws.errors import call_of, detail_of, did_nothing, reason_of
from upgrade.errors import NotExecuted, ServiceFailed
from upgrade.facts.changes import ChangeDetail, Hook, ListedChangeSet, ResourceChange, Validation
from upgrade.facts.diagnosis import Annotation
from upgrade.facts.stack import Template
from upgrade.template.read import parse

INCOMPLETE = "--include-property-values option can return incomplete ChangeSet data"
"""In StatusReason when CloudFormation dropped changes because it could not render their values; the status is
CREATE_COMPLETE all the same. https://github.com/aws/aws-cdk-cli/issues/1780"""

VALIDATING = frozenset({"VALIDATION_ERROR", "HOOK_INVOCATION_ERROR"})
"""Types of events that tell of a validation."""


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """DescribeChangeSet of one change set, nothing of nested ones."""

    arn: str
    name: str
    stack_arn: str
    created: datetime
    status: str
    status_reason: str
    execution_status: str
    changes: tuple[ResourceChange, ...]
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    capabilities: tuple[str, ...]


def create(client: Any, request: Mapping[str, Any]) -> str:
    """CreateChangeSet; returns the change set's ARN."""
    return str(client.create_change_set(**request)["Id"])


def read_status(client: Any, arn: str) -> tuple[str, str, str]:
    """Status, its reason and the execution status, from one page."""
    page = client.describe_change_set(ChangeSetName=arn)
    return page["Status"], page.get("StatusReason", ""), page.get("ExecutionStatus", "UNAVAILABLE")


def read(client: Any, arn: str) -> ChangeSet:
    """DescribeChangeSet, all pages, with property values; and what CloudFormation leaves out with them."""
    detailed = _read(client, arn, values=True)
    if INCOMPLETE not in detailed.status_reason:
        return detailed
    plain = _read(client, arn, values=False)
    changes = merge(detailed.changes, plain.changes)
    return replace(detailed, changes=changes, status_reason=plain.status_reason or detailed.status_reason)


def read_validations(client: Any, arn: str) -> tuple[Validation, ...]:
    """DescribeEvents of the making of a change set: what was found or skipped. DescribeStackEvents shows none of it."""
    pages = client.get_paginator("describe_events").paginate(ChangeSetName=arn)
    events = [event for page in pages for event in page["OperationEvents"]]
    return tuple(_validation(event) for event in events if event["EventType"] in VALIDATING)


def read_hooks(client: Any, arn: str) -> tuple[Hook, ...]:
    """DescribeChangeSetHooks; botocore has no paginator for it.

    Raises:
        ServiceFailed: CloudFormation has not worked out which will run.
    """
    hooks, token = list[Hook](), dict[str, str]()
    while True:
        page = client.describe_change_set_hooks(ChangeSetName=arn, **token)
        if page.get("Status") != "PLANNED":
            raise ServiceFailed(f"which hooks will run is not planned: {page.get('Status')}")
        hooks.extend(map(_hook, page.get("Hooks", [])))
        if not page.get("NextToken"):
            return tuple(hooks)
        token = {"NextToken": page["NextToken"]}


def read_annotations(client: Any, hook: str) -> tuple[Annotation, ...]:
    """GetHookResult of one run of a hook: which of its rules have failed."""
    rows = client.get_hook_result(HookResultId=hook).get("Annotations", [])
    return tuple(
        Annotation(
            rule=row.get("AnnotationName", ""),
            found=row.get("StatusMessage", ""),
            advice=row.get("RemediationMessage", ""),
            link=row.get("RemediationLink", ""),
        )
        for row in rows
        if row.get("Status") == "FAILED"
    )


def read_template(client: Any, arn: str) -> Template:
    """GetTemplate of a change set: what CloudFormation will deploy."""
    body = client.get_template(ChangeSetName=arn, TemplateStage="Original")["TemplateBody"]
    return parse(body.encode(), f"change set {arn.split('/')[1]}")


def read_processed(client: Any, arn: str) -> Template:
    """GetTemplate of a change set, with what macros and loops have made of it."""
    body = client.get_template(ChangeSetName=arn, TemplateStage="Processed")["TemplateBody"]
    return parse(body.encode(), f"change set {arn.split('/')[1]}, processed")


def execute(client: Any, arn: str, token: str) -> None:
    """ExecuteChangeSet, once.

    botocore may send it again after a throttle or a lost answer. That can't execute twice: all attempts carry the same
    token, and a change set that has begun to execute is no longer AVAILABLE.

    Raises:
        NotExecuted: it was refused, and no earlier attempt can have been accepted.
    """
    try:
        client.execute_change_set(ChangeSetName=arn, ClientRequestToken=token)
    except ClientError as error:
        if did_nothing(error, "ExecuteChangeSet"):
            call = call_of(error, "cloudformation:ExecuteChangeSet")
            raise NotExecuted(f"{call}: {reason_of(error)}: {detail_of(error)}") from error
        raise


def read_newest_executed(client: Any, stack_arn: str) -> str:
    """Name and description of the change set that the stack names as its last one; empty where it names none."""
    arn = client.describe_stacks(StackName=stack_arn)["Stacks"][0].get("ChangeSetId")
    if arn is None:
        return ""
    page = client.describe_change_set(ChangeSetName=arn)
    return ", ".join(filter(None, [page["ChangeSetName"], page.get("Description")]))


def read_description(client: Any, arn: str) -> str:
    """What a change set says of itself; by ARN also once it was executed."""
    return str(client.describe_change_set(ChangeSetName=arn).get("Description", ""))


def delete(client: Any, name: str, stack_arn: str | None = None) -> None:
    """DeleteChangeSet, by ARN or by name and stack; those of nested stacks go with it. One that is gone is no error."""
    where = {} if stack_arn is None else {"StackName": stack_arn}
    client.delete_change_set(ChangeSetName=name, **where)


def read_list(client: Any, stack_arn: str) -> tuple[ListedChangeSet, ...]:
    """ListChangeSets, all pages."""
    pages = client.get_paginator("list_change_sets").paginate(StackName=stack_arn)
    return tuple(
        ListedChangeSet(
            arn=row["ChangeSetId"],
            name=row["ChangeSetName"],
            created=utc(row["CreationTime"]),
            status=row["Status"],
            execution_status=row.get("ExecutionStatus", ""),
        )
        for page in pages
        for row in page["Summaries"]
    )


def merge(detailed: Iterable[ResourceChange], plain: Iterable[ResourceChange]) -> tuple[ResourceChange, ...]:
    """The detailed changes, with those changes and details that only the plain description has.

    A plain detail has no path and may stand for several detailed ones of the same property.
    """
    merged = {change.logical_id: change for change in detailed}
    for change in plain:
        known = merged.get(change.logical_id)
        if known is None:
            merged[change.logical_id] = change
            continue
        have = {_same(detail) for detail in known.details}
        dropped = tuple(detail for detail in change.details if _same(detail) not in have)
        worst = min(known.replacement, change.replacement, key=_WORST.index)
        merged[change.logical_id] = replace(known, details=known.details + dropped, replacement=worst)
    return tuple(merged.values())


_WORST = ("True", "Conditional", "False", "")


def _same(detail: ChangeDetail) -> tuple[str, ...]:
    return detail.attribute, detail.name, detail.source, detail.causing_entity


def _read(client: Any, arn: str, *, values: bool) -> ChangeSet:
    paginator = client.get_paginator("describe_change_set")
    pages = list(paginator.paginate(ChangeSetName=arn, IncludePropertyValues=values))
    first = pages[0]
    return ChangeSet(
        arn=first["ChangeSetId"],
        name=first["ChangeSetName"],
        stack_arn=first["StackId"],
        created=utc(first["CreationTime"]),
        status=first["Status"],
        status_reason=first.get("StatusReason", ""),
        execution_status=first.get("ExecutionStatus", "UNAVAILABLE"),
        changes=tuple(_change(row["ResourceChange"]) for page in pages for row in page.get("Changes", [])),
        parameters={each["ParameterKey"]: each.get("ParameterValue", "") for each in first.get("Parameters", [])},
        tags=pairs(first.get("Tags", [])),
        capabilities=tuple(first.get("Capabilities", [])),
    )


def _validation(row: dict[str, Any]) -> Validation:
    return Validation(
        name=row.get("ValidationName") or row.get("HookType", ""),
        mode=row.get("ValidationFailureMode") or row.get("HookFailureMode", ""),
        status=row.get("ValidationStatus") or row.get("HookStatus", ""),
        reason=row.get("ValidationStatusReason") or row.get("HookStatusReason", ""),
        logical_id=row.get("LogicalResourceId", ""),
        path=row.get("ValidationPath", ""),
    )


def _hook(row: dict[str, Any]) -> Hook:
    resource = row.get("TargetDetails", {}).get("ResourceTargetDetails", {})
    return Hook(row["TypeName"], row.get("FailureMode", ""), resource.get("LogicalResourceId", ""))


def _change(row: dict[str, Any]) -> ResourceChange:
    return ResourceChange(
        action=row["Action"],
        logical_id=row["LogicalResourceId"],
        physical_id=row.get("PhysicalResourceId", ""),
        type=row["ResourceType"],
        replacement=row.get("Replacement", ""),
        scope=tuple(row.get("Scope", [])),
        details=tuple(map(_detail, row.get("Details", []))),
        policy_action=row.get("PolicyAction", ""),
        before_context=row.get("BeforeContext", ""),
        after_context=row.get("AfterContext", ""),
        nested_change_set=row.get("ChangeSetId", ""),
    )


def _detail(row: dict[str, Any]) -> ChangeDetail:
    target = row.get("Target", {})
    return ChangeDetail(
        attribute=target.get("Attribute", ""),
        name=target.get("Name", ""),
        path=target.get("Path", ""),
        requires_recreation=target.get("RequiresRecreation", ""),
        evaluation=row.get("Evaluation", ""),
        source=row.get("ChangeSource", ""),
        causing_entity=row.get("CausingEntity", ""),
        before=target.get("BeforeValue"),
        after=target.get("AfterValue"),
    )
