"""The part of the record that says what was found: the stack and what hangs on it, before and after."""

from typing import Any

from pydantic import AwareDatetime, ValidationInfo, model_validator

from reports.part import Fact, Part, not_asked
from upgrade.config.product import Product
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Template


class Identity(Part):
    """Who asked: sts:GetCallerIdentity, and the region of the session."""

    account: str
    arn: str
    region: str


class Stack(Part):
    """cloudformation:DescribeStacks; NoEcho parameters hold CloudFormation's own `****`."""

    arn: str
    name: str
    status: str
    status_reason: str
    created: AwareDatetime
    updated: AwareDatetime | None
    """null for a stack never updated."""
    parameters: dict[str, str]
    tags: dict[str, str]
    outputs: dict[str, str]
    capabilities: tuple[str, ...]
    role_arn: str | None
    """Service role; null where the caller's own permissions are used."""
    parent_arn: str | None
    root_arn: str | None
    notification_arns: tuple[str, ...]
    termination_protection: bool


class Resource(Part):
    """One row of cloudformation:ListStackResources."""

    logical_id: str
    physical_id: str
    type: str
    status: str
    status_reason: str


class TemplateFile(Part):
    """Which template it was."""

    source: str
    """Where it came from: an address, `stack <name>` or `change set <name>`."""
    sha256: str
    """Of the bytes as they came."""
    size: int
    """Bytes."""
    version: str | None
    """The product's version mark; null where it carries none."""

    @model_validator(mode="before")
    @classmethod
    def _of_template(cls, value: Any, info: ValidationInfo[Product]) -> Any:
        """Of a template only what identifies it is kept; the product, as context, knows where the version stands."""
        if not isinstance(value, Template):
            return value
        version = info.context.version_of(value)
        return {"source": value.source, "sha256": value.sha256, "size": value.size, "version": version}


class PropertyDifference(Part):
    """One property that differs from what CloudFormation last set."""

    path: str
    """JSON pointer inside the properties."""
    expected: str
    actual: str
    kind: str
    """ADD, REMOVE or NOT_EQUAL."""


class ResourceDrift(Part):
    """One row of cloudformation:DescribeStackResourceDrifts."""

    logical_id: str
    physical_id: str
    type: str
    status: str
    """IN_SYNC, MODIFIED, DELETED, NOT_CHECKED, UNKNOWN, UNSUPPORTED."""
    differences: tuple[PropertyDifference, ...]
    reason: str


class Drift(Part):
    """A completed drift detection. Types AWS does not check have no row."""

    detected_at: AwareDatetime
    rows: tuple[ResourceDrift, ...]


class Database(Part):
    """rds:DescribeDBInstances; sizes in GiB."""

    identifier: str
    resource_id: str
    """Stays the same for the life of the instance."""
    status: str
    engine: str
    engine_version: str
    instance_class: str
    allocated_storage: int
    max_allocated_storage: int | None
    """null where storage autoscaling is off."""
    endpoint: str
    encrypted: bool
    kms_key: str
    multi_az: bool


class Target(Part):
    """One registered target."""

    id: str
    port: int | None
    state: str
    """initial, healthy, unhealthy, unused, draining, unavailable, unhealthy.draining."""
    reason: str


class TargetGroup(Part):
    """elasticloadbalancing:DescribeTargetHealth of one target group."""

    arn: str
    targets: tuple[Target, ...]


class LinkedStack(Part):
    """A stack the primary depends on."""

    entry: str
    """Its entry in stacks.toml."""
    stack: Stack
    template: TemplateFile
    published: Fact[TemplateFile]
    """The published template it is compared with, where it carries no version mark of its own."""


class Statement(Part):
    """One statement of a policy in force on a role, as written."""

    effect: str
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    resources: tuple[str, ...]
    not_resources: tuple[str, ...]
    condition: str
    """Canonical JSON; empty where there is none."""


class DeployRole(Part):
    """The deployment role."""

    arn: str
    name: str
    statements: tuple[Statement, ...]
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
    target: Fact[TemplateFile]
    """The one to upgrade to."""
    drift: Fact[Drift]
    databases: Fact[dict[str, Database]]
    """By logical id."""
    target_groups: Fact[dict[str, TargetGroup]]
    """By logical id."""
    deploy_role: Fact[DeployRole]
    backup: Fact[LinkedStack]


NOT_REACHED = "the run did not come to it"


def state(snapshot: Snapshot | None, product: Product) -> State:
    """The record of a snapshot; of a phase the run did not come to, every fact says so."""
    missing = {name: not_asked(NOT_REACHED) for name in State.model_fields}
    return State.model_validate(missing if snapshot is None else snapshot, context=product)
