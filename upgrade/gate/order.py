"""Which checks this run asks, and what keeps one from being asked, by what the others have said: the gate itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from upgrade.catalogue import EXECUTION, PREFLIGHT, CheckInfo, Outcome, Phase
from upgrade.facts.known import Fact, Known, Unknown
from upgrade.facts.operation import Ending
from upgrade.gate.decision import gate, stops
from upgrade.gate.ledger import Entry, Ledger
from upgrade.gate.mode import COURSES, FIRST, Mode, Verdict, wants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from upgrade.gate.mode import Course
    from upgrade.gate.stages import Stages
    from upgrade.run.session import Run

RAN_AFTER = {Ending.COMPLETE: frozenset({True, False}), Ending.ROLLED_BACK: frozenset({True})}
"""After which endings postflight checks run: all of them, or only those that compare with the baseline."""


@dataclass(eq=False)
class Order:
    """The checks of one run."""

    run: Run
    mode: Mode
    stages: Stages
    required: tuple[CheckInfo, ...]
    """What must have run, from the manifest and the command line, whatever pytest collects."""
    judged: Callable[[str, Iterable[CheckInfo]], Mapping[str, Entry]]
    """What the checks said before the run of this id executed, as far as that was kept."""
    held_by: str = ""
    """Who has the stack's lock, if another process does: then this run asks AWS nothing."""
    ledger: Ledger = field(default_factory=Ledger)
    _kept: Mapping[str, Entry] | None = None

    @property
    def course(self) -> Course:
        """What the mode does."""
        return COURSES[self.mode]

    def wants(self, info: CheckInfo) -> bool:
        """Whether the mode asks for this check."""
        return wants(self.mode, info.id, info.phase)

    def blocked(self, info: CheckInfo) -> str:
        """Why this check may not run; empty if it may."""
        if self.held_by:
            return self.held_by
        first = self.ledger.get(FIRST)
        if info.id != FIRST and (first is None or stops(first)):
            return f"{FIRST} must hold first"
        return self._not_reached(info)

    def _not_reached(self, info: CheckInfo) -> str:
        """What of the run must come before this check, and has not."""
        match info.phase:
            case Phase.POSTFLIGHT | Phase.RECOVERED:
                return "" if self.mode is Mode.VERIFY else self._not_upgraded(info)
            case _ if self.run.begun is not None:
                known = info.phase in EXECUTION or info.id == FIRST or info.id in self.kept()
                return "" if known else "the update had begun before this run"
            case Phase.PLAN:
                return self._shut([check for check in self.required if check.guards_plan])
            case Phase.UPGRADE | Phase.RECOVERY:
                return self.shut_gate() or ("the change set holds no change" if self.stages.nothing_to_do else "")
        return ""

    def _not_upgraded(self, info: CheckInfo) -> str:
        operation = self.stages.operation
        if operation is None:
            return f"there was no {self.stages.work}"
        runs = info.compares_baseline in RAN_AFTER.get(operation.ending, frozenset())
        return "" if runs else f"the {self.stages.work} did not complete: {operation.ending.value}"

    def _shut(self, guards: list[CheckInfo]) -> str:
        shut = [entry for entry in self.ledger.complete(guards) if stops(entry)]
        return f"{', '.join(entry.check.id for entry in shut)} must hold first" if shut else ""

    def shut_gate(self) -> str:
        """Why nothing may be executed; empty if it may."""
        if not self.course.executes:
            return f"this is a {self.mode} run"
        moved = self.compared()
        if isinstance(moved, Unknown):
            return str(moved)
        if moved.value:
            return f"the plan no longer holds: {'; '.join(moved.value)}"
        preflight = self.entries(*PREFLIGHT)
        deferred = [entry.check.id for entry in preflight if entry.outcome is Outcome.DEFERRED]
        decision = gate(preflight)
        if decision.verdict is not Verdict.GO:
            return f"{decision.verdict}: {decision.sentence}"
        return f"{deferred[0]} was deferred" if deferred else ""

    def kept(self) -> Mapping[str, Entry]:
        """What the run that has begun the update had judged, by check: it is not judged anew."""
        if self._kept is None and self.run.begun is not None:
            preflight = (info for info in self.required if info.phase in PREFLIGHT and info.id != FIRST)
            self._kept = self.judged(self.run.begun.run, preflight)
        return self._kept or {}

    def entries(self, *phases: Phase) -> tuple[Entry, ...]:
        """One entry for each required check of these phases, of all if none is named."""
        return tuple(e for e in self.ledger.complete(self.required) if not phases or e.check.phase in phases)

    def compared(self) -> Fact[tuple[str, ...]]:
        """What a plan made before is bound to and is no longer so; not asked in a wrong account."""
        first = self.ledger.get(FIRST)
        asked = first is not None and not stops(first)
        return self.stages.compare_plan() if asked else Known((), self.run.clock.now())
