"""Everything a phase has read: `before` and `after` are two of these, built by the same collector."""

from dataclasses import dataclass

from upgrade.facts.compute import Images, Instance, JobQueues, ScalingGroups
from upgrade.facts.drift import Drift
from upgrade.facts.known import Fact
from upgrade.facts.lint import Lint
from upgrade.facts.services import Databases, DeployRole, LinkedStack, Role, StorageChanges, TargetGroups
from upgrade.facts.stack import Credentials, Identity, Resource, Stack, Template


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The facts of one phase. What was not asked for (no deploy role configured, say) is None."""

    identity: Fact[Identity]
    stack: Fact[Stack]
    nested: Fact[tuple[Stack, ...]]
    """Every nested stack, to any depth; empty where there is none."""
    resources: Fact[tuple[Resource, ...]]
    template: Fact[Template]
    """The deployed one, as it was submitted (GetTemplate, Original)."""
    target: Fact[Template] | None
    """The one to upgrade to; None after the upgrade."""
    drift: Fact[Drift] | None
    databases: Fact[Databases]
    target_groups: Fact[TargetGroups]
    deploy_role: Fact[DeployRole] | None
    backup: Fact[LinkedStack] | None
    credentials: Fact[Credentials] | None
    """Of who will execute. Read before an upgrade only, as all that follows."""
    service_role: Fact[Role] | None
    """The role CloudFormation will use; None if it uses the permissions of the caller."""
    storage_changes: Fact[StorageChanges] | None
    jobs: Fact[JobQueues] | None
    groups: Fact[ScalingGroups] | None
    workers: Fact[tuple[Instance, ...]] | None
    """Machines outside any group on which users' work runs; None where the product knows none."""
    images: Fact[Images] | None
    """Every image the target launches, as far as the template tells which."""
    lint: Fact[Lint] | None
    denied: tuple[str, ...] = ()
    """IAM actions that were denied while this was read."""
