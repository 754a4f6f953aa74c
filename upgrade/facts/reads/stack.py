"""Facts about the stack itself: what CloudFormation tells of it, its databases and its target groups."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from upgrade.aws import cloudformation, s3
from upgrade.aws.elbv2 import TARGET_GROUP, read_target_group
from upgrade.aws.errors import fact
from upgrade.aws.rds import DB_INSTANCE, read_database
from upgrade.aws.session import Connection
from upgrade.aws.sts import read_identity
from upgrade.config.target import S3Object, Target
from upgrade.facts.drift import Drift
from upgrade.facts.each import read_each
from upgrade.facts.family import family
from upgrade.facts.gather import gather
from upgrade.facts.known import Fact, Known, Unknown
from upgrade.facts.nested import NESTED, Tree, is_nested, read_tree
from upgrade.facts.services import Databases, TargetGroups
from upgrade.facts.source import Source
from upgrade.facts.stack import Identity, Resource, Stack, Template
from upgrade.template.macros import is_processed
from upgrade.template.read import parse

T = TypeVar("T")


class StackReads:
    """One fact family a method."""

    def __init__(self, source: Source) -> None:
        """Prepare; nothing is read yet."""
        self.source = source
        self._clock, self._entry, self._target = source.clock, source.entry, source.target

    @family(after=True)
    def identity(self) -> Fact[Identity]:
        """Who asks."""
        client = self.source.client("sts")
        return fact(self._clock, "sts:GetCallerIdentity", lambda: read_identity(client))

    @family(after=True)
    def stack(self) -> Fact[Stack]:
        """The stack itself."""
        return self._cloudformation("DescribeStacks", cloudformation.read_stack)

    @family(after=True)
    def template(self) -> Fact[Template]:
        """The deployed template."""
        return self._cloudformation("GetTemplate", cloudformation.read_template)

    @family(after=True)
    def processed(self, template: Fact[Template]) -> Fact[Template]:
        """The deployed template as CloudFormation has processed it; asked for only where it is another one."""
        if not is_processed(template.value):
            return template
        return self._cloudformation("GetTemplate", cloudformation.read_processed)

    @family()
    def nested_templates(self, resources: Fact[tuple[Resource, ...]]) -> Fact[Mapping[str, Template]]:
        """The deployed templates of nested stacks."""
        read = partial(cloudformation.read_template, self.source.client("cloudformation"))
        return self.source.each(resources, NESTED, "cloudformation:GetTemplate", read)

    @family(after=True)
    def tree(self) -> Fact[Tree]:
        """The stack's resources and nested stacks."""
        return self._cloudformation("ListStackResources", read_tree)

    @family(after=True)
    def resources(self, tree: Fact[Tree]) -> Fact[tuple[Resource, ...]]:
        """All resources, those of nested stacks included."""
        return tree if isinstance(tree, Unknown) else Known(tree.value.resources, tree.at)

    @family(after=True)
    def nested(self, tree: Fact[Tree]) -> Fact[tuple[Stack, ...]]:
        """Every nested stack, to any depth."""
        return tree if isinstance(tree, Unknown) else Known(tree.value.stacks, tree.at)

    @family()
    def target(self) -> Fact[Template]:
        """The template to upgrade to."""
        found = fact(self._clock, "s3:GetObject", lambda: fetch(self.source.connection, self._target))
        if isinstance(found, Unknown) and self._target.address not in found.detail:
            return replace(found, detail=f"{self._target.address}: {found.detail}")
        return found

    @family(after=True)
    def databases(self, resources: Fact[tuple[Resource, ...]]) -> Fact[Databases]:
        """Every database instance of the stack, as RDS sees it."""
        client = self.source.client("rds")
        return read_each(self._clock, resources, DB_INSTANCE, "rds:DescribeDBInstances", partial(read_database, client))

    @family(after=True)
    def target_groups(self, resources: Fact[tuple[Resource, ...]]) -> Fact[TargetGroups]:
        """The health of every target group of the stack."""
        client = self.source.client("elbv2")
        call = "elasticloadbalancing:DescribeTargetHealth"
        return read_each(self._clock, resources, TARGET_GROUP, call, partial(read_target_group, client))

    @family(after=True)
    def root_drift(self) -> Fact[Drift]:
        """Drift of the stack itself, not of those nested in it."""
        return self._drift(self._entry.stack_name)

    def _drift(self, stack: str) -> Fact[Drift]:
        client, interval = self.source.client("cloudformation"), self._entry.polling.drift
        return fact(
            self._clock,
            "cloudformation:DetectStackDrift",
            lambda: cloudformation.detect_drift(client, self._clock, stack, interval),
        )

    @family(after=True)
    def drift(self, root_drift: Fact[Drift], resources: Fact[tuple[Resource, ...]]) -> Fact[Drift]:
        """The root's drift and that of nested stacks, into which detection does not descend by itself."""
        if isinstance(root_drift, Unknown):
            return root_drift
        if isinstance(resources, Unknown):
            return resources
        nested = [resource for resource in resources.value if is_nested(resource)]
        drifts = gather([partial(self._drift, each.physical_id) for each in nested])
        rows = list(root_drift.value.rows)
        for parent, found in zip(nested, drifts, strict=True):
            if isinstance(found, Unknown):
                return found
            rows += (replace(row, logical_id=f"{parent.logical_id}.{row.logical_id}") for row in found.value.rows)
        return Known(Drift(root_drift.value.detected_at, tuple(rows)), root_drift.at)

    def _cloudformation(self, operation: str, read: Callable[[Any, str], T]) -> Fact[T]:
        client, name = self.source.client("cloudformation"), self._entry.stack_name
        return fact(self._clock, f"cloudformation:{operation}", lambda: read(client, name))


def fetch(connection: Connection, target: Target) -> Template:
    """Read a template from where it lies."""
    if isinstance(target.location, S3Object):
        return s3.read_template(lambda signed: connection.client("s3", signed=signed), target.location, target.address)
    return parse(target.location.read_bytes(), target.address)
