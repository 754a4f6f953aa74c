"""The part of the record that says what was found: the stack and what hangs on it, before and after.

Facts stand in the record as the gate has them (upgrade.facts); of templates only what identifies them does.
"""

from datetime import datetime
from typing import Any

from pydantic import model_validator

from reports.changes import Plan
from reports.part import EARLIER, Fact, Part, described, not_asked
from reports.template_file import TemplateFile
from upgrade.config.product import Product
from upgrade.facts import (
    backups,
    capacity,
    compute,
    data,
    drift,
    functions,
    health,
    inputs,
    lint,
    permissions,
    services,
)
from upgrade.facts.changes import ListedChangeSet
from upgrade.facts.keys import Key, Secret
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Credentials, Event, Identity, OperationEntry, Resource, Stack
from upgrade.facts.stuck import Stuck
from upgrade.facts.upkeep import Upkeep, Work

described(
    backups.CopyJob,
    backups.RecoveryPoint,
    backups.Selection,
    backups.Vault,
    capacity.InstanceType,
    capacity.Quota,
    capacity.Subnet,
    drift.Drift,
    drift.PropertyDifference,
    drift.ResourceDrift,
    compute.Environment,
    compute.Image,
    compute.Instance,
    compute.Job,
    compute.JobQueue,
    compute.Launch,
    compute.LaunchSource,
    compute.Machine,
    compute.Queue,
    compute.Refresh,
    compute.ScalingGroup,
    data.StatefulService,
    data.Volume,
    functions.Function,
    health.Alarm,
    health.Answer,
    health.Certificate,
    Key,
    Secret,
    inputs.StoredParameter,
    health.VersionProbe,
    lint.Lint,
    lint.LintError,
    permissions.Permissions,
    permissions.Simulated,
    services.Database,
    services.Role,
    services.Statement,
    services.Target,
    services.TargetGroup,
    Credentials,
    Event,
    Identity,
    ListedChangeSet,
    OperationEntry,
    Resource,
    Stack,
    Stuck,
    Upkeep,
    Work,
)


class LinkedStack(Part):
    """A stack the primary depends on."""

    entry: str
    """Its entry in stacks.toml."""
    stack: Stack
    template: TemplateFile
    published: Fact[TemplateFile]
    """The published template it is compared with, where it carries no version mark of its own."""


class DeployRole(Part):
    """The deployment role."""

    arn: str
    name: str
    statements: tuple[services.Statement, ...]
    linked: LinkedStack | None
    """The stack it comes from; null if none is named."""
    published: Fact[TemplateFile]
    """The target version's role template, where no stack is named."""


class State(Part):
    """All facts of one phase."""

    identity: Fact[Identity]
    stack: Fact[Stack]
    nested: Fact[tuple[Stack, ...]]
    resources: Fact[tuple[Resource, ...]]
    template: Fact[TemplateFile]
    """The deployed one."""
    processed: Fact[TemplateFile]
    """The deployed one as CloudFormation has processed it; its text is kept nowhere: a macro may have put secrets in it."""
    target: Fact[TemplateFile]
    """The one to upgrade to."""
    nested_templates: Fact[dict[str, TemplateFile]]
    """The deployed ones of nested stacks, by logical id; their text is kept nowhere."""
    drift: Fact[drift.Drift]
    databases: Fact[dict[str, services.Database]]
    """By logical id."""
    target_groups: Fact[dict[str, services.TargetGroup]]
    """By logical id."""
    deploy_role: Fact[DeployRole]
    backup: Fact[LinkedStack]
    executor: Fact[Identity]
    """Who will execute."""
    credentials: Fact[Credentials]
    """Of who will execute."""
    service_role: Fact[services.Role]
    """The role CloudFormation uses; not asked where it uses the caller's permissions."""
    storage_changes: Fact[dict[str, datetime | None]]
    """When the storage of each database was last changed, by logical id; null where no event of the last hours says so."""
    jobs: Fact[dict[str, compute.JobQueue]]
    """Jobs that are not over, by the queue's logical id."""
    queues: Fact[dict[str, compute.Queue]]
    """By logical id."""
    environments: Fact[dict[str, compute.Environment]]
    """Batch compute environments, by logical id."""
    groups: Fact[dict[str, compute.ScalingGroup]]
    """By logical id."""
    launches: Fact[dict[str, compute.Launch]]
    """What each group launches and the machines it has, by the group's logical id."""
    refreshes: Fact[dict[str, tuple[compute.Refresh, ...]]]
    """Instance refreshes that are not over, by the group's logical id."""
    subnets: Fact[dict[str, capacity.Subnet]]
    """Those into which the target launches machines, by id."""
    instance_types: Fact[dict[str, capacity.InstanceType]]
    """Those that the target launches, by name."""
    quotas: Fact[dict[str, capacity.Quota]]
    """Those that an update to this target may run into, by code."""
    upkeep: Fact[dict[str, Upkeep]]
    """When AWS itself works on databases, caches and search domains, by logical id."""
    functions: Fact[dict[str, Fact[functions.Function]]]
    """Those that answer custom resources, by name or ARN."""
    workers: Fact[tuple[compute.Instance, ...]]
    """Machines outside any group on which users' work runs."""
    images: Fact[dict[str, compute.Image]]
    """What the target launches, by image id."""
    lint: Fact[lint.Lint]
    prediction: Fact[Plan]
    """The change set that CloudFormation would make, from old against new."""
    permissions: Fact[permissions.Permissions | None]
    """What the prediction asks of who works on the update; null where nobody's permissions can be simulated."""
    change_sets: Fact[tuple[ListedChangeSet, ...]]
    """Those of the stack that are not executed."""
    running: Fact[Event]
    """The event with which the operation began that is running; null where none is."""
    stuck: Fact[tuple[Stuck, ...]]
    """What a rollback has left in UPDATE_FAILED; asked for to recover a stack only."""
    stack_policy: Fact[str]
    """Its JSON text; empty where there is none."""
    rollback_alarms: Fact[dict[str, str]]
    """By ARN, the state of each alarm that rolls the update back; empty for one that does not exist."""
    topics: Fact[dict[str, bool]]
    """By ARN, whether each topic still exists that CloudFormation notifies of the stack's events."""
    volumes: Fact[dict[str, data.Volume]]
    """EBS volumes by logical id."""
    stateful_services: Fact[dict[str, data.StatefulService]]
    """Search domains, cache groups and file systems by logical id."""
    free_storage: Fact[dict[str, int | None]]
    """Free bytes by logical id of a database; null where CloudWatch has no measurement of the last half hour."""
    alarms: Fact[dict[str, health.Alarm]]
    """By logical id."""
    certificates: Fact[dict[str, Fact[health.Certificate]]]
    """By ARN; where the template does not tell which it is, by the listener that shows it."""
    selections: Fact[tuple[backups.Selection, ...]]
    """Of AWS Backup: those that take in a resource of the stack, or may do so by its tags."""
    vaults: Fact[dict[str, backups.Vault]]
    """Of AWS Backup, by name: those of the stack and those it is backed up into, as far as they exist."""
    recovery_points: Fact[dict[str, backups.RecoveryPoint | None]]
    """The newest of each resource that is backed up, or may be by its tags, by logical id; null where there is none."""
    copy_jobs: Fact[tuple[backups.CopyJob, ...]]
    """To every vault that backups are copied to; the newest first."""
    arrived: Fact[dict[str, Fact[tuple[backups.RecoveryPoint, ...]]]]
    """By ARN of a vault that backups are copied to, what lies in it."""
    keys: Fact[dict[str, Fact[Key]]]
    """By ARN, id or alias, as whatever is encrypted with it names it."""
    secrets: Fact[dict[str, Fact[Secret]]]
    """Those that the target has CloudFormation resolve, by name or ARN; their values are never read."""
    nested_targets: Fact[dict[str, Fact[TemplateFile]]]
    """Templates of the stacks nested in the target, by their logical ids joined by dots."""
    stored: Fact[dict[str, Fact[inputs.StoredParameter]]]
    """SSM parameters that the target uses, by name."""
    existing: Fact[dict[str, Fact[dict[str, dict[str, str]]]]]
    """Of the ids that parameters will have, those that exist, with what rules ask of them; by parameter type."""
    importers: Fact[dict[str, Fact[tuple[str, ...]]]]
    """Stacks that import each export."""
    answers: Fact[dict[str, health.Answer]]
    """What the application answered, by address."""
    version_probe: Fact[health.VersionProbe]
    denied: tuple[str, ...]
    """IAM actions that were denied while this was read."""

    @model_validator(mode="before")
    @classmethod
    def _of_an_earlier_version(cls, value: Any) -> Any:
        """What an earlier version of Plimsoll did not read is not asked for."""
        if not isinstance(value, dict):
            return value
        return {**dict.fromkeys(cls.model_fields, not_asked(EARLIER)), **value}


NOT_REACHED = "the run did not come to it"


def state(snapshot: Snapshot | None, product: Product) -> State:
    """The record of a snapshot; of a phase the run did not come to, every fact says so."""
    missing: dict[str, object] = {name: not_asked(NOT_REACHED) for name in State.model_fields} | {"denied": ()}
    return State.model_validate(missing if snapshot is None else snapshot, context=product)
