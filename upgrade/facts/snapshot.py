"""Everything a phase has read: `before` and `after` are two of these, built by the same collector."""

from dataclasses import dataclass

from upgrade.facts.drift import Drift
from upgrade.facts.known import Fact
from upgrade.facts.services import Databases, DeployRole, LinkedStack, TargetGroups
from upgrade.facts.stack import Identity, Resource, Stack, Template


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
    """None after the upgrade, until a postflight check asks for it."""
    databases: Fact[Databases]
    target_groups: Fact[TargetGroups]
    deploy_role: Fact[DeployRole] | None
    backup: Fact[LinkedStack] | None
