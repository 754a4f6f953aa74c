"""From judged facts to a change set, and from a change set to whether all that it rests on is still so."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from upgrade.aws.doors import Door, Grant
from upgrade.aws.errors import fact
from upgrade.aws.staging import put_template
from upgrade.aws.sts import read_identity
from upgrade.clock import Clock
from upgrade.code import checks_sha256
from upgrade.config.entry import StackEntry
from upgrade.config.product import Product
from upgrade.config.target import INLINE_LIMIT, Target
from upgrade.errors import CannotTell
from upgrade.facts.changes import Plan
from upgrade.facts.gather import gather
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Template
from upgrade.rules import bound
from upgrade.rules.parameters import PlannedParameters, needs_actual, plan_parameters
from upgrade.rules.quiet import at_work
from upgrade.rules.versions import version_pair
from upgrade.run.environment import package_version
from upgrade.run.identities import Identities
from upgrade.run.journal import Journal
from upgrade.run.lookout import Progress
from upgrade.run.plan import Planner

AT_WORK = ("jobs", "groups", "workers")
"""The facts that tell on what users' work runs."""


@dataclass(frozen=True, slots=True)
class Planning:
    """Plans of one run."""

    entry: StackEntry
    product: Product
    target: Target
    identities: Identities
    clock: Clock
    run_id: str
    journal: Journal
    note: Progress
    secrets: Callable[[], tuple[str, ...]]
    """Texts that must never be written, as far as they are known by now."""
    cleaner: Callable[[], Callable[[str], str]]
    """Makes what takes them out of a text that goes into the plan."""

    def planner(self, template_url: str | None = None, journal: Journal | None = None) -> Planner:
        """What makes, reads and deletes change sets."""
        return Planner(
            client=self.identities.executing.client("cloudformation", grant=Grant(Door.PLAN)),
            clock=self.clock,
            run_id=self.run_id,
            entry=self.entry,
            product=self.product,
            target=self.target,
            template_url=template_url,
            environ=os.environ,
            secrets=self.secrets(),
            note=self.note,
            journal=journal or self.journal,
        )

    def make(self, before: Snapshot) -> Fact[Plan]:
        """Make our change set and read it; old ones of ours are deleted first."""
        parameters = self._parameters(before)
        if isinstance(parameters, Unknown):
            return parameters
        url = self._template_url(before.target.value)
        if isinstance(url, Unknown):
            return url
        planner = self.planner(url.value)
        planner.tidy(before.stack.value)
        return planner.make(before.stack.value, before.target, parameters.value)

    def bind(self, before: Snapshot, plan: Plan, warnings: Iterable[str] = ()) -> bound.BoundPlan:
        """The plan with everything it holds only with.

        Args:
            before: the facts it was made on.
            plan: the change set.
            warnings: what the checks have warned of.

        Raises:
            CannotTell: one of the facts is not known.
        """
        return bound.bind(
            entry=self.entry,
            before=before,
            plan=plan,
            parameters=self._parameters(before).value,
            run=self.run_id,
            tool=package_version("plimsoll"),
            versions=version_pair(before, self.product),
            checks_sha256=checks_sha256(),
            made=self.clock.now(),
            warnings=warnings,
            clean=self.cleaner(),
        )

    def moved(self, reviewed: bound.BoundPlan, before: Snapshot, plan: Fact[Plan]) -> Fact[tuple[str, ...]]:
        """What a plan made before is bound to and is no longer so, a sentence each."""
        now = self.clock.now()
        if isinstance(plan, Unknown):
            if plan.reason is Reason.NOT_FOUND:
                return Known((f"change set {reviewed.change_set.arn} is gone",), now)
            return plan
        try:
            found = bound.moved(reviewed, self.bind(before, plan.value))
        except CannotTell as error:
            return self._blocked(f"the plan can't be compared with what is: {error}")
        age = bound.too_old(reviewed, now)
        return Known(tuple(found + [age] * bool(age)), now)

    def moved_since(
        self, before: Snapshot, plan: Plan, read_again: Callable[[Snapshot, Iterable[str]], Snapshot]
    ) -> list[str]:
        """What is no longer as it was judged, or can't be compared with it, a sentence each; all of it is read again."""
        planner, sts = self.planner(), self.identities.executing.client("sts")
        identity, made, again = gather(
            (
                lambda: fact(self.clock, "sts:GetCallerIdentity", lambda: read_identity(sts)),
                lambda: planner.read(plan.arn),
                lambda: read_again(before, (*bound.FACTS, *AT_WORK)),
            )
        )
        try:
            judged = self.bind(before, plan), self._at_work(before)
        except CannotTell as error:
            return [f"what was judged was never known as a whole, so can't be compared: {error}"]
        try:
            now = self.bind(again, made.value), self._at_work(again)
            account = identity.value.account
        except CannotTell as error:
            return [f"what was judged can't be read again: {error}"]
        found = bound.moved(judged[0], now[0])
        if account != self.entry.account_id:
            found.append(f"the executing credentials are of account {account}, not {self.entry.account_id}")
        return found + [f"{each} has begun to work since" for each in sorted(now[1] - judged[1])]

    def _parameters(self, before: Snapshot) -> Fact[PlannedParameters]:
        """What to send, as far as the facts it depends on are known."""
        needed = [before.stack, before.target, *([before.databases] if needs_actual(self.entry) else [])]
        for each in needed:
            if isinstance(each, Unknown):
                return self._blocked(f"a change set needs what could not be read ({each})")
        databases = before.databases.value if needs_actual(self.entry) else {}
        return Known(plan_parameters(self.entry, before.stack.value, before.target.value, databases), self.clock.now())

    def _template_url(self, template: Template) -> Fact[str | None]:
        """Where CloudFormation reads the target; None for a file small enough to go into the request."""
        prefix, url = self.entry.staging, self.target.url
        if url is not None or prefix is None or template.size <= INLINE_LIMIT:
            return Known(url, self.clock.now())
        self.note(f"putting the template below {prefix}")
        client = self.identities.executing.client("s3", grant=Grant(Door.STORE, prefix))
        sha256, text = template.sha256, template.text
        return fact(self.clock, "s3:PutObject", lambda: put_template(client, prefix, sha256, text))

    def _at_work(self, snapshot: Snapshot) -> frozenset[str]:
        return at_work(snapshot, self.product.workers).value

    def _blocked(self, why: str) -> Unknown:
        return Unknown(Reason.BLOCKED, why, "", self.clock.now())
