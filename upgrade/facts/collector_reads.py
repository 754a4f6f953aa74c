"""One fact family a method: what to call, for which resources, and what makes the whole unknown."""

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from upgrade.aws import cloudformation, s3
from upgrade.aws.elbv2 import TARGET_GROUP, read_target_group
from upgrade.aws.errors import fact
from upgrade.aws.rds import DB_INSTANCE, read_database
from upgrade.aws.session import Connection
from upgrade.aws.sts import read_identity
from upgrade.clock import Clock
from upgrade.config.entry import StackEntry
from upgrade.config.target import S3Object, Target
from upgrade.errors import NotSettled
from upgrade.facts.drift import Drift
from upgrade.facts.each import read_each
from upgrade.facts.gather import gather
from upgrade.facts.known import Fact, Known, Unknown
from upgrade.facts.nested import Tree, is_nested, read_tree
from upgrade.facts.services import Databases, TargetGroups
from upgrade.facts.stack import Identity, Resource, Stack, Template
from upgrade.template.read import parse

T = TypeVar("T")


class Stoppable:
    """A clock whose sleepers wake for good when a phase is left by an exception.

    After Ctrl-C Python waits at exit for every thread of a pool: one that waits for drift would hold it for minutes.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock, self._stopped = clock, threading.Event()
        self.now, self.monotonic = clock.now, clock.monotonic

    def __enter__(self) -> None:
        self._stopped.clear()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._stopped.set()

    def sleep(self, seconds: float) -> None:
        """Sleep, unless stopped."""
        if not self._stopped.is_set():
            self._clock.sleep(seconds)
        if self._stopped.is_set():
            raise NotSettled("stopped while waiting")


class Reads:
    """The reads of one stack entry."""

    def __init__(self, connection: Connection, clock: Clock, entry: StackEntry, target: Target) -> None:
        """Prepare; nothing is read yet."""
        self._connection, self._clock, self._entry, self._target = connection, clock, entry, target

    def identity(self) -> Fact[Identity]:
        """Who asks."""
        client = self._connection.client("sts")
        return fact(self._clock, "sts:GetCallerIdentity", lambda: read_identity(client))

    def stack(self) -> Fact[Stack]:
        """The stack itself."""
        return self._cloudformation("DescribeStacks", cloudformation.read_stack)

    def template(self) -> Fact[Template]:
        """The deployed template."""
        return self._cloudformation("GetTemplate", cloudformation.read_template)

    def tree(self) -> Fact[Tree]:
        """All resources, those of nested stacks included."""
        return self._cloudformation("ListStackResources", read_tree)

    def target(self) -> Fact[Template]:
        """The template to upgrade to."""
        found = fact(self._clock, "s3:GetObject", lambda: fetch(self._connection, self._target))
        if isinstance(found, Unknown) and self._target.address not in found.detail:
            return replace(found, detail=f"{self._target.address}: {found.detail}")
        return found

    def databases(self, resources: Fact[tuple[Resource, ...]]) -> Fact[Databases]:
        """Every database instance of the stack, as RDS sees it."""
        client = self._connection.client("rds")
        return read_each(self._clock, resources, DB_INSTANCE, "rds:DescribeDBInstances", partial(read_database, client))

    def target_groups(self, resources: Fact[tuple[Resource, ...]]) -> Fact[TargetGroups]:
        """The health of every target group of the stack."""
        client = self._connection.client("elbv2")
        call = "elasticloadbalancing:DescribeTargetHealth"
        return read_each(self._clock, resources, TARGET_GROUP, call, partial(read_target_group, client))

    def root_drift(self) -> Fact[Drift]:
        """Drift of the stack itself, not of those nested in it."""
        return self._drift(self._entry.stack_name)

    def _drift(self, stack: str) -> Fact[Drift]:
        client, interval = self._connection.client("cloudformation"), self._entry.polling.drift
        return fact(
            self._clock,
            "cloudformation:DetectStackDrift",
            lambda: cloudformation.detect_drift(client, self._clock, stack, interval),
        )

    def nested_drift(self, root: Fact[Drift], resources: Fact[tuple[Resource, ...]]) -> Fact[Drift]:
        """The root's drift and that of nested stacks, into which detection does not descend by itself."""
        if isinstance(root, Unknown):
            return root
        if isinstance(resources, Unknown):
            return resources
        nested = [resource for resource in resources.value if is_nested(resource)]
        drifts = gather([partial(self._drift, each.physical_id) for each in nested])
        rows = list(root.value.rows)
        for parent, found in zip(nested, drifts, strict=True):
            if isinstance(found, Unknown):
                return found
            rows += (replace(row, logical_id=f"{parent.logical_id}.{row.logical_id}") for row in found.value.rows)
        return Known(Drift(root.value.detected_at, tuple(rows)), root.at)

    def _cloudformation(self, operation: str, read: Callable[[Any, str], T]) -> Fact[T]:
        client, name = self._connection.client("cloudformation"), self._entry.stack_name
        return fact(self._clock, f"cloudformation:{operation}", lambda: read(client, name))


def fetch(connection: Connection, target: Target) -> Template:
    """Read a template from where it lies."""
    if isinstance(target.location, S3Object):
        return s3.read_template(lambda signed: connection.client("s3", signed=signed), target.location, target.address)
    return parse(target.location.read_bytes(), target.address)
