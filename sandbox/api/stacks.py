"""Actions on stacks: operations, descriptions, events, resources, policy, protection."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

from moto.core.responses import ActionResult, EmptyResult

from sandbox.api import views
from sandbox.api.face import Face
from sandbox.engine import changeset, recovery, requests
from sandbox.engine.admission import NO_STACK, policy_of
from sandbox.engine.errors import CloudFormationError, ValidationError
from sandbox.engine.state import Event, Resource, Stack
from sandbox.engine.world import Region


class Operations(Face):
    """What changes stacks."""

    def create_stack(self) -> ActionResult:
        stack = requests.create_stack(self._cloudformation, self._asked)
        return self._begun(stack)

    def update_stack(self) -> ActionResult:
        return self._begun(requests.update_stack(self._cloudformation, self._asked))

    def delete_stack(self) -> ActionResult:
        requests.delete_stack(self._cloudformation, self._asked)
        return EmptyResult()

    def cancel_update_stack(self) -> ActionResult:
        recovery.cancel_update_stack(self._cloudformation, self._asked)
        return EmptyResult()

    def continue_update_rollback(self) -> ActionResult:
        recovery.continue_update_rollback(self._cloudformation, self._asked)
        return ActionResult({})

    def rollback_stack(self) -> ActionResult:
        return self._begun(recovery.rollback_stack(self._cloudformation, self._asked))

    def update_termination_protection(self) -> ActionResult:
        stack = self._cloudformation.stack(self._asked["StackName"], NO_STACK)
        if stack.root:
            raise ValidationError("TerminationProtection cannot be updated on nested stacks. Set it on the root stack")
        stack.change(termination_protection=bool(self._asked["EnableTerminationProtection"]))
        return self._answer(StackId=stack.id)

    def set_stack_policy(self) -> ActionResult:
        stack = self._cloudformation.stack(self._asked["StackName"], NO_STACK)
        stack.change(policy=policy_of(self._cloudformation, self._asked, "StackPolicy"))
        return EmptyResult()

    def get_stack_policy(self) -> ActionResult:
        return self._answer(StackPolicyBody=self._cloudformation.stack(self._asked["StackName"], NO_STACK).state.policy)

    def _begun(self, stack: Stack) -> ActionResult:
        return self._answer(StackId=stack.id, OperationId=stack.state.operations[0].id)


class Stacks(Face):
    """What shows stacks; as they were `lag` seconds ago."""

    def describe_stacks(self) -> ActionResult:
        region, name = self._cloudformation, self._asked.get("StackName")
        found = [region.stack(name)] if name else list(region.live())
        page, token = self._page([views.stack(one, one.seen(self._lag)) for one in found])
        return self._answer(Stacks=page, NextToken=token)

    def list_stacks(self) -> ActionResult:
        wanted = self._asked.get("StackStatusFilter")
        seen = [(one, one.seen(self._lag)) for one in reversed(list(self._cloudformation.stacks.values()))]
        rows = [views.summary(one, state) for one, state in seen if not wanted or state.status in wanted]
        page, token = self._page(rows)
        return self._answer(StackSummaries=page, NextToken=token)

    def describe_stack_events(self) -> ActionResult:
        stack = self._cloudformation.stack(self._asked["StackName"], NO_STACK)
        events = [each for each in stack.events(self._lag, self._scatter) if not each.is_hidden]
        page, token = self._events_page(events)
        return self._answer(StackEvents=[views.event(stack, event) for event in page], NextToken=token)

    def describe_events(self) -> ActionResult:
        region, asked = self._cloudformation, self._asked
        rows = list(_operation_events(region, asked, self._lag))
        if asked.get("Filters", {}).get("FailedEvents"):
            rows = [row for row in rows if str(row["EventType"]).endswith("_ERROR")]
        page, token = self._page(rows)
        return self._answer(OperationEvents=page, NextToken=token)

    def get_hook_result(self) -> ActionResult:
        wanted = self._asked["HookResultId"]
        for stack in self._cloudformation.stacks.values():
            for event in stack.events(self._lag):
                if event.hook and event.id == wanted:
                    return self._answer(**views.hook_result(event, event.hook))
        raise CloudFormationError("HookResultNotFound", f"The hook result with ID {wanted} can't be found")

    def describe_stack_resource(self) -> ActionResult:
        stack, row = self._resource()
        return self._answer(StackResourceDetail=views.resource_detail(stack, row))

    def describe_stack_resources(self) -> ActionResult:
        asked = self._asked
        if asked.get("StackName") and asked.get("PhysicalResourceId"):
            raise ValidationError("StackName and PhysicalResourceId cannot both be specified")
        if asked.get("PhysicalResourceId"):
            stack = self._owner(asked["PhysicalResourceId"])
        else:
            stack = self._cloudformation.stack(asked.get("StackName"))
        wanted = asked.get("LogicalResourceId")
        rows = [row for row in self._rows(stack) if wanted in (None, row.logical_id)][:100]
        if wanted and not rows:
            raise ValidationError(f"Resource {wanted} does not exist for stack {stack.name}")
        return self._answer(StackResources=[views.resource(stack, row, "Timestamp") for row in rows])

    def list_stack_resources(self) -> ActionResult:
        stack = self._cloudformation.stack(self._asked["StackName"])
        page, token = self._page(self._rows(stack))
        return self._answer(
            StackResourceSummaries=[views.resource_summary(stack, row) for row in page], NextToken=token
        )

    def _rows(self, stack: Stack) -> list[Resource]:
        rows = stack.seen(self._lag).resources
        return [rows[name] for name in sorted(rows)]

    def _resource(self) -> tuple[Stack, Resource]:
        stack = self._cloudformation.stack(self._asked["StackName"])
        name = self._asked["LogicalResourceId"]
        row = stack.seen(self._lag).resources.get(name)
        if row is None:
            raise ValidationError(f"Resource {name} does not exist for stack {self._asked['StackName']}")
        return stack, row

    def _owner(self, physical_id: str) -> Stack:
        for stack in self._cloudformation.live():
            if any(row.physical_id == physical_id for row in stack.state.resources.values()):
                return stack
        raise ValidationError(f"Stack for {physical_id} does not exist")

    def _events_page(self, events: list[Event]) -> tuple[list[Event], str | None]:
        """A page begins at the event its token names, however many new ones came meanwhile."""
        token = self._asked.get("NextToken")
        begin = next((index for index, event in enumerate(events) if event.id == token), None) if token else 0
        if begin is None:
            raise ValidationError(f"Invalid NextToken: {token}")
        end = begin + self._world.knobs.page
        page, after = events[begin:end], events[end].id if end < len(events) else None
        return sorted(page, key=lambda event: event.id) if self._scatter else page, after


def _operation_events(region: Region, asked: dict[str, Any], lag: float) -> Iterator[dict[str, Any]]:
    """The events of one operation, newest first; by stack name, of the latest one."""
    if asked.get("ChangeSetName"):
        yield from _making(region, changeset.find(region, asked["ChangeSetName"], asked.get("StackName")))
        return
    wanted = asked.get("OperationId")
    if not wanted and not asked.get("StackName"):
        raise ValidationError("One of ChangeSetName, OperationId or StackName must be specified")
    for found in region.change_sets.values():
        if wanted and found.operation_id == wanted:
            yield from _making(region, found)
            return
    stacks = [region.stack(asked["StackName"], NO_STACK)] if asked.get("StackName") else list(region.stacks.values())
    told = [(stack, event) for stack in stacks for event in stack.events(lag)]
    chosen = wanted or (told[0][1].operation.id if told else None)
    rows = [views.operation_event(stack, event) for stack, event in told if event.operation.id == chosen]
    if wanted and not rows:
        raise ValidationError("Operation ID does not exist")
    yield from rows


def _making(region: Region, found: changeset.ChangeSet) -> Iterator[dict[str, Any]]:
    """The events of the making of a change set."""
    yield changeset_event(found)
    yield from (_validation(found, each) for each in region.knobs.found("making"))


def _validation(found: changeset.ChangeSet, told: Mapping[str, str]) -> dict[str, Any]:
    return views.some(
        EventId=str(uuid4()),
        StackId=found.stack.id,
        OperationId=found.operation_id,
        OperationType="CREATE_CHANGESET",
        LogicalResourceId=told.get("resource"),
        Timestamp=found.created_at,
        **views.validation(told),
    )


def changeset_event(found: changeset.ChangeSet) -> dict[str, Any]:
    """The event of the making of a change set; the sandbox validates nothing early but what a knob says."""
    status = {"FAILED": "FAILED", "CREATE_COMPLETE": "SUCCEEDED"}.get(found.status, "IN_PROGRESS")
    return views.some(
        EventId=found.operation_id,
        StackId=found.stack.id,
        OperationId=found.operation_id,
        OperationType="CREATE_CHANGESET",
        OperationStatus=status,
        EventType="STACK_EVENT",
        Timestamp=found.created_at,
        StartTime=found.created_at,
        EndTime=None if status == "IN_PROGRESS" else found.ready_at,
    )
