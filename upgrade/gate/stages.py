"""What a run has come to: facts, plan, execution, facts again; each read or done once, whoever asks first.

Whether a stage may be entered is the gatekeeper's to say.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from upgrade.errors import CannotTell
from upgrade.facts.known import Fact, Known
from upgrade.facts.operation import Ending, Operation
from upgrade.rules.processed import after_processing, as_processed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from upgrade.facts.changes import Plan
    from upgrade.facts.review import Review
    from upgrade.facts.snapshot import Snapshot
    from upgrade.gate.console import Console
    from upgrade.rules.bound import BoundPlan
    from upgrade.run.apply import Executable
    from upgrade.run.session import Run
    from upgrade.run.takeup import Begun


@dataclass(eq=False)
class Stages:
    """The stages of one run; one that was not come to is None."""

    work: ClassVar[str] = "upgrade"
    """What is executed, in a word."""
    run: Run
    console: Console
    takes_up: bool = False
    """Whether an update that an earlier run has begun is looked for."""
    before: Snapshot | None = None
    plan: Fact[Plan] | None = None
    review: Review | None = None
    operation: Operation | None = None
    after: Snapshot | None = None
    _processed: dict[str, object] | None = None
    _planning: bool = False
    """Whether the making of the plan has begun."""
    _moved: Fact[tuple[str, ...]] | None = None

    def read_before(self) -> Snapshot:
        """The facts before the upgrade."""
        if self.before is None:
            if self.takes_up:
                self.run.take_up()
            with self.console.activity("reading facts"):
                self.before = self.run.collect_before()
        return self.before

    def read_plan(self) -> Fact[Plan]:
        """The change set, made or read, on facts that allow it."""
        if self.plan is None:
            before = self.read_before()
            self._planning = True
            with self.console.activity("planning" if self.run.plans_anew else "reading the plan"):
                self.plan = self.run.make_plan(before)
        return self.plan

    def read_review(self) -> Review:
        """What people have said."""
        if self.review is None:
            self.review = self.run.review(self.read_before())
        return self.review

    def compare_plan(self) -> Fact[tuple[str, ...]]:
        """What a plan made before is bound to and is no longer so, a sentence each; nothing of one made by this run."""
        if self.run.bound is None or self.before is None:
            return Known((), self.run.clock.now())
        if self._moved is None:
            self._moved = self.run.plan_moved(self.before, self.read_plan())
        return self._moved

    @property
    def nothing_to_do(self) -> bool:
        """Whether the change set holds no change."""
        return isinstance(self.plan, Known) and self.plan.value.nothing_to_do

    def execute(self, too_old: Callable[[], list[str]]) -> Operation:
        """Execute the change set, once; refused if anything it rests on is too old by then."""
        if self.operation is None:
            plan = self.read_plan().value
            with self._under_way(plan), self.console.activity("updating the stack"):
                self.operation = self.run.execute(self.read_before(), plan, too_old)
        return self.done()

    def adopt(self, begun: Begun) -> Operation:
        """Watch the update that an earlier run has begun; nothing is executed."""
        if self.operation is None:
            self.read_plan()
            with self._under_way(begun), self.console.activity(f"watching what run {begun.run} has begun"):
                self.operation = self.run.adopt(begun)
        return self.done()

    @contextmanager
    def _under_way(self, plan: Executable) -> Iterator[None]:
        """Whatever happens in here, the record says that an update may be under way."""
        now = self.run.clock.now()
        detail = "the update may have been started; contact was lost before its end"
        adopted = self.run.begun.run if self.run.begun else ""
        self.operation = Operation(Ending.UNKNOWN, "", plan.arn, now, now, (), None, detail, adopted_from=adopted)
        try:
            yield
        except BaseException:  # Ctrl-C as well: what was seen until then is not lost
            self.operation = self.run.so_far(plan) or self.operation
            raise

    def observe(self) -> Operation:
        """Where the upgrade was made by other means, what its events tell."""
        if self.operation is None:
            self.operation = self.run.observed(self.read_before())
        return self.operation

    def processed(self) -> Mapping[str, object]:
        """What is judged once the plan is known, by the name of its fixture: with what macros and loops have made."""
        if self._processed is None and self.before is not None and isinstance(self.plan, Known):
            before, plan = as_processed(self.before, self.plan.value, self.run.entry, self.run.product)
            if before is not self.before:
                self._processed = {"before": before, "plan": Known(plan, self.plan.at)}
        if self._processed and self.after is not None and "after" not in self._processed:
            self._processed["after"] = after_processing(self.after)
        return self._processed or {}

    def done(self) -> Operation:
        """The recorded result of the upgrade.

        Raises:
            CannotTell: there is none.
        """
        if self.operation is None:
            raise CannotTell(f"no {self.work} was made in this run")
        return self.operation

    def read_after(self) -> Snapshot:
        """The facts after the upgrade, the application given time to become healthy."""
        if self.after is None:
            before = self.read_before()
            with self.console.activity("reading facts again, until the application is healthy"):
                self.after = self.run.collect_after(before)
        return self.after

    def discard_plan(self) -> None:
        """Delete the change set that this run has made, if it has not been executed."""
        unused = self.operation is None or self.operation.ending is Ending.REFUSED
        if not unused or not self.run.plans_anew:
            return
        if self.plan is None and self._planning and self.before is not None:
            self.run.take_back_plan(self.before)
        elif isinstance(self.plan, Known):
            left = self.run.discard_plan(self.plan.value)
            if left is not None:
                self.console.note(f"our change set {self.plan.value.name} is still there: {left}")

    def bind_plan(self, warnings: Iterable[str]) -> BoundPlan | None:
        """The plan with all it holds only with; one made before as it was made; None where there is nothing to execute."""
        if self.run.bound is not None:
            return self.run.bound
        if self.run.begun is not None or self.before is None or not isinstance(self.plan, Known) or self.nothing_to_do:
            return None
        return self.run.bind_plan(self.before, self.plan.value, warnings)
