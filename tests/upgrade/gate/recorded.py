"""A run and a console that note what they are asked to do, and do nothing."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

from tests.builders import NOW, entry, known, operation, plan, snapshot
from upgrade.config.entry import StackEntry
from upgrade.config.product import Product, load
from upgrade.errors import CannotTell
from upgrade.facts.call import Call
from upgrade.facts.changes import Plan
from upgrade.facts.known import Fact, Known, Unknown
from upgrade.facts.operation import Ending, Operation
from upgrade.facts.review import Review
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.bound import BoundPlan
from upgrade.run.journal import Journal, Memory
from upgrade.run.takeup import Begun
from upgrade.run.wish import Wish

BOUND = cast("BoundPlan", object())
HOLDS: Fact[tuple[str, ...]] = Known((), NOW)


class StillClock:
    def now(self) -> Any:
        return NOW


class SilentConsole:
    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)

    def activity(self, _: str) -> AbstractContextManager[None]:
        return nullcontext()


@dataclass
class RecordedRun:
    """Stands where a run stands and notes what it is asked to do."""

    entry: StackEntry = field(default_factory=entry)
    product: Product = field(default_factory=lambda: load("codeocean"))
    made: Fact[Plan] = field(default_factory=lambda: known(plan()))
    ended: Operation = field(default_factory=operation)
    stopped_planning: bool = False
    """Whether Ctrl-C comes while the plan is made."""
    seen: Operation | None = None
    """What is known of an execution that is broken off."""
    asked: list[str] = field(default_factory=list)
    clock: StillClock = field(default_factory=StillClock)
    bound: BoundPlan | None = None
    begun: Begun | None = None
    """What an earlier run has begun."""
    compared: Fact[tuple[str, ...]] = field(default_factory=lambda: HOLDS)
    plans_anew: bool = True
    left: Unknown | None = None
    """Why the change set can't be deleted."""
    too_old: list[str] = field(default_factory=list)
    """What it was told to be too old to execute anything on."""
    warned: tuple[str, ...] = ()
    """What it was told to write into the plan for who approves it."""
    unbound: str | None = None
    """Why the plan can't be bound."""
    wish: Wish = field(default_factory=Wish)
    run_id: str = "run-1"
    configuration_sha256: str = "0" * 64
    started: datetime = NOW
    target: str = "https://example.com/template"
    aws: Any = None
    own: Any = field(default_factory=lambda: SimpleNamespace(facts={}))
    journal: Journal = field(default_factory=lambda: Journal(Memory(), cast("Any", StillClock()), "run-1", str))

    def configuration(self) -> dict[str, object]:
        return {}

    def calls(self) -> tuple[Call, ...]:
        return ()

    def skew(self) -> float | None:
        return None

    def environment(self) -> dict[str, str]:
        return {}

    def take_up(self) -> None:
        self.asked.append("take up")

    def adopt(self, begun: Begun) -> Operation:
        self.asked.append("adopt")
        if self.ended.ending is Ending.NEEDS_OPERATOR:
            raise KeyboardInterrupt
        return self.ended

    def collect_before(self) -> Snapshot:
        self.asked.append("before")
        return snapshot()

    def make_plan(self, before: Snapshot) -> Fact[Plan]:
        self.asked.append("plan")
        if self.stopped_planning:
            raise KeyboardInterrupt
        return self.made

    def plan_moved(self, before: Snapshot, made: Fact[Plan]) -> Fact[tuple[str, ...]]:
        self.asked.append("compare")
        return self.compared

    def clean(self, text: str) -> str:
        return text.replace("stack-is-at-rest", "****")

    def review(self, before: Snapshot | None) -> Review:
        self.asked.append("review")
        return Review("", "", (), (), ())

    def observed(self, before: Snapshot) -> Operation:
        self.asked.append("observe")
        return self.ended

    def collect_after(self, before: Snapshot) -> Snapshot:
        self.asked.append("after")
        return snapshot()

    def discard_plan(self, made: Plan) -> Unknown | None:
        self.asked.append("discard")
        return self.left

    def take_back_plan(self, before: Snapshot) -> None:
        self.asked.append("take back")

    def bind_plan(self, before: Snapshot, made: Plan, warnings: Iterable[str]) -> BoundPlan:
        self.asked.append("bind")
        self.warned = tuple(warnings)
        if self.unbound is not None:
            raise CannotTell(self.unbound)
        return BOUND

    def so_far(self, made: Plan) -> Operation | None:
        return self.seen

    def execute(self, before: Snapshot, made: Plan, too_old: Callable[[], list[str]]) -> Operation:
        self.asked.append("execute")
        self.too_old = too_old()
        if self.ended.ending is Ending.NEEDS_OPERATOR:
            raise KeyboardInterrupt
        return self.ended
