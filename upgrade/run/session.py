"""One run of the gate as an object, without pytest: what the plugin's fixtures call, in the order of the flow."""

import os
import platform
from collections.abc import Mapping
from functools import partial
from importlib.metadata import PackageNotFoundError, version

from upgrade.aws import change_sets
from upgrade.aws.cloudformation import read_stack
from upgrade.aws.errors import fact
from upgrade.aws.rds import read_database
from upgrade.aws.session import SANDBOX, Access, Aws, Connection
from upgrade.aws.sts import read_identity
from upgrade.clock import Clock, SystemClock, new_run_id
from upgrade.config.product import Product
from upgrade.config.product import load as load_product
from upgrade.config.stacks import StackEntry, Stacks
from upgrade.config.target import Target, target_of
from upgrade.config.values import FromEnvironment, Given, Reference
from upgrade.facts.call import Call
from upgrade.facts.changes import Plan
from upgrade.facts.collector import Collector
from upgrade.facts.gather import gather
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.operation import Operation
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.parameters import needs_actual, plan_parameters, require_environment, secret_names
from upgrade.run.apply import WATCH_ATTEMPTS, Executor, Progress
from upgrade.run.plan import Planner
from upgrade.run.volatile import Volatile, moved

PACKAGES = ("plimsoll", "pytest", "boto3", "botocore", "cfn-lint", "pydantic")
"""What a run stands on; their versions are in its record."""

CI_VARIABLES = (
    "GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_SHA", "CI_JOB_URL", "CI_COMMIT_SHA", "BUILD_URL", "GIT_COMMIT",
)  # fmt: skip
"""How the usual CI systems name a run; where one is set, it is in the record."""


class Run:
    """One run: configuration and credentials first, then facts, plan, execution, facts again."""

    def __init__(
        self,
        stacks: Stacks,
        name: str,
        *,
        run_id: str | None = None,
        to: str | None = None,
        minutes: float | None = None,
        clock: Clock | None = None,
        progress: Progress = lambda _: None,
    ) -> None:
        """Understand everything that needs no AWS call.

        Args:
            stacks: the configuration.
            name: the entry to judge.
            run_id: the run's id, where it was told before; else a new one.
            to: a version, an address or a path in place of the configured target.
            minutes: in place of the configured `minutes`.
            clock: time.
            progress: told while the run waits: events of our operation, and sentences.

        Raises:
            UsageError: unknown entry or product, no target, a secret not in the environment, no credentials.
        """
        self.clock: Clock = clock or SystemClock()
        self.started = self.clock.now()
        self.run_id = run_id or new_run_id(self.clock)
        entry = stacks.entry(name)
        self.product: Product = load_product(entry.product)
        self._target = target_of(entry, self.product, to)
        # What is judged is what was asked for: with `to` the configured target no longer counts.
        self.entry = entry if to is None else entry.model_copy(update=_aimed_at(self._target))
        self._hidden: frozenset[str] = frozenset()
        self._minutes = minutes or self.entry.minutes
        self._progress = progress
        require_environment(self.entry, os.environ)
        self._aws = Aws(self.clock, os.environ.get(SANDBOX) or None)
        self._executing = self._aws.connect(_executing(self.entry))
        for other in _referenced(stacks, self.entry):
            load_product(other.product)
            self._connection(other)
        self._collector = Collector(
            self._connection,
            self.clock,
            entries=stacks.entry,
            entry=self.entry,
            product=self.product,
            target=self._target,
            note=progress,
        )

    @property
    def target(self) -> str:
        """Address of the template to upgrade to."""
        return self._target.address

    def collect_before(self) -> Snapshot:
        """Read everything the preflight checks judge."""
        before = self._collector.before()
        self._hidden = _no_echo(before)
        return before

    def make_plan(self, before: Snapshot) -> Fact[Plan]:
        """Make our change set and read it."""
        needed = [before.stack, before.target] + ([before.databases] if needs_actual(self.entry) else [])
        for each in needed:
            if each is None or isinstance(each, Unknown):
                why = f"a change set needs what could not be read ({each})"
                return Unknown(Reason.BLOCKED, why, "", self.clock.now())
        stack, target = before.stack.value, before.target
        if target is None:  # excluded above; said again for the type checker
            raise AssertionError
        databases = before.databases.value if needs_actual(self.entry) else {}
        parameters = plan_parameters(self.entry, stack, target.value, databases)
        return self._planner().make(stack, target, parameters)

    def execute(self, before: Snapshot, plan: Plan) -> Operation:
        """Read the volatile facts again; if none has moved, execute the change set and watch it to its end."""
        executor = Executor(
            client=self._executing.client("cloudformation"),
            watcher=self._executing.client("cloudformation", attempts=WATCH_ATTEMPTS),
            clock=self.clock,
            token=self._planner().name,
            polling=self.entry.polling,
            minutes=self._minutes,
            progress=self._progress,
        )
        self._progress("reading again what may have moved")
        changes = moved(before, plan, self._volatile(before, plan), self.entry.account_id)
        if changes:
            return executor.refused(plan, f"nothing was executed: {'; '.join(changes)}")
        return executor.execute(plan)

    def collect_after(self, before: Snapshot) -> Snapshot:
        """Read everything the postflight checks judge, the application given time to become healthy."""
        return self._collector.after(before)

    def discard_plan(self, plan: Plan) -> Unknown | None:
        """Delete our change set; None if it is gone, else why it is not."""
        return self._planner().discard(plan)

    def calls(self) -> tuple[Call, ...]:
        """Every AWS call so far, in order of their start."""
        return self._aws.log.calls()

    def secrets(self) -> tuple[str, ...]:
        """Texts that must never be written: parameters from the environment or NoEcho, and the credentials in use."""
        settings = self.entry.parameters.items()
        texts = {os.environ[setting.variable] for _, setting in settings if isinstance(setting, FromEnvironment)}
        texts |= {setting.value for name, setting in settings if isinstance(setting, Given) and name in self._hidden}
        return tuple({*filter(None, texts), *self._aws.secrets()})

    def environment(self) -> Mapping[str, str]:
        """Versions of what the run stands on, and the endpoint its calls went to."""
        return {
            "python": platform.python_version(),
            "platform": platform.platform(),
            **{name: _version(name) for name in PACKAGES},
            "endpoint": self._aws.endpoint or "AWS",
            **{name: os.environ[name] for name in CI_VARIABLES if os.environ.get(name)},
        }

    def _planner(self) -> Planner:
        return Planner(
            client=self._executing.client("cloudformation"),
            clock=self.clock,
            run_id=self.run_id,
            entry=self.entry,
            product=self.product,
            target=self._target,
            environ=os.environ,
            note=self._progress,
        )

    def _connection(self, entry: StackEntry) -> Connection:
        access = Access(entry.region, entry.profile, entry.assume_role_arn, entry.external_id)
        return self._aws.connect(access)

    def _volatile(self, before: Snapshot, plan: Plan) -> Volatile:
        cloud, sts = self._executing.client("cloudformation"), self._executing.client("sts")
        rds = self._connection(self.entry).client("rds")
        known = before.databases.value if isinstance(before.databases, Known) else {}
        read = partial(fact, self.clock)
        return Volatile(
            *gather(
                (
                    lambda: read("sts:GetCallerIdentity", lambda: read_identity(sts)),
                    lambda: read("cloudformation:DescribeStacks", lambda: read_stack(cloud, plan.stack_arn)),
                    lambda: read(
                        "rds:DescribeDBInstances",
                        lambda: {name: read_database(rds, each.identifier) for name, each in known.items()},
                    ),
                    lambda: read("cloudformation:GetTemplate", lambda: change_sets.read_template(cloud, plan.arn)),
                    lambda: read("cloudformation:DescribeChangeSet", lambda: change_sets.read_status(cloud, plan.arn)),
                )
            )
        )


def _executing(entry: StackEntry) -> Access:
    role = entry.execute_role_arn or entry.assume_role_arn
    external = None if entry.execute_role_arn else entry.external_id
    return Access(entry.region, entry.profile, role, external)


def _referenced(stacks: Stacks, entry: StackEntry) -> list[StackEntry]:
    references = (entry.backup, entry.deploy_role)
    return [stacks.entry(reference.entry) for reference in references if isinstance(reference, Reference)]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _aimed_at(target: Target) -> dict[str, str | None]:
    return {"target": target.version, "template_url": None if target.version else target.address}


def _no_echo(snapshot: Snapshot) -> frozenset[str]:
    """Names of the parameters that the deployed or the target template declares as secret."""
    templates = (each.value for each in (snapshot.template, snapshot.target) if isinstance(each, Known))
    return frozenset(name for template in templates for name in secret_names(template))
