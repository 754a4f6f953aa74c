"""Reads everything a phase needs, concurrently, nothing twice, by the shortest chain of dependent calls.

Each fact family runs in a thread of its own, and so do the reads a family fans out into (one call a target group, say).
How many calls are under way at once is limited where clients are made (upgrade.aws.session).
"""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from upgrade.aws import cloudformation, s3
from upgrade.aws.elbv2 import TARGET_GROUP, read_target_group
from upgrade.aws.errors import NotSettled, fact
from upgrade.aws.rds import DB_INSTANCE, read_database
from upgrade.aws.session import Connection
from upgrade.aws.sts import read_identity
from upgrade.clock import Clock
from upgrade.config import StackEntry
from upgrade.facts.drift import Drift
from upgrade.facts.gather import gather
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.linked import Linked
from upgrade.facts.nested import Tree, is_nested, read_tree
from upgrade.facts.services import Database, Databases, TargetGroups
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Identity, Resource, Stack, Template
from upgrade.health import passing, waiting_for
from upgrade.product import Product
from upgrade.target import S3Object, Target
from upgrade.template.read import parse

T = TypeVar("T")

FAMILIES = 16
"""Threads for fact families: more than there are families, so that none waits for another's thread."""

CLEANUP = "_CLEANUP_IN_PROGRESS"
"""A stack that has done its update and only tidies up; it ends by itself."""


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


class Collector:
    """Collects the facts of one stack entry."""

    def __init__(
        self,
        connections: Callable[[StackEntry], Connection],
        clock: Clock,
        *,
        entries: Callable[[str], StackEntry],
        entry: StackEntry,
        product: Product,
        target: Target,
        note: Callable[[str], None],
    ) -> None:
        """Prepare; nothing is read yet.

        Args:
            connections: the reading connection of an entry.
            clock: time.
            entries: an entry by its name, for linked stacks.
            entry: the stack.
            product: what is known about it.
            target: the template to upgrade to.
            note: told while it waits.
        """
        self._connection = connections(entry)
        self._clock = Stoppable(clock)
        self._entry, self._target, self._note = entry, target, note
        self._families = ThreadPoolExecutor(FAMILIES, "facts")
        self._linked = Linked(connections, self._clock, entries, entry, product)

    # ---- phases ------------------------------------------------------------------------------------------------------

    def before(self) -> Snapshot:
        """Everything the preflight checks judge. In a wrong account nothing else is read."""
        with self._clock:
            return self._collect_before()

    def after(self, before: Snapshot) -> Snapshot:
        """Everything the postflight checks judge, when the application is as healthy as before, or time is over."""
        with self._clock:
            return self._collect_after(before)

    def _collect_before(self) -> Snapshot:
        identity = self.identity()
        stop = self._wrong(identity)
        if stop is not None:
            return self._blocked(identity, stop)
        snapshot = self._before(identity)
        if isinstance(snapshot.stack, Known) and snapshot.stack.value.status.endswith(CLEANUP):
            self._settle()
            snapshot = self._before(identity)
        return snapshot

    def _collect_after(self, before: Snapshot) -> Snapshot:
        identity = self._families.submit(self.identity)
        snapshot = self._read(None, replace(before, target=None, drift=None, deploy_role=None, backup=None))
        snapshot = replace(snapshot, identity=identity.result())
        deadline = self._clock.monotonic() + self._entry.health_minutes * 60
        while waits := self._waits(before, snapshot):
            if self._clock.monotonic() >= deadline:
                break
            self._note(f"waiting for {', '.join(waits)}")
            self._clock.sleep(min(self._entry.polling.health, max(0.0, deadline - self._clock.monotonic())))
            groups = self._families.submit(self.target_groups, snapshot.resources)
            databases = self._families.submit(self.databases, snapshot.resources)
            snapshot = replace(snapshot, target_groups=groups.result(), databases=databases.result())
        return snapshot

    def _waits(self, before: Snapshot, now: Snapshot) -> list[str]:
        baseline = before.target_groups.value if isinstance(before.target_groups, Known) else {}
        waits = []
        if isinstance(now.target_groups, Known):
            waits += waiting_for(baseline, now.target_groups.value)
        elif now.target_groups.reason in {Reason.THROTTLED, Reason.TIMED_OUT}:
            waits.append(f"an answer about target groups ({now.target_groups})")
        if isinstance(now.databases, Known):
            waits += passing(now.databases.value)
        return waits

    def _before(self, identity: Fact[Identity]) -> Snapshot:
        target = self._families.submit(self.target)
        role = self._families.submit(self._linked.deploy_role, target, identity)
        backup = self._families.submit(self._linked.backup, identity)
        unread = self._blocked(identity, "not yet read")
        snapshot = self._read(self._families.submit(self._root_drift), unread)
        return replace(snapshot, target=target.result(), deploy_role=role.result(), backup=backup.result())

    def _read(self, drift: Future[Fact[Drift]] | None, snapshot: Snapshot) -> Snapshot:
        """What both phases read."""
        stack = self._families.submit(self.stack)
        template = self._families.submit(self.template)
        tree = self._families.submit(self.tree).result()
        resources = _map(tree, lambda found: found.resources)
        databases = self._families.submit(self.databases, resources)
        groups = self._families.submit(self.target_groups, resources)
        return replace(
            snapshot,
            stack=stack.result(),
            template=template.result(),
            nested=_map(tree, lambda found: found.stacks),
            resources=resources,
            databases=databases.result(),
            target_groups=groups.result(),
            drift=None if drift is None else self._nested_drift(drift.result(), resources),
        )

    # ---- single facts ------------------------------------------------------------------------------------------------

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
        return fact(self._clock, "s3:GetObject", lambda: fetch(self._connection, self._target))

    def databases(self, resources: Fact[tuple[Resource, ...]]) -> Fact[Databases]:
        """Every database instance of the stack, as RDS sees it."""
        client = self._connection.client("rds")
        return self._each(resources, DB_INSTANCE, "rds:DescribeDBInstances", lambda id_: self._database(client, id_))

    def target_groups(self, resources: Fact[tuple[Resource, ...]]) -> Fact[TargetGroups]:
        """The health of every target group of the stack."""
        client = self._connection.client("elbv2")
        call = "elasticloadbalancing:DescribeTargetHealth"
        return self._each(resources, TARGET_GROUP, call, lambda arn: read_target_group(client, arn))

    def _database(self, client: Any, identifier: str) -> Database:
        deadline = self._clock.monotonic() + self._entry.polling.settle
        database = read_database(client, identifier)
        while passing({identifier: database}) and self._clock.monotonic() < deadline:
            self._clock.sleep(self._entry.polling.health)
            database = read_database(client, identifier)
        return database

    def _root_drift(self) -> Fact[Drift]:
        return self._drift(self._entry.stack_name)

    def _drift(self, stack: str) -> Fact[Drift]:
        client, interval = self._connection.client("cloudformation"), self._entry.polling.drift
        return fact(
            self._clock,
            "cloudformation:DetectStackDrift",
            lambda: cloudformation.detect_drift(client, self._clock, stack, interval),
        )

    def _nested_drift(self, root: Fact[Drift], resources: Fact[tuple[Resource, ...]]) -> Fact[Drift]:
        """Drift detection does not descend by itself; nested rows are told under the id of their stack."""
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

    # ---- helpers -----------------------------------------------------------------------------------------------------

    def _cloudformation(self, operation: str, read: Callable[[Any, str], T]) -> Fact[T]:
        client, name = self._connection.client("cloudformation"), self._entry.stack_name
        return fact(self._clock, f"cloudformation:{operation}", lambda: read(client, name))

    def _each(
        self, resources: Fact[tuple[Resource, ...]], type_: str, call: str, read: Callable[[str], T]
    ) -> Fact[Mapping[str, T]]:
        """One read a resource of a type, by logical id; one that fails makes the whole unknown."""
        if isinstance(resources, Unknown):
            return Unknown(Reason.BLOCKED, f"the resources are not known ({resources})", "", self._clock.now())
        found = [resource for resource in resources.value if resource.type == type_ and resource.physical_id]
        values = fact(self._clock, call, lambda: gather([partial(read, r.physical_id) for r in found]))
        if isinstance(values, Unknown):
            return values
        return Known({r.logical_id: value for r, value in zip(found, values.value, strict=True)}, values.at)

    def _settle(self) -> None:
        deadline = self._clock.monotonic() + self._entry.polling.settle
        while self._clock.monotonic() < deadline:
            self._note("the stack is still cleaning up after its last update")
            self._clock.sleep(min(self._entry.polling.health, self._entry.polling.settle))
            stack = self.stack()
            if isinstance(stack, Known) and not stack.value.status.endswith(CLEANUP):
                return

    def _wrong(self, identity: Fact[Identity]) -> str | None:
        if isinstance(identity, Unknown):
            return f"the account is not known ({identity})"
        found = (identity.value.account, identity.value.region)
        return None if found == (self._entry.account_id, self._entry.region) else "this is not the configured account"

    def _blocked(self, identity: Fact[Identity], why: str) -> Snapshot:
        blocked = Unknown(Reason.BLOCKED, why, "", self._clock.now())
        return Snapshot(
            identity=identity,
            stack=blocked,
            nested=blocked,
            resources=blocked,
            template=blocked,
            target=blocked,
            drift=blocked,
            databases=blocked,
            target_groups=blocked,
            deploy_role=blocked if self._entry.deploy_role else None,
            backup=blocked if self._entry.backup else None,
        )


def fetch(connection: Connection, target: Target) -> Template:
    """Read a template from where it lies."""
    if isinstance(target.location, S3Object):
        return s3.read_template(lambda signed: connection.client("s3", signed=signed), target.location, target.address)
    return parse(target.location.read_bytes(), target.address)


def _map(found: Fact[T], part: Callable[[T], Any]) -> Fact[Any]:
    return found if isinstance(found, Unknown) else Known(part(found.value), found.at)
