"""Everything a phase has read: `before` and `after` are two of these, built by the same collector."""

from collections.abc import Mapping
from dataclasses import dataclass

from upgrade.facts.backups import CopyJob, RecoveryPoint, RecoveryPoints, Selection, Vaults
from upgrade.facts.capacity import InstanceTypes, Quotas, SubnetsById
from upgrade.facts.changes import ListedChangeSet, Plan
from upgrade.facts.compute import Environments, Images, Instance, JobQueues, Launches, Queues, Refreshes, ScalingGroups
from upgrade.facts.data import FreeStorage, StatefulServices, Volumes
from upgrade.facts.drift import Drift
from upgrade.facts.functions import Functions
from upgrade.facts.health import Alarms, Answers, Certificates, VersionProbe
from upgrade.facts.inputs import Existing, StoredParameter
from upgrade.facts.keys import Keys, Secrets
from upgrade.facts.known import Fact
from upgrade.facts.lint import Lint
from upgrade.facts.permissions import Permissions
from upgrade.facts.services import Databases, DeployRole, LinkedStack, Role, StorageChanges, TargetGroups
from upgrade.facts.stack import Credentials, Event, Identity, Resource, Stack, Template
from upgrade.facts.stuck import Stuck
from upgrade.facts.upkeep import Upkeeps


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The facts of one phase; what nothing asks for in it is unknown for that reason (`Reason.NOT_ASKED`)."""

    identity: Fact[Identity]
    stack: Fact[Stack]
    nested: Fact[tuple[Stack, ...]]
    """Every nested stack, to any depth; empty where there is none."""
    resources: Fact[tuple[Resource, ...]]
    template: Fact[Template]
    """The deployed one, as it was submitted (GetTemplate, Original)."""
    processed: Fact[Template]
    """The deployed one as CloudFormation has processed it: with what macros and loops have made of it. Read after an
    upgrade, too."""
    target: Fact[Template]
    """The one to upgrade to. Read before an upgrade only, as all that nothing says otherwise of."""
    nested_templates: Fact[Mapping[str, Template]]
    """The deployed ones of nested stacks, as they were submitted, by logical id."""
    drift: Fact[Drift]
    """Read after an upgrade, too."""
    databases: Fact[Databases]
    """Read after an upgrade, too."""
    target_groups: Fact[TargetGroups]
    """Read after an upgrade, too."""
    deploy_role: Fact[DeployRole | None]
    """None if none is configured."""
    backup: Fact[LinkedStack | None]
    """The backup stack; None if no entry names one."""
    executor: Fact[Identity]
    """Who will execute."""
    credentials: Fact[Credentials]
    """Of who will execute."""
    service_role: Fact[Role | None]
    """The role CloudFormation will use; None if it uses the permissions of the caller."""
    storage_changes: Fact[StorageChanges]
    jobs: Fact[JobQueues]
    queues: Fact[Queues]
    environments: Fact[Environments]
    groups: Fact[ScalingGroups]
    launches: Fact[Launches]
    """Read after an upgrade, too."""
    refreshes: Fact[Refreshes]
    """Instance refreshes that are not over."""
    subnets: Fact[SubnetsById]
    """Those into which the target launches machines."""
    instance_types: Fact[InstanceTypes]
    """Those that the target launches."""
    quotas: Fact[Quotas]
    """Those that an update to this target may run into."""
    upkeep: Fact[Upkeeps]
    """When AWS itself works on databases, caches and search domains."""
    functions: Fact[Functions]
    """Those that answer custom resources."""
    workers: Fact[tuple[Instance, ...]]
    """Machines outside any group on which users' work runs."""
    images: Fact[Images]
    """Every image the target launches, as far as the template tells which."""
    lint: Fact[Lint]
    prediction: Fact[Plan]
    """The change set that CloudFormation would make, from old against new."""
    permissions: Fact[Permissions | None]
    """What the prediction asks of who works on the update; None where nobody's permissions can be simulated."""
    change_sets: Fact[tuple[ListedChangeSet, ...]]
    """Those of the stack that are not executed."""
    running: Fact[Event | None]
    """The event with which the operation began that is running; None where none is."""
    stuck: Fact[tuple[Stuck, ...]]
    """What a rollback has left in UPDATE_FAILED. Read to recover a stack only."""
    stack_policy: Fact[str]
    """Its JSON text; empty where there is none. Read after an upgrade, too."""
    rollback_alarms: Fact[Mapping[str, str]]
    """By ARN, the state of each alarm that rolls the update back; empty for one that does not exist."""
    topics: Fact[Mapping[str, bool]]
    """By ARN, whether each topic still exists that CloudFormation notifies of the stack's events."""
    volumes: Fact[Volumes]
    stateful_services: Fact[StatefulServices]
    free_storage: Fact[FreeStorage]
    alarms: Fact[Alarms]
    """Read after an upgrade, too."""
    certificates: Fact[Certificates]
    """The stack's own, and those that the listeners of the target show."""
    selections: Fact[tuple[Selection, ...]]
    """Of AWS Backup: those that take in a resource of the stack, or may do so by its tags. Read after an upgrade, too."""
    vaults: Fact[Vaults]
    """Of AWS Backup: those of the stack and those it is backed up into, as far as they exist. Read after an upgrade, too."""
    recovery_points: Fact[RecoveryPoints]
    copy_jobs: Fact[tuple[CopyJob, ...]]
    """To every vault that backups are copied to; the newest first."""
    arrived: Fact[Mapping[str, Fact[tuple[RecoveryPoint, ...]]]]
    """By ARN of such a vault, what lies in it; not asked for where no entry is of its account."""
    keys: Fact[Keys]
    secrets: Fact[Secrets]
    """Those that the target has CloudFormation resolve."""
    nested_targets: Fact[Mapping[str, Fact[Template]]]
    """The templates of the stacks nested in the target, by their logical ids joined by dots."""
    stored: Fact[Mapping[str, Fact[StoredParameter]]]
    """SSM parameters that parameter values and versionless references of the target name, by that name."""
    existing: Fact[Mapping[str, Fact[Existing]]]
    """Of the ids that parameters of AWS-specific types will have, those that exist; by type."""
    importers: Fact[Mapping[str, Fact[tuple[str, ...]]]]
    """Names of the stacks that import each export of this one and of those nested in it."""
    answers: Fact[Answers]
    """Empty where the application is not asked. Read after an upgrade, too."""
    version_probe: Fact[VersionProbe | None]
    """None where the version is not asked. Read after an upgrade only."""
    denied: tuple[str, ...] = ()
    """IAM actions that were denied while this was read."""
