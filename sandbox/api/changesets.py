"""Actions on change sets."""

from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult

from sandbox.api import views
from sandbox.api.face import Face
from sandbox.engine import changeset, drafting
from sandbox.engine.admission import NO_STACK
from sandbox.engine.changes import Change, Detail, without_values
from sandbox.engine.changeset import ChangeSet


class ChangeSets(Face):
    """Change sets."""

    def create_change_set(self) -> ActionResult:
        made = drafting.create(self._cloudformation, self._asked)
        return self._answer(Id=made.id, StackId=made.stack.id)

    def describe_change_set(self) -> ActionResult:
        found = self._found()
        summary = _summary(found)
        page, token = self._page(found.changes if summary["Status"] == "CREATE_COMPLETE" else ())
        with_values = bool(self._asked.get("IncludePropertyValues"))
        changes = [_change(found, one if with_values else without_values(one), with_values) for one in page]
        request, definition = found.request, found.definition
        return self._answer(
            **summary,
            Parameters=views.parameters(definition) or None,
            NotificationARNs=list(definition.notification_arns),
            RollbackConfiguration=dict(definition.rollback_configuration),
            Capabilities=list(definition.capabilities),
            Tags=views.tags(definition.tags) or None,
            Changes=changes,
            NextToken=token,
            OnStackFailure=request.get("OnStackFailure"),
        )

    def list_change_sets(self) -> ActionResult:
        region = self._cloudformation
        stack = region.stack(self._asked["StackName"], NO_STACK)
        page, token = self._page([_summary(found) for found in changeset.of_stack(region, stack)])
        return self._answer(Summaries=page, NextToken=token)

    def delete_change_set(self) -> ActionResult:
        changeset.delete(self._cloudformation, self._asked)
        return ActionResult({})

    def execute_change_set(self) -> ActionResult:
        changeset.execute(self._cloudformation, self._asked)
        return ActionResult({})

    def describe_change_set_hooks(self) -> ActionResult:
        found = self._found()
        return self._answer(
            ChangeSetId=found.id,
            ChangeSetName=found.name,
            Hooks=[_hook(hook, change) for hook in self._world.knobs.hooks for change in found.changes],
            Status="PLANNED" if found.status == "CREATE_COMPLETE" else "UNAVAILABLE",
            StackId=found.stack.id,
            StackName=found.stack.name,
        )

    def _found(self) -> ChangeSet:
        return changeset.find(self._cloudformation, self._asked["ChangeSetName"], self._asked.get("StackName"))


def _summary(found: ChangeSet) -> dict[str, Any]:
    """A ChangeSetSummary, all of it as of one moment."""
    status = found.status
    return views.some(
        StackId=found.stack.id,
        StackName=found.stack.name,
        ChangeSetId=found.id,
        ChangeSetName=found.name,
        ExecutionStatus=found.execution_status if status == "CREATE_COMPLETE" else "UNAVAILABLE",
        Status=status,
        StatusReason=found.failure if status == "FAILED" else None,
        CreationTime=found.created_at,
        Description=found.request.get("Description"),
        IncludeNestedStacks=bool(found.request.get("IncludeNestedStacks")),
        ParentChangeSetId=found.parent.id if found.parent else None,
        RootChangeSetId=found.root.id if found.parent else None,
    )


def _hook(hook: Mapping[str, str], change: Change) -> dict[str, Any]:
    """A ChangeSetHook."""
    target = {
        "LogicalResourceId": change.logical_id,
        "ResourceType": change.type,
        "ResourceAction": change.action,
    }
    return {
        "InvocationPoint": "PRE_PROVISION",
        "FailureMode": hook["mode"],
        "TypeName": hook["type"],
        "TargetDetails": {"TargetType": "RESOURCE", "ResourceTargetDetails": target},
    }


def _change(found: ChangeSet, change: Change, with_values: bool) -> dict[str, Any]:  # noqa: FBT001  # of one caller
    """A Change."""
    child = found.children.get(change.logical_id)
    replacement = "True" if with_values and change.action == "Add" else change.replacement
    return {
        "Type": "Resource",
        "ResourceChange": views.some(
            PolicyAction=change.policy_action,
            Action=change.action,
            LogicalResourceId=change.logical_id,
            PhysicalResourceId=change.physical_id,
            ResourceType=change.type,
            Replacement=replacement,
            Scope=list(change.scope),
            Details=[_detail(detail) for detail in change.details],
            ChangeSetId=child.id if child else None,
            BeforeContext=change.before_context,
            AfterContext=change.after_context,
        ),
    }


def _detail(detail: Detail) -> dict[str, Any]:
    """A ResourceChangeDetail."""
    return views.some(
        Target=views.some(
            Attribute=detail.attribute,
            Name=detail.name,
            RequiresRecreation=detail.recreation,
            Path=detail.path,
            BeforeValue=detail.before,
            AfterValue=detail.after,
            AttributeChangeType=detail.change_type,
        ),
        Evaluation=detail.evaluation,
        ChangeSource=detail.source,
        CausingEntity=detail.causing_entity,
    )
