"""What hangs on the stack, as its own service sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from upgrade.facts.known import Fact
from upgrade.facts.stack import Stack, Template


@dataclass(frozen=True, slots=True)
class Database:
    """rds:DescribeDBInstances, the part that an upgrade may not damage. Sizes in GiB."""

    identifier: str
    resource_id: str
    """DbiResourceId: stays the same for the life of the instance."""
    status: str
    engine: str
    engine_version: str
    instance_class: str
    allocated_storage: int
    max_allocated_storage: int | None
    """None where storage autoscaling is off."""
    endpoint: str
    encrypted: bool
    kms_key: str
    multi_az: bool
    pending: Mapping[str, str] = field(default_factory=dict)
    """PendingModifiedValues: what waits for the maintenance window."""


@dataclass(frozen=True, slots=True)
class Target:
    """One registered target. state: initial, healthy, unhealthy, unused, draining, unavailable, unhealthy.draining."""

    id: str
    port: int | None
    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TargetGroup:
    """elasticloadbalancing:DescribeTargetHealth of one target group."""

    arn: str
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class LinkedStack:
    """A stack entry the primary depends on (backup stack, role stack): its state and its template."""

    entry: str
    """Name of the entry in stacks.toml."""
    stack: Stack
    template: Template
    published: Fact[Template] | None = None
    """Where the live template carries no version mark: the template published for the version that is wanted."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One Allow or Deny statement of a policy attached to a role; actions as written, wildcards included."""

    effect: str
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    resources: tuple[str, ...]
    not_resources: tuple[str, ...]
    condition: str
    """The condition block as canonical JSON; empty where there is none."""


@dataclass(frozen=True, slots=True)
class DeployRole:
    """The deployment role: the stack it comes from (if one is named) and the policies now in force on it."""

    arn: str
    name: str
    statements: tuple[Statement, ...]
    linked: LinkedStack | None
    published: Fact[Template] | None = None
    """The target version's role template, where no stack is named: what the role is measured by."""


@dataclass(frozen=True, slots=True)
class Role:
    """iam:GetRole."""

    arn: str
    name: str
    exists: bool
    trusts: tuple[str, ...]
    """Services that may assume it, e.g. `cloudformation.amazonaws.com`."""


StorageChanges = Mapping[str, datetime | None]
"""By logical id of a database: when its storage was last changed, as far as its events of the last hours tell."""
TargetGroups = Mapping[str, TargetGroup]
"""By logical id."""
Databases = Mapping[str, Database]
"""By logical id."""
