"""One run of the gate as an object, without pytest: what the plugin's fixtures call, in the order of the flow."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from upgrade.aws import change_sets
from upgrade.aws.archive import Archive
from upgrade.aws.cloudformation import event_pages, read_stack
from upgrade.aws.doors import Door, Grant
from upgrade.aws.errors import fact
from upgrade.aws.session import SANDBOX, Aws
from upgrade.aws.signing import KmsKey
from upgrade.clock import Clock, SystemClock, new_run_id
from upgrade.config.entry import StackEntry
from upgrade.config.product import Product
from upgrade.config.product import load as load_product
from upgrade.config.stacks import Stacks
from upgrade.config.values import Reference
from upgrade.facts.call import Call
from upgrade.facts.changes import PREFIX, Plan
from upgrade.facts.collector import SERVICES, Collector
from upgrade.facts.journal import Act
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.operation import Ending, Operation
from upgrade.facts.own import OwnFacts
from upgrade.facts.review import Acknowledgement, Approval, Review
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.source import Source
from upgrade.facts.stack import Identity
from upgrade.rules import acknowledgements, approvals, bound, moment
from upgrade.rules.parameters import require_environment
from upgrade.rules.versions import version_pair
from upgrade.run.apply import WATCH_ATTEMPTS, Executable, Executor
from upgrade.run.cancel import Cancel, holding_data
from upgrade.run.environment import CI_PEOPLE, environment
from upgrade.run.explain import explain
from upgrade.run.identities import Identities
from upgrade.run.journal import EXECUTE, Journal, Memory, Store
from upgrade.run.lookout import Progress
from upgrade.run.observe import newest_update
from upgrade.run.planning import Planning
from upgrade.run.secrets import Secrets
from upgrade.run.takeup import Begun, Earlier, Nothing, TakeUp
from upgrade.run.wish import Wish, asked_for
from upgrade.web import Web

E = TypeVar("E", bound=Executor)


class Run:
    """One run: configuration and credentials first, then facts, plan, execution, facts again."""

    def __init__(
        self,
        stacks: Stacks,
        name: str,
        wish: Wish | None = None,
        *,
        clock: Clock | None = None,
        progress: Progress = lambda _: None,
        cleaner: Callable[[Iterable[str]], Callable[[str], str]] = lambda _: str,
        store: Store | None = None,
        earlier: Earlier | None = None,
    ) -> None:
        """Understand everything that needs no AWS call.

        Args:
            stacks: the configuration.
            name: the entry to judge.
            wish: what the command line says.
            clock: time.
            progress: told while the run waits: events of our operation, and sentences.
            cleaner: given secrets, makes what takes them out of a text that goes into the plan.
            store: where the journal is kept; without one it ends with the process.
            earlier: what earlier runs have left of this stack.

        Raises:
            UsageError: unknown entry or product, no target, a secret not in the environment, no credentials, a plan or an
                approval that can't be read.
        """
        self.clock: Clock = clock or SystemClock()
        self.started = self.clock.now()
        self.wish = wish or Wish()
        self.run_id = self.wish.run_id or new_run_id(self.clock)
        self.journal = Journal(store or Memory(), self.clock, self.run_id, self.clean)
        self.bound: bound.BoundPlan | None = None
        self.begun: Begun | None = None
        self._earlier, self._recalled = earlier or Nothing(), self.wish.baseline
        self._plan_sha256, self.configuration_sha256 = "", stacks.sha256
        if self.wish.plan is not None:
            self.bound, self._plan_sha256 = bound.load(self.wish.plan)
        entry = stacks.entry(name)
        self.product: Product = load_product(entry.product)
        self.entry, self._target = asked_for(entry, self.product, self.wish, self.bound)
        self._progress, self._cleaner = progress, cleaner
        require_environment(self.entry, os.environ)
        self._approvers = {who: stacks.file.parent / key for who, key in self.entry.change.approvers.items()}
        approvals.require_keys(self._approvers)
        self._approvals = tuple(self._approval(path) for path in self.wish.approvals)
        self.aws = Aws(self.clock, os.environ.get(SANDBOX) or None)
        self._executor: Executor | None = None
        self._identities = Identities(self.aws, self.entry, self.clock)
        self._executing = self._identities.executing
        for other in _referenced(stacks, self.entry):
            load_product(other.product)
            self._identities.reading(other)
        self._secrets = Secrets(self.entry, self.aws.secrets)
        bundle = self.entry.health.ca_bundle
        source = Source(
            connections=self._identities.reading,
            executing=self._executing,
            clock=self.clock,
            entries=stacks.entry,
            entry=self.entry,
            product=self.product,
            target=self._target,
            web=Web(stacks.file.parent / bundle if bundle else None, sandbox=self.aws.endpoint is not None),
            token=self._secrets.token,
        )
        self.own = OwnFacts(source.client, self.clock)
        self._planning = Planning(
            entry=self.entry,
            product=self.product,
            target=self._target,
            identities=self._identities,
            clock=self.clock,
            run_id=self.run_id,
            journal=self.journal,
            note=progress,
            secrets=self.secrets,
            cleaner=lambda: cleaner(self.secrets()),
        )
        self._collector = Collector(source, note=progress, denied=self.aws.log.denied)

    @property
    def target(self) -> str:
        """Address of the template to upgrade to."""
        return self._target.address

    def archive(self) -> Archive | None:
        """Where evidence is kept beside the evidence folder; None if only there.

        Raises:
            UsageError: no credentials.
        """
        return self._identities.archive()

    def signer(self) -> KmsKey | None:
        """The key in AWS KMS that seals the evidence; None if none is configured.

        Raises:
            UsageError: no credentials.
        """
        return self._identities.signer()

    def who(self) -> Fact[Identity]:
        """Who asks, asked once: what does not answer at once is told at once."""
        return self._identities.who(attempts=1)

    def take_up(self) -> None:
        """Look for an update that an earlier run has begun, and fence off what it has not: before the first fact.

        One to another target is taken up only to refuse this run as long as it runs.
        """
        if not self._identities.are_where_they_should_be:
            return  # a check says so, and nothing else is looked at
        found = TakeUp(
            client=self._cloudformation(),
            planner=lambda journal: self._planning.planner(journal=journal),
            journal=lambda store: replace(self.journal, store=store),
            earlier=self._earlier,
            entry=self.entry,
            clock=self.clock,
            skew=self.aws.log.skew,
            note=self._progress,
            planned_by=self.bound.run if self.bound else "",
        ).look()
        if found is None:
            return
        other = "" if found.unsure else self._not_asked_for(found)
        if other and found.has_ended:
            replace(self.journal, store=self._earlier.journal(found.run)).conclude(f"not taken up: {other}")
            return
        self.begun = replace(found, other=other)
        if not (found.unsure or other):
            since = f"{found.began:%Y-%m-%d %H:%M:%S %Z}"
            self._progress(
                f"adopted: run {found.run}'s update to {found.target}, begun at {since}; nothing is executed"
            )
        self._recalled = self._earlier.baseline(found.run) or self.wish.baseline

    def collect_before(self) -> Snapshot:
        """Read everything the preflight checks judge; where an upgrade was begun before this run, recall it."""
        recalls = self.wish.verify or self.begun is not None
        if self.wish.verify and self._recalled is None:
            self._recalled = self._earlier.newest(self.entry.account_id)
        before = self._collector.recall(self._baseline()) if recalls else self._collector.before()
        self._secrets.learn(before)
        return before

    def review(self, before: Snapshot | None) -> Review:
        """What people have said."""
        stated = acknowledgements.configured(self.entry)
        if self.wish.acknowledged and before is not None and isinstance(before.identity, Known):
            deployed, target = version_pair(before, self.product)
            by, now = before.identity.value.arn, self.clock.now()
            stated += tuple(Acknowledgement(id_, by, now, deployed, target) for id_ in self.wish.acknowledged)
        runners = tuple(os.environ[name] for name in CI_PEOPLE if os.environ.get(name))
        return Review(self.wish.change_id, self._plan_sha256, self._approvals, stated, runners, self.wish.rehearsals)

    @property
    def plans_anew(self) -> bool:
        """Whether the plan is this run's own, not a reviewed, a recalled or an earlier run's."""
        return self.bound is None and not self.wish.verify and self.begun is None

    def make_plan(self, before: Snapshot) -> Fact[Plan]:
        """Make our change set and read it; where a plan was made before, read that plan's."""
        if self.wish.verify:
            recalled = self._recalled.plan if self._recalled else None
            return recalled or Unknown(Reason.BLOCKED, "the baseline holds no plan", "", self.clock.now())
        if self.begun is not None:
            return self._planning.planner().read(self.begun.arn)
        if self.bound is not None:
            return self._planning.planner().read(self.bound.change_set.arn)
        return self._planning.make(before)

    def bind_plan(self, before: Snapshot, plan: Plan, warnings: Iterable[str] = ()) -> bound.BoundPlan:
        """The plan with everything it holds only with, as far as that is known: see `Planning.bind`."""
        return self._planning.bind(before, plan, warnings)

    def plan_moved(self, before: Snapshot, plan: Fact[Plan]) -> Fact[tuple[str, ...]]:
        """What the plan made before is bound to and is no longer so, a sentence each."""
        if self.bound is None or self.begun is not None:
            return Known((), self.clock.now())
        return self._planning.moved(self.bound, before, plan)

    def execute(self, before: Snapshot, plan: Plan, too_old: Callable[[], list[str]] = list) -> Operation:
        """Read again all that a plan is bound to; if nothing has moved, execute the change set and watch it to its end.

        Args:
            before: the facts that were judged.
            plan: the change set.
            too_old: asked last: what the judgement rests on and is too old by then, a sentence each.
        """
        executor = self._executor = self._executor_of(PREFIX + self.run_id, Executor)
        executor.learn(plan)
        if self.wish.cancel_on_timeout:
            may = holding_data(before, self.product)
            executor.cancel = Cancel(executor.client, self.clock, f"{executor.token}-cancel", self.journal, may)
        self._progress("reading again what may have moved")
        changes = self._planning.moved_since(before, plan, self._collector.again)
        if self.bound is not None and (age := bound.too_old(self.bound, self.clock.now())):
            changes.append(age)
        changes += [*moment.passed(self.entry, before, self.clock.now()), *too_old()]
        if changes:
            return executor.refused(plan, f"nothing was executed: {'; '.join(changes)}")
        return self._ended(executor.execute(plan), plan)

    def adopt(self, begun: Begun) -> Operation:
        """Watch an update to its end that an earlier run has begun; refused if it is not the one asked for."""
        executor = self._executor = self._executor_of(begun.token, Executor)
        if begun.unsure:
            why = f"it is not known whether run {begun.run} has begun to update the stack: {begun.unsure}"
            return replace(executor.refused(begun, why), ending=Ending.UNKNOWN, adopted_from=begun.run)
        if begun.other:
            return executor.refused(begun, begun.other)
        self.journal.store = self._earlier.journal(begun.run)
        self.journal.keep(Act.ADOPTED, EXECUTE, change_set=begun.arn, token=begun.token, stack=begun.stack_arn)
        executor.learn(begun)
        operation = executor.take_up(begun, begun.began, begun.anchor)
        return self._ended(replace(operation, adopted_from=begun.run), begun)

    def _not_asked_for(self, begun: Begun) -> str:
        """Why an update that was begun is not the one that this run was asked for; empty if it is."""
        if self.bound is not None and self.bound.change_set.arn != begun.arn:
            return f"run {begun.run} executes {begun.arn}, this run wants {self.bound.change_set.arn}"
        client, call = self._cloudformation(), "cloudformation:GetTemplate"
        made = fact(self.clock, call, lambda: change_sets.read_template(client, begun.arn))
        target = self._collector.target()
        if isinstance(made, Known) and isinstance(target, Known):
            is_same = made.value.body == target.value.body
        else:
            is_same = begun.target in {self._target.version, self._target.address}
        wanted = self._target.version or self._target.address
        found = begun.target or begun.arn
        return "" if is_same else f"run {begun.run} upgrades this stack to {found}, this run wants {wanted}"

    def _ended(self, operation: Operation, plan: Executable) -> Operation:
        """Keep that an operation has ended, if that was seen."""
        if operation.ending not in {Ending.REFUSED, Ending.UNKNOWN}:
            ended = operation.events[-1]
            told = {"change_set": plan.arn, "token": operation.token, "stack": plan.stack_arn}
            self.journal.keep(Act.TERMINAL, EXECUTE, **told, operation=ended.operation_id, status=ended.status)
        return operation

    def _executor_of(self, token: str, make: Callable[..., E]) -> E:
        return make(
            client=self._executing.client("cloudformation", grant=Grant(Door.APPLY)),
            watcher=partial(self._executing.client, "cloudformation", attempts=WATCH_ATTEMPTS),
            renew=self._identities.renew,
            clock=self.clock,
            token=token,
            polling=self.entry.polling,
            minutes=self.entry.minutes,
            progress=self._progress,
            journal=self.journal,
        )

    def so_far(self, plan: Executable) -> Operation | None:
        """What is known of an execution that was broken off; None if it had not come to that."""
        seen = self._executor.so_far(plan) if self._executor else None
        if seen is None or self.begun is None:
            return seen
        return None if seen.ending is Ending.REFUSED else replace(seen, adopted_from=self.begun.run)

    def observed(self, before: Snapshot) -> Operation:
        """What became of the newest update that somebody else has made since the baseline was taken.

        Raises:
            CannotTell: it can't be read.
        """
        client, name = self._cloudformation(), self.entry.stack_name
        was, why = before.stack.value, partial(explain, client, self.clock)
        read = fact(
            self.clock,
            "cloudformation:DescribeStackEvents",
            lambda: newest_update(was, read_stack(client, name), event_pages(client, name), why),
        )
        return read.value

    def collect_after(self, before: Snapshot) -> Snapshot:
        """Read everything the postflight checks judge, the application given time to become healthy."""
        after = self._collector.after(before)
        self._secrets.see(after)
        return after

    def discard_plan(self, plan: Plan) -> Unknown | None:
        """Delete our change set; None if it is gone, else why it is not."""
        return self._planning.planner().discard(plan)

    def take_back_plan(self, before: Snapshot) -> None:
        """Delete our change set where its making was broken off."""
        if isinstance(before.stack, Known):
            self._planning.planner().take_back(before.stack.value.arn)

    def calls(self) -> tuple[Call, ...]:
        """Every AWS call so far, in order of their start."""
        return self.aws.log.calls()

    def skew(self) -> float | None:
        """Seconds that our clock is ahead of AWS's; None if no answer told the time."""
        return self.aws.log.skew()

    def secrets(self) -> tuple[str, ...]:
        """Texts that must never be written: parameters from the environment or NoEcho, and the credentials in use."""
        return self._secrets.texts()

    def clean(self, text: str) -> str:
        """The text without what must never be written."""
        return self._cleaner(self.secrets())(text)

    def configuration(self) -> Mapping[str, object]:
        """The entry as it was understood, for the record; of a parameter's value, only what is known to be no secret."""
        return self.entry.public(self._secrets.shown)

    def astray(self) -> Mapping[str, str]:
        """By service, an endpoint that is none of AWS's."""
        return self._identities.reading().astray(SERVICES)

    def environment(self) -> Mapping[str, str]:
        """What the run stands on."""
        return environment(self.aws.endpoint)

    def _approval(self, path: Path) -> Approval:
        """One approval, held against the clock and the plan it should be of."""
        read = approvals.read(path, self._approvers)
        made = self.bound.made if self.bound else self.started
        return replace(read, problem=read.problem or approvals.untimely(read, made, self.started))

    def _baseline(self) -> Snapshot | None:
        return self._recalled.snapshot if self._recalled else None

    def _cloudformation(self) -> Any:
        """A client that only reads."""
        return self._identities.reading().client("cloudformation")


def _referenced(stacks: Stacks, entry: StackEntry) -> list[StackEntry]:
    references = (entry.backup, entry.deploy_role)
    return [stacks.entry(reference.entry) for reference in references if isinstance(reference, Reference)]
