"""Reads everything a phase needs, concurrently, nothing twice, by the shortest chain of dependent calls.

Each fact family runs in a thread of its own, and so do the reads a family fans out into (one call a target group, say).
How many calls are under way at once is limited where clients are made (upgrade.aws.session).
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import fields, replace
from typing import Any, TypeVar

from upgrade.aws.session import Connection
from upgrade.clock import Clock
from upgrade.config.entry import StackEntry
from upgrade.config.product import Product
from upgrade.config.target import Target
from upgrade.facts.collector_reads import Reads, Stoppable
from upgrade.facts.drift import Drift
from upgrade.facts.gather import gather
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.linked import Linked
from upgrade.facts.readiness import Readiness
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Identity, Resource, Stack, Template
from upgrade.rules.health import passing, waiting_for
from upgrade.rules.quiet import at_work, leaving, worker_groups
from upgrade.template.read import prepare

T = TypeVar("T")

FAMILIES = 24
"""Threads for fact families: more than there are families, so that none waits for another's thread."""

SERVICES = ("sts", "cloudformation", "s3", "elbv2", "rds", "iam", "batch", "autoscaling", "ec2", "kms")
"""In the order in which their clients are needed."""

FALLBACK = "s3:GetObject"
"""Denied with our credentials a template is read unsigned: what then could be read was not denied."""

BEFORE_ONLY = (
    "target", "deploy_role", "backup", "credentials", "service_role", "storage_changes", "jobs", "groups", "workers",
    "images", "lint",
)  # fmt: skip
"""Facts that nobody asks for after an upgrade."""

CLEANUP = "_CLEANUP_IN_PROGRESS"
"""A stack that has done its update and only tidies up; it ends by itself."""


class Collector:
    """Collects the facts of one stack entry."""

    def __init__(
        self,
        connections: Callable[[StackEntry], Connection],
        executing: Connection,
        clock: Clock,
        *,
        entries: Callable[[str], StackEntry],
        entry: StackEntry,
        product: Product,
        target: Target,
        note: Callable[[str], None],
        denied: Callable[[], tuple[str, ...]],
    ) -> None:
        """Prepare; nothing is read yet.

        Args:
            connections: the reading connection of an entry.
            executing: the connection that will execute.
            clock: time.
            entries: an entry by its name, for linked stacks.
            entry: the stack.
            product: what is known about it.
            target: the template to upgrade to.
            note: told while it waits.
            denied: the IAM actions that were denied so far.
        """
        self._clock = Stoppable(clock)
        self._entry, self._product, self._note, self._denied = entry, product, note, denied
        self._families = ThreadPoolExecutor(FAMILIES, "facts")
        connection = connections(entry)
        # What takes time and no answer is needed for: done while the first one is awaited.
        self._families.submit(connection.prepare, SERVICES)
        self._families.submit(prepare)
        self._reads = Reads(connection, self._clock, entry, target)
        self._readiness = Readiness(connection, executing, self._clock, entry, product)
        self._linked = Linked(connections, self._clock, entries, entry, product)

    def before(self) -> Snapshot:
        """Everything the preflight checks judge. In a wrong account nothing else is read."""
        with self._clock:
            return self._collect_before()

    def recall(self, baseline: Snapshot | None) -> Snapshot:
        """How things were, from the baseline; who asks and the target are read anew. In a wrong account nothing else is."""
        identity = self._reads.identity()
        stop = self._wrong(identity)
        if stop is not None:
            return self._blocked(identity, stop)
        stack, target = gather((self._reads.stack, self._reads.target))
        why = _no_baseline(baseline, stack)
        snapshot = self._blocked(identity, why) if why or baseline is None else baseline
        return replace(snapshot, identity=identity, target=target, deploy_role=None, backup=None)

    def at_work(self, before: Snapshot) -> Fact[frozenset[str]]:
        """Ids of the jobs and machines on which users' work runs now."""
        stack, resources = before.stack, before.resources
        jobs, groups, workers = gather(
            (
                lambda: self._readiness.jobs(resources),
                lambda: self._readiness.groups(resources),
                lambda: self._readiness.workers(stack),
            )
        )
        return at_work(replace(before, jobs=jobs, groups=groups, workers=workers), self._product.workers)

    def after(self, before: Snapshot) -> Snapshot:
        """Everything the postflight checks judge, when the application is as healthy as before, or time is over."""
        with self._clock:
            return self._collect_after(before)

    def _collect_before(self) -> Snapshot:
        identity = self._reads.identity()
        stop = self._wrong(identity)
        if stop is not None:
            return self._blocked(identity, stop)
        snapshot = self._before(identity)
        if isinstance(snapshot.stack, Known) and snapshot.stack.value.status.endswith(CLEANUP):
            self._settle()
            snapshot = self._before(identity)
        snapshot = self._until_quiet(snapshot, self._passing, self._reread_before, self._entry.polling.settle)
        return replace(snapshot, denied=self._denials(snapshot))

    def _collect_after(self, before: Snapshot) -> Snapshot:
        identity = self._families.submit(self._reads.identity)
        drift = self._families.submit(self._reads.root_drift)
        snapshot = self._read(drift, self._blocked(before.identity, "not read after an upgrade"))
        nothing: dict[str, Any] = dict.fromkeys(BEFORE_ONLY)
        snapshot = replace(snapshot, identity=identity.result(), **nothing)
        baseline = before.target_groups.value if isinstance(before.target_groups, Known) else {}

        def waits(now: Snapshot) -> list[str]:
            if isinstance(now.target_groups, Known):
                return waiting_for(baseline, now.target_groups.value) + _passing_databases(now)
            passing_fault = now.target_groups.reason in {Reason.THROTTLED, Reason.TIMED_OUT}
            return [f"an answer about target groups ({now.target_groups})"] if passing_fault else []

        return self._until_quiet(snapshot, waits, self._reread_after, self._entry.health_minutes * 60)

    def _until_quiet(
        self,
        snapshot: Snapshot,
        waits: Callable[[Snapshot], list[str]],
        reread: Callable[[Snapshot], Snapshot],
        seconds: float,
    ) -> Snapshot:
        """Read what moves by itself again and again, until there is nothing to wait for, or time is over."""
        deadline = self._clock.monotonic() + seconds
        while (waiting := waits(snapshot)) and (left := deadline - self._clock.monotonic()) > 0:
            self._note(f"waiting for {', '.join(waiting)}")
            self._clock.sleep(min(self._entry.polling.health, left))
            snapshot = reread(snapshot)
        return snapshot

    def _reread_before(self, snapshot: Snapshot) -> Snapshot:
        databases = self._families.submit(self._reads.databases, snapshot.resources)
        groups = self._families.submit(self._readiness.groups, snapshot.resources)
        return replace(snapshot, databases=databases.result(), groups=groups.result())

    def _reread_after(self, snapshot: Snapshot) -> Snapshot:
        databases = self._families.submit(self._reads.databases, snapshot.resources)
        groups = self._families.submit(self._reads.target_groups, snapshot.resources)
        return replace(snapshot, databases=databases.result(), target_groups=groups.result())

    def _passing(self, snapshot: Snapshot) -> list[str]:
        """What ends by itself before an upgrade: databases at work, worker machines on their way out."""
        workers, groups = self._product.workers, snapshot.groups
        found = worker_groups(groups.value, workers) if workers and isinstance(groups, Known) else {}
        machines = [each for group in found.values() for each in leaving(group)]
        return _passing_databases(snapshot) + [f"worker machine {each.id} ({each.state})" for each in machines]

    def _before(self, identity: Fact[Identity]) -> Snapshot:
        """The longest chains begin first; what hangs on the resources joins in when these are known."""
        drift = self._families.submit(self._reads.root_drift)
        target = self._families.submit(self._reads.target)
        role = self._families.submit(self._linked.deploy_role, target, identity)
        backup = self._families.submit(self._linked.backup, identity)
        stack = self._families.submit(self._reads.stack)
        template = self._families.submit(self._reads.template)
        credentials = self._families.submit(self._readiness.credentials)
        service_role = self._families.submit(lambda: self._readiness.service_role(stack.result()))
        workers = self._families.submit(lambda: self._readiness.workers(stack.result()))
        images = self._families.submit(lambda: self._readiness.images(target.result(), stack.result()))
        lint = self._families.submit(lambda: self._readiness.lint(template.result(), target.result()))
        snapshot = self._read(drift, self._blocked(identity, "not yet read"), stack, template, before=True)
        return replace(
            snapshot,
            target=target.result(),
            deploy_role=role.result(),
            backup=backup.result(),
            credentials=credentials.result(),
            service_role=service_role.result(),
            workers=workers.result(),
            images=images.result(),
            lint=lint.result(),
        )

    def _read(
        self,
        drift: Future[Fact[Drift]],
        snapshot: Snapshot,
        stack: Future[Fact[Stack]] | None = None,
        template: Future[Fact[Template]] | None = None,
        *,
        before: bool = False,
    ) -> Snapshot:
        """What both phases read, and before an upgrade what hangs on the resources."""
        stack = stack or self._families.submit(self._reads.stack)
        template = template or self._families.submit(self._reads.template)
        tree = self._families.submit(self._reads.tree).result()
        resources = _map(tree, lambda found: found.resources)
        databases = self._families.submit(self._reads.databases, resources)
        groups = self._families.submit(self._reads.target_groups, resources)
        if before:
            snapshot = self._read_ready(snapshot, resources)
        return replace(
            snapshot,
            stack=stack.result(),
            template=template.result(),
            nested=_map(tree, lambda found: found.stacks),
            resources=resources,
            databases=databases.result(),
            target_groups=groups.result(),
            drift=self._reads.nested_drift(drift.result(), resources),
        )

    def _read_ready(self, snapshot: Snapshot, resources: Fact[tuple[Resource, ...]]) -> Snapshot:
        jobs = self._families.submit(self._readiness.jobs, resources)
        scaling = self._families.submit(self._readiness.groups, resources)
        storage = self._families.submit(self._readiness.storage_changes, resources)
        return replace(snapshot, jobs=jobs.result(), groups=scaling.result(), storage_changes=storage.result())

    def _denials(self, snapshot: Snapshot) -> tuple[str, ...]:
        read = isinstance(snapshot.target, Known)
        return tuple(action for action in self._denied() if not (read and action == FALLBACK))

    def _settle(self) -> None:
        deadline = self._clock.monotonic() + self._entry.polling.settle
        while self._clock.monotonic() < deadline:
            self._note("the stack is still cleaning up after its last update")
            self._clock.sleep(min(self._entry.polling.health, self._entry.polling.settle))
            stack = self._reads.stack()
            if isinstance(stack, Known) and not stack.value.status.endswith(CLEANUP):
                return

    def _wrong(self, identity: Fact[Identity]) -> str | None:
        if isinstance(identity, Unknown):
            return f"the account is not known ({identity})"
        found = (identity.value.account, identity.value.region)
        return None if found == (self._entry.account_id, self._entry.region) else "this is not the configured account"

    def _blocked(self, identity: Fact[Identity], why: str) -> Snapshot:
        blocked = Unknown(Reason.BLOCKED, why, "", self._clock.now())
        facts: dict[str, Any] = {each.name: blocked for each in fields(Snapshot) if each.name != "denied"}
        asked_for = {"deploy_role": self._entry.deploy_role, "backup": self._entry.backup}
        absent: dict[str, Any] = {name: None for name, setting in asked_for.items() if setting is None}
        return Snapshot(**{**facts, **absent, "identity": identity})


def _no_baseline(baseline: Snapshot | None, stack: Fact[Stack]) -> str:
    """Why an earlier run says nothing about this stack; empty if it does."""
    if baseline is None:
        return "no earlier run's evidence says how things were: name it with --baseline="
    if isinstance(stack, Unknown):
        return f"the stack can't be read ({stack})"
    was = baseline.stack.value.arn
    return "" if was == stack.value.arn else f"the baseline is of {was}, this is {stack.value.arn}"


def _map(found: Fact[T], part: Callable[[T], Any]) -> Fact[Any]:
    return found if isinstance(found, Unknown) else Known(part(found.value), found.at)


def _passing_databases(snapshot: Snapshot) -> list[str]:
    return passing(snapshot.databases.value) if isinstance(snapshot.databases, Known) else []
