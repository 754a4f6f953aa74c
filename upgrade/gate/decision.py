"""From the ledger to the decision: pure, and the only place that knows a verdict or an exit code."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from upgrade.catalogue import Outcome, Phase, Severity
from upgrade.facts.operation import Ending, Operation
from upgrade.gate.ledger import Entry


class Mode(StrEnum):
    """What the command line asked for."""

    GATE = "gate"
    UPGRADE = "upgrade"


class Verdict(StrEnum):
    """The answer of a run."""

    GO = "GO"
    UPGRADED = "UPGRADED"
    NOTHING_TO_DO = "NOTHING_TO_DO"
    NO_GO = "NO_GO"
    CANNOT_TELL = "CANNOT_TELL"
    REFUSED = "REFUSED"
    ROLLED_BACK = "ROLLED_BACK"
    NEEDS_OPERATOR = "NEEDS_OPERATOR"
    UNKNOWN = "UNKNOWN"
    UNHEALTHY = "UNHEALTHY"
    INTERRUPTED = "INTERRUPTED"


EXIT_CODES = {
    Verdict.GO: 0,
    Verdict.UPGRADED: 0,
    Verdict.NOTHING_TO_DO: 0,
    Verdict.NO_GO: 10,
    Verdict.CANNOT_TELL: 11,
    Verdict.REFUSED: 12,
    Verdict.ROLLED_BACK: 20,
    Verdict.NEEDS_OPERATOR: 21,
    Verdict.UNKNOWN: 22,
    Verdict.UNHEALTHY: 30,
    Verdict.INTERRUPTED: 130,
}
"""Exit 4 (usage) is decided before there is a run; pytest's own `UsageError` gives it."""

_ENDINGS = {
    Ending.REFUSED: Verdict.REFUSED,
    Ending.ROLLED_BACK: Verdict.ROLLED_BACK,
    Ending.NEEDS_OPERATOR: Verdict.NEEDS_OPERATOR,
    Ending.UNKNOWN: Verdict.UNKNOWN,
}
_HOLDS = frozenset({Outcome.PASS, Outcome.WARN, Outcome.NOT_APPLICABLE})
_PREFLIGHT = frozenset({Phase.FACTS, Phase.PLAN})


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict and the one sentence that says why."""

    verdict: Verdict
    sentence: str
    stopped_by: int | None = None
    """The signal that ended the run before its end."""

    @property
    def exit_code(self) -> int:
        """The process's exit code; of a run that was stopped 128 and the signal, as a shell has it."""
        return EXIT_CODES[self.verdict] if self.stopped_by is None else 128 + self.stopped_by


def stops(entry: Entry) -> bool:
    """Whether this result keeps a gate shut. Only positive evidence opens it: what did not run stops, too."""
    if entry.check.severity is Severity.WARNING:
        return entry.outcome in {Outcome.BLOCKED, Outcome.NOT_RUN}
    return entry.outcome not in _HOLDS


def stopping(entries: Iterable[Entry], phases: frozenset[Phase] = _PREFLIGHT) -> tuple[Entry, ...]:
    """The results of these phases that keep the gate shut."""
    return tuple(entry for entry in entries if entry.check.phase in phases and stops(entry))


def gate(entries: Sequence[Entry]) -> Decision:
    """Judge the preflight checks.

    Args:
        entries: one for each required check (`Ledger.complete`).
    """
    preflight = [entry for entry in entries if entry.check.phase in _PREFLIGHT]
    stopped = stopping(preflight)
    failed = [entry for entry in stopped if entry.outcome is Outcome.FAIL]
    if failed:
        return Decision(Verdict.NO_GO, f"{_count(failed, 'check')} failed: {_names(failed)}")
    if stopped:
        return Decision(Verdict.CANNOT_TELL, f"{_count(stopped, 'check')} could not tell: {_names(stopped)}")
    if not preflight:
        return Decision(Verdict.CANNOT_TELL, "no preflight check is known")
    warned = [entry for entry in preflight if entry.outcome in {Outcome.WARN, Outcome.ERROR}]
    told = f", {_count(warned, 'warning')}" if warned else ""
    return Decision(Verdict.GO, f"all {len(preflight)} preflight checks hold{told}")


def decide(
    mode: Mode,
    entries: Sequence[Entry],
    operation: Operation | None,
    *,
    nothing_to_do: bool,
    stopped_by: int | None = None,
) -> Decision:
    """The run's verdict.

    Args:
        mode: what was asked for.
        entries: one for each required check of the mode (`Ledger.complete`).
        operation: what became of the update; None if none was started.
        nothing_to_do: CloudFormation says the change set holds no change.
        stopped_by: the signal that stopped the run.
    """
    if stopped_by is not None:
        return Decision(Verdict.INTERRUPTED, _interrupted(operation), stopped_by)
    if operation is None:
        return _without_operation(mode, gate(entries), nothing_to_do=nothing_to_do)
    if operation.ending is not Ending.COMPLETE:
        return Decision(_ENDINGS[operation.ending], operation.detail + _state_afterwards(operation, entries))
    return _after_update(operation, entries)


def _without_operation(mode: Mode, preflight: Decision, *, nothing_to_do: bool) -> Decision:
    if preflight.verdict is not Verdict.GO:
        return preflight
    if nothing_to_do:
        return Decision(Verdict.NOTHING_TO_DO, "the stack already is what was asked for; nothing was changed")
    if mode is Mode.GATE:
        return preflight
    return Decision(Verdict.CANNOT_TELL, "the gate was open, but the upgrade was never started")


def _after_update(operation: Operation, entries: Sequence[Entry]) -> Decision:
    unhealthy = stopping(entries, frozenset({Phase.UPGRADE, Phase.POSTFLIGHT}))
    if unhealthy:
        return Decision(Verdict.UNHEALTHY, f"upgraded, but not as it should be: {_names(unhealthy)}")
    preflight = gate(entries)
    if preflight.verdict is not Verdict.GO:  # an update that ran past a shut gate is a fault of ours: never 0
        return Decision(Verdict.UNHEALTHY, f"upgraded although {preflight.sentence}")
    after = [entry for entry in entries if entry.check.phase is Phase.POSTFLIGHT]
    if not after:
        return Decision(Verdict.UNHEALTHY, "upgraded, but no postflight check is known")
    return Decision(Verdict.UPGRADED, f"{operation.detail}; all {len(after)} postflight checks hold")


def _state_afterwards(operation: Operation, entries: Sequence[Entry]) -> str:
    if operation.ending is not Ending.ROLLED_BACK:
        return ""
    compared = [entry for entry in entries if entry.check.compares_baseline]
    bad = [entry for entry in compared if stops(entry)]
    if bad:
        return f"; the restored state is not as before: {_names(bad)}"
    return "; the restored state is as before" if compared else ""


def _interrupted(operation: Operation | None) -> str:
    if operation is None:
        return "stopped before anything was executed"
    if operation.ending is not Ending.UNKNOWN:
        return f"stopped after the update had ended: {operation.detail}"
    return "stopped while the update was running; it goes on without us, and running again takes it up"


def _names(entries: Iterable[Entry]) -> str:
    return ", ".join(entry.check.id for entry in entries)


def _count(entries: Sequence[Entry], noun: str) -> str:
    return f"{len(entries)} {noun}{'' if len(entries) == 1 else 's'}"
