"""Makes our change set, waits for it, reads all of it, and deletes it when it is not used; and old ones of ours with it.

A definite no (parameters that don't fit, CloudFormation refuses the request) is a plan whose status says so, fit for a
finding; what could not be learned is Unknown.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import chain
from typing import Any, TypeVar

from upgrade.aws import change_sets
from upgrade.aws.errors import fact
from upgrade.clock import Clock
from upgrade.config.entry import StackEntry
from upgrade.config.product import Product
from upgrade.config.target import Target
from upgrade.errors import NotSettled, ServiceFailed
from upgrade.facts.changes import NOT_MADE, NOT_READ, PREFIX, NestedChangeSet, Plan, ResourceChange
from upgrade.facts.gather import gather
from upgrade.facts.journal import Act
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.stack import Stack, Template
from upgrade.rules.parameters import PlannedParameters
from upgrade.run.journal import CREATE, DELETE, Journal, NotKept
from upgrade.run.recognise import description
from upgrade.template.macros import is_processed

T = TypeVar("T")

NO_CHANGE = ("The submitted information didn't contain changes.", "No updates are to be performed.")
"""How the reason of a FAILED change set begins when nothing would change (the second with a macro). An empty list of
changes is no such sign: a change of outputs alone has none. Source: aws-cdk-cli, toolkit-lib."""

WAIT_SECONDS = 30 * 60
"""A change set may take this long: hooks and early validation run while it is made."""

TAKE_BACK = 5
"""Times that a change set which can't be deleted yet is tried again: who stops a run does not wait for long."""


@dataclass(frozen=True, slots=True)
class Planner:
    """Makes change sets of one run."""

    client: Any
    """CloudFormation, with the credentials that may make change sets."""
    clock: Clock
    run_id: str
    entry: StackEntry
    product: Product
    target: Target
    template_url: str | None
    """Where CloudFormation reads the target; None for a file that goes into the request."""
    environ: Mapping[str, str]
    secrets: tuple[str, ...]
    """Texts that must never be written."""
    note: Callable[[str], None]
    journal: Journal

    @property
    def name(self) -> str:
        """Name of the change set, and the token it is made with."""
        return PREFIX + self.run_id

    def make(self, stack: Stack, target: Fact[Template], parameters: PlannedParameters) -> Fact[Plan]:
        """Make the change set and read it.

        Args:
            stack: the live stack.
            target: the template that was fetched and checked.
            parameters: what to send.
        """
        if parameters.problems:
            return Known(self._not_made(stack, target, "; ".join(map(str, parameters.problems))), self.clock.now())
        request = self.request(stack, target.value, parameters)
        self.note(f"making change set {self.name}")
        try:
            return self._make(stack, target, request)
        except Exception:  # a change set nobody knows of would stay for ever; after Ctrl-C it is for `take_back`
            self.take_back(stack.arn)
            raise

    def _make(self, stack: Stack, target: Fact[Template], request: dict[str, Any]) -> Fact[Plan]:
        try:
            made = self._create(request)
        except NotKept as error:
            return Unknown(Reason.BLOCKED, f"no change set was made: {error}", "", self.clock.now())
        if isinstance(made, Unknown) and made.reason is Reason.FAILED:
            return Known(self._not_made(stack, target, made.detail), made.at)
        plan = made if isinstance(made, Unknown) else self.read(made.value)
        if isinstance(plan, Unknown):
            # It may exist all the same, and nobody else would ever delete it.
            self.take_back(stack.arn)
        return plan

    def _create(self, request: dict[str, Any]) -> Fact[str]:
        told = {"change_set": self.name, "stack": request["StackName"]}
        with self.journal.around(CREATE, **told) as attempt:
            made = fact(self.clock, CREATE, lambda: change_sets.create(self.client, request), self._masked)
            if isinstance(made, Known):
                attempt.act, attempt.told = Act.ACCEPTED, {"change_set": made.value}
        return made

    def request(self, stack: Stack, target: Template, parameters: PlannedParameters) -> dict[str, Any]:
        """The arguments of CreateChangeSet."""
        request: dict[str, Any] = {
            "StackName": stack.arn,
            "ChangeSetName": self.name,
            "ChangeSetType": "UPDATE",
            "ClientToken": self.name,
            "Description": description(self.run_id, self.target.version or self.target.address),
            "IncludeNestedStacks": True,
            "Parameters": parameters.request(self.environ),
        }
        capabilities = self.entry.capabilities
        request["Capabilities"] = list(self.product.capabilities if capabilities is None else capabilities)
        if self.template_url is None:
            request["TemplateBody"] = target.text
        else:
            request["TemplateURL"] = self.template_url
        if self.entry.service_role_arn:
            request["RoleARN"] = self.entry.service_role_arn
        if self.entry.rollback_triggers:  # sent, it takes the place of what is on the stack: that goes along
            request["RollbackConfiguration"] = _rollback(stack, self.entry.rollback_triggers)
        present = {key: value for key, value in stack.tags.items() if not key.startswith("aws:")}
        wanted = {**present, **self.entry.tags}
        if wanted != present:  # left out, the stack keeps its tags; sent, what is missing is removed
            request["Tags"] = [{"Key": key, "Value": value} for key, value in wanted.items()]
        return request

    def tidy(self, stack: Stack) -> None:
        """Delete change sets of ours that are too old to be executed; nothing else, ever."""
        oldest = self.clock.now() - timedelta(hours=self.entry.change.plan_hours)
        listed = fact(
            self.clock, "cloudformation:ListChangeSets", lambda: change_sets.read_list(self.client, stack.arn)
        )
        if isinstance(listed, Unknown):
            self.note(f"old change sets of ours were not looked for: {listed}")
            return
        for each in listed.value:
            if each.name.startswith(PREFIX) and each.created < oldest and not each.is_executing:
                self.note(f"deleting change set {each.name}, made at {each.created:%Y-%m-%d %H:%M %Z}")
                left = self.delete(each.arn)
                if left is not None:
                    self.note(f"it is still there: {left}")

    def discard(self, plan: Plan) -> Unknown | None:
        """Delete our change set; None if it is gone, else why it is not."""
        return self.delete(plan.arn) if plan.arn else None

    def take_back(self, stack_arn: str, name: str = "") -> None:
        """Delete our change set, of which it is not known whether it exists; while it is being made, it can't be deleted.

        Args:
            stack_arn: of the stack.
            name: of the change set or its ARN, where an earlier run has made it.
        """
        name = name or self.name
        left = self.delete(name, stack_arn)
        for _ in range(TAKE_BACK):
            if left is None or left.reason is not Reason.FAILED:
                break
            self.clock.sleep(self.entry.polling.change_set)
            left = self.delete(name, stack_arn)
        if left is not None:
            self.note(f"our change set {name} may still be there: {left}")

    def delete(self, name: str, stack_arn: str | None = None) -> Unknown | None:
        """Delete a change set of ours, by ARN or by name and stack; None if it is gone, else why it is not."""
        self.journal.keep(Act.INTENT, DELETE, change_set=name)  # to do it twice is safe, to leave it undone is not
        gone = fact(self.clock, DELETE, lambda: change_sets.delete(self.client, name, stack_arn))
        left = gone if isinstance(gone, Unknown) and gone.reason is not Reason.NOT_FOUND else None
        self.journal.keep(Act.UNSURE if left else Act.ACCEPTED, DELETE, change_set=name)
        return left

    def read(self, arn: str) -> Fact[Plan]:
        """Read a change set of ours, nested ones and its template included, when CloudFormation has worked it out."""
        call = "cloudformation:DescribeChangeSet"
        settled = fact(self.clock, call, lambda: self._settled(arn))
        if isinstance(settled, Unknown):
            return settled
        made, children = settled.value, dict[str, change_sets.ChangeSet]()
        changes = fact(self.clock, call, lambda: tuple(self._with_nested(made.changes, children)))
        if isinstance(changes, Unknown):
            return changes
        template = fact(self.clock, "cloudformation:GetTemplate", lambda: change_sets.read_template(self.client, arn))
        processed = template
        if isinstance(template, Known) and is_processed(template.value):
            call, read = "cloudformation:GetTemplate", change_sets.read_processed
            processed = fact(self.clock, call, lambda: read(self.client, arn))
        arns = [arn, *(child.arn for child in children.values())]
        plan = Plan(
            arn=made.arn,
            name=made.name,
            stack_arn=made.stack_arn,
            created=made.created,
            status=made.status,
            status_reason=self._masked(made.status_reason),
            execution_status=made.execution_status,
            changes=changes.value,
            parameters=made.parameters,
            tags=made.tags,
            capabilities=made.capabilities,
            template=template,
            processed=processed,
            nothing_to_do=made.status == "FAILED" and made.status_reason.startswith(NO_CHANGE),
            nested=tuple(self._nested(logical_id, child) for logical_id, child in children.items()),
            validations=self._each("DescribeEvents", change_sets.read_validations, arns),
            hooks=NOT_READ
            if made.status == "FAILED"
            else self._each("DescribeChangeSetHooks", change_sets.read_hooks, arns),
        )
        return Known(plan, settled.at)

    def _settled(self, arn: str) -> change_sets.ChangeSet:
        deadline = self.clock.monotonic() + WAIT_SECONDS
        while True:
            change_set = change_sets.read(self.client, arn)
            if change_set.status in {"CREATE_COMPLETE", "FAILED"}:
                return change_set
            if change_set.status not in {"CREATE_PENDING", "CREATE_IN_PROGRESS"}:
                raise ServiceFailed(f"our change set is {change_set.status}: somebody is deleting it")
            if self.clock.monotonic() > deadline:
                raise NotSettled(f"the change set is still {change_set.status} after {WAIT_SECONDS // 60} minutes")
            self.clock.sleep(self.entry.polling.change_set)

    def _each(self, operation: str, read: Callable[[Any, str], tuple[T, ...]], arns: list[str]) -> Fact[tuple[T, ...]]:
        """What a read answers for the change set and those of nested stacks."""
        reads = [partial(read, self.client, arn) for arn in arns]
        return fact(self.clock, f"cloudformation:{operation}", lambda: tuple(chain.from_iterable(gather(reads))))

    def _nested(self, logical_id: str, made: change_sets.ChangeSet) -> NestedChangeSet:
        reason = "" if made.status_reason.startswith(NO_CHANGE) else self._masked(made.status_reason)
        return NestedChangeSet(logical_id, made.status, reason, made.execution_status)

    def _with_nested(
        self, changes: Iterable[ResourceChange], children: dict[str, change_sets.ChangeSet], prefix: str = ""
    ) -> Iterable[ResourceChange]:
        """The changes and those of nested stacks, whose change sets are put into `children`."""
        level = tuple(changes)
        siblings = {change.logical_id for change in level}
        for change in level:
            details = tuple(
                replace(detail, causing_entity=prefix + detail.causing_entity)
                if detail.causing_entity.partition(".")[0] in siblings
                else detail
                for detail in change.details
            )
            named = replace(change, logical_id=prefix + change.logical_id, details=details)
            yield named
            if change.nested_change_set:
                child = children[named.logical_id] = self._settled(change.nested_change_set)
                yield from self._with_nested(child.changes, children, f"{named.logical_id}.")

    def _not_made(self, stack: Stack, target: Fact[Template], reason: str) -> Plan:
        return Plan(
            arn="",
            name=self.name,
            stack_arn=stack.arn,
            created=self.clock.now(),
            status=NOT_MADE,
            status_reason=reason,
            execution_status="UNAVAILABLE",
            changes=(),
            parameters={},
            tags={},
            capabilities=(),
            template=target,
            nothing_to_do=False,
        )

    def _masked(self, text: str) -> str:
        """CloudFormation may quote a value it does not accept."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(secret, "****")
        return text


def _rollback(stack: Stack, alarms: Iterable[str]) -> dict[str, Any]:
    present = [{"Arn": arn, "Type": type_} for arn, type_ in stack.rollback_triggers]
    added = [
        {"Arn": arn, "Type": "AWS::CloudWatch::Alarm"} for arn in alarms if arn not in dict(stack.rollback_triggers)
    ]
    return {"RollbackTriggers": present + added, "MonitoringTimeInMinutes": stack.monitoring_minutes}
