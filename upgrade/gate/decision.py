"""From the ledger to the decision: pure, and the only place that knows how a verdict comes about."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from upgrade.catalogue import EXECUTION, PREFLIGHT, Outcome, Phase, Severity, When
from upgrade.facts.known import Reason
from upgrade.facts.operation import Ending, Operation
from upgrade.gate.ledger import Entry
from upgrade.gate.mode import COURSES, Mode, Verdict

EXIT_CODES = {
    Verdict.GO: 0,
    Verdict.PLANNED: 0,
    Verdict.UPGRADED: 0,
    Verdict.VERIFIED: 0,
    Verdict.RECOVERED: 0,
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

MEANINGS = {
    Verdict.GO: "every check that the start of this upgrade requires holds, or is waived",
    Verdict.PLANNED: "the plan holds; what judges the moment of execution is judged when it is executed",
    Verdict.UPGRADED: "the update ran to its end as planned, and every check after it holds, or is waived",
    Verdict.VERIFIED: "every check after an upgrade holds, or is waived",
    Verdict.RECOVERED: "the rollback is complete, and every check after it holds",
    Verdict.NOTHING_TO_DO: "target and planned values are the deployed ones, and no check before an upgrade fails",
    Verdict.NO_GO: "at least one check that may block failed",
    Verdict.CANNOT_TELL: "no check failed, but one that may block could not tell, or a required one did not run",
    Verdict.REFUSED: "right when it was planned, and not when it was to be executed; nothing was executed",
    Verdict.ROLLED_BACK: "the update failed, and CloudFormation restored the old state",
    Verdict.NEEDS_OPERATOR: "the stack is in a state that only a person can leave",
    Verdict.UNKNOWN: "contact was lost, or time was over, while the operation was running",
    Verdict.UNHEALTHY: "upgraded, but a check afterwards failed or could not tell",
    Verdict.INTERRUPTED: "a signal stopped the run",
}
"""What a verdict says of any run."""

NO_EVIDENCE = 40
"""In place of 0: the verdict stands, but the evidence of it is not whole."""

APPROVAL = "change-is-approved"
"""Its FAIL refuses the execution of a reviewed plan (12): the plan is right, but nobody allowed it."""

_ENDINGS = {
    Ending.REFUSED: Verdict.REFUSED,
    Ending.ROLLED_BACK: Verdict.ROLLED_BACK,
    Ending.NEEDS_OPERATOR: Verdict.NEEDS_OPERATOR,
    Ending.UNKNOWN: Verdict.UNKNOWN,
}
_WAYS_ON = {
    Reason.DENIED.value: "allow {} (docs/permissions.md), then run again",
    Reason.EXPIRED.value: "sign in again, then run again",
}
_UNREAD = re.compile(rf"(?P<call>[\w-]+:\w+): (?P<reason>{'|'.join(_WAYS_ON)}): ")
"""A fact that could not be read (`upgrade.facts.known.Unknown`), where what to do is known."""

_HOLDS = frozenset({Outcome.PASS, Outcome.WARN, Outcome.NOT_APPLICABLE, Outcome.WAIVED})
_AFTERWARDS = EXECUTION | {Phase.POSTFLIGHT, Phase.RECOVERED}


@dataclass(frozen=True, slots=True)
class Happened:
    """All that the verdict depends on."""

    mode: Mode
    entries: tuple[Entry, ...]
    """One for each required check of the mode (`Ledger.complete`)."""
    operation: Operation | None = None
    """What became of the update; None if none was started."""
    nothing_to_do: bool = False
    """CloudFormation says the change set holds no change."""
    reviewed: bool = False
    """Whether a plan that was made before is executed or judged."""
    moved: tuple[str, ...] = ()
    """What that plan is bound to and is no longer so, a sentence each."""
    not_compared: str = ""
    """Why that could not be found out; empty if it could, and where no plan was given."""
    stopped_by: int | None = None
    """The signal that stopped the run."""
    held_by: str = ""
    """Another Plimsoll upgrades this stack from this machine, and this run has not begun; empty if none does."""
    adopted: bool = False
    """Whether the update was begun by an earlier run: then that one has judged what was to be judged before it."""
    not_kept: str = ""
    """Why the journal is not whole; empty if it is."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict and the one sentence that says why."""

    verdict: Verdict
    sentence: str
    stopped_by: int | None = None
    """The signal that ended the run before its end."""
    without_waivers: Verdict | None = None
    """What the verdict would be if nothing had been waived; None if nothing was."""
    is_whole: bool = True
    """Whether the evidence holds all that it should."""

    @property
    def exit_code(self) -> int:
        """The process's exit code; of a run that was stopped 128 and the signal, as a shell has it."""
        if self.stopped_by is not None:
            return 128 + self.stopped_by
        return EXIT_CODES[self.verdict] or (0 if self.is_whole else NO_EVIDENCE)


def stops(entry: Entry) -> bool:
    """Whether this result keeps a gate shut. Only positive evidence opens it: what did not run stops, too."""
    if entry.outcome is Outcome.DEFERRED:
        return entry.check.when is not When.START
    if entry.check.severity is Severity.WARNING:
        return entry.outcome in {Outcome.BLOCKED, Outcome.NOT_RUN}
    return entry.outcome not in _HOLDS


def stopping(entries: Iterable[Entry], phases: frozenset[Phase] = PREFLIGHT) -> tuple[Entry, ...]:
    """The results of these phases that keep the gate shut."""
    return tuple(entry for entry in entries if entry.check.phase in phases and stops(entry))


def gate(entries: Sequence[Entry]) -> Decision:
    """Judge the preflight checks: the verdict is GO, NO_GO or CANNOT_TELL.

    Args:
        entries: one for each required check (`Ledger.complete`).
    """
    preflight = [entry for entry in entries if entry.check.phase in PREFLIGHT]
    stopped = stopping(preflight)
    failed = [entry for entry in stopped if entry.outcome is Outcome.FAIL]
    if failed:
        return Decision(Verdict.NO_GO, f"{_count(failed, 'check')} failed{_first(failed)}")
    if stopped:
        return Decision(Verdict.CANNOT_TELL, f"{_count(stopped, 'check')} could not tell{_first(stopped)}")
    if not preflight:
        return Decision(Verdict.CANNOT_TELL, "no preflight check is known")
    if all(entry.outcome is Outcome.DEFERRED for entry in preflight):
        return Decision(Verdict.CANNOT_TELL, "every preflight check is deferred to the start")
    return Decision(Verdict.GO, _held(preflight, "preflight"))


def decide(happened: Happened) -> Decision:
    """The run's verdict."""
    decision = _judge(happened)
    if happened.operation is not None and (run := happened.operation.adopted_from):
        decision = replace(decision, sentence=f"adopted run {run}'s update: {decision.sentence}")
    if happened.not_kept:
        return replace(decision, sentence=f"{decision.sentence}; {happened.not_kept}", is_whole=False)
    return decision


def _judge(happened: Happened) -> Decision:
    if happened.stopped_by is not None:
        return Decision(Verdict.INTERRUPTED, _interrupted(happened.operation, happened.entries), happened.stopped_by)
    if happened.held_by:
        return Decision(Verdict.REFUSED, happened.held_by)
    decision = _decide(happened)
    if not any(entry.outcome is Outcome.WAIVED for entry in happened.entries):
        return decision
    bare = _unwaived(happened, decision)
    sentence = decision.sentence
    if bare is not decision.verdict:
        sentence += f" (without waivers: {bare})"
    return replace(decision, sentence=sentence, without_waivers=bare)


def _decide(happened: Happened) -> Decision:
    mode, entries, operation = happened.mode, happened.entries, happened.operation
    if mode is Mode.VERIFY:
        return _verified(entries)
    if mode is Mode.RECOVER:
        return _recovered(happened)
    refusal = None if happened.adopted else _refusal(happened)
    if operation is None:
        return refusal or _without_operation(happened)
    if operation.ending is not Ending.COMPLETE:
        return Decision(_ENDINGS[operation.ending], _old_state(operation, entries) + operation.detail)
    if refusal is not None:  # an update that ran in spite of it is a fault of ours: never 0
        return Decision(Verdict.UNHEALTHY, f"upgraded although {refusal.sentence}")
    return _after_update(operation, entries, adopted=happened.adopted)


def _refusal(happened: Happened) -> Decision | None:
    """Why a reviewed plan is not what may be executed now; None if it is, or none was given."""
    executes = COURSES[happened.mode].executes
    if happened.moved:
        told = "; ".join(happened.moved)
        return Decision(Verdict.REFUSED if executes else Verdict.NO_GO, f"the plan no longer holds: {told}")
    if happened.not_compared and gate(happened.entries).verdict is Verdict.GO:
        return Decision(Verdict.CANNOT_TELL, f"whether the plan still holds can't be told: {happened.not_compared}")
    if executes and happened.reviewed:
        for entry in happened.entries:
            if entry.check.id == APPROVAL and entry.outcome is Outcome.FAIL and stops(entry):
                return Decision(Verdict.REFUSED, "; ".join(finding.found for finding in entry.findings) or entry.detail)
    return None


def _without_operation(happened: Happened) -> Decision:
    course, preflight = COURSES[happened.mode], gate(happened.entries)
    if preflight.verdict is not Verdict.GO:
        return preflight
    if happened.nothing_to_do:
        return Decision(Verdict.NOTHING_TO_DO, "the stack already is what was asked for; nothing was changed")
    if course.executes:
        return Decision(Verdict.CANNOT_TELL, "the gate was open, but the upgrade was never started")
    if not course.plans:
        return Decision(course.good, f"no plan made, only predicted; {preflight.sentence}")
    if not course.defers and any(entry.outcome is Outcome.DEFERRED for entry in happened.entries):
        return Decision(Verdict.CANNOT_TELL, "a check was deferred that this run requires")
    return Decision(course.good, preflight.sentence)


def _after_update(operation: Operation, entries: Sequence[Entry], *, adopted: bool) -> Decision:
    unhealthy = stopping(entries, _AFTERWARDS)
    if unhealthy:
        return Decision(Verdict.UNHEALTHY, f"upgraded, but not as it should be: {_names(unhealthy)}")
    preflight = gate(entries)
    if preflight.verdict is not Verdict.GO and not adopted:  # as above: a fault of ours
        return Decision(Verdict.UNHEALTHY, f"upgraded although {preflight.sentence}")
    after = [entry for entry in entries if entry.check.phase is Phase.POSTFLIGHT]
    if not after:
        return Decision(Verdict.UNHEALTHY, "upgraded, but no postflight check is known")
    return Decision(Verdict.UPGRADED, f"{operation.detail}; {_held(after, 'postflight')}")


def _recovered(happened: Happened) -> Decision:
    operation, preflight = happened.operation, gate(happened.entries)
    if operation is None:
        never = Decision(Verdict.CANNOT_TELL, "the gate was open, but the recovery was never started")
        return never if preflight.verdict is Verdict.GO else preflight
    if operation.ending is not Ending.COMPLETE:
        return Decision(_ENDINGS[operation.ending], operation.detail)
    if preflight.verdict is not Verdict.GO and not happened.adopted:  # a fault of ours: never 0
        return Decision(Verdict.UNHEALTHY, f"recovered although {preflight.sentence}")
    unhealthy = stopping(happened.entries, _AFTERWARDS)
    if unhealthy:
        return Decision(Verdict.UNHEALTHY, f"recovered, but not as it should be: {_names(unhealthy)}")
    return Decision(Verdict.RECOVERED, operation.detail)


def _verified(entries: Sequence[Entry]) -> Decision:
    first = gate([entry for entry in entries if entry.check.phase in PREFLIGHT])
    if first.verdict is not Verdict.GO:
        return first
    after = [entry for entry in entries if entry.check.phase is Phase.POSTFLIGHT]
    stopped = [entry for entry in after if stops(entry)]
    failed = [entry for entry in stopped if entry.outcome is Outcome.FAIL]
    if failed:
        return Decision(Verdict.UNHEALTHY, f"{_count(failed, 'check')} failed: {_names(failed)}")
    if stopped or not after:
        return Decision(Verdict.CANNOT_TELL, f"{_count(stopped, 'check')} could not tell: {_names(stopped)}")
    return Decision(Verdict.VERIFIED, _held(after, "postflight"))


def _unwaived(happened: Happened, decision: Decision) -> Verdict:
    """The verdict if what was waived had simply failed."""
    bare = tuple(
        replace(entry, outcome=Outcome.FAIL) if entry.outcome is Outcome.WAIVED else entry for entry in happened.entries
    )
    preflight = [entry for entry in bare if entry.check.phase in PREFLIGHT]
    if happened.adopted:  # what the run that executed had judged is not here if its record is not
        preflight = [entry for entry in preflight if entry.outcome is not Outcome.BLOCKED]
    if decision.verdict in {Verdict.UPGRADED, Verdict.UNHEALTHY} and stopping(preflight):
        return gate(preflight).verdict
    return _decide(replace(happened, entries=bare)).verdict


def _old_state(operation: Operation, entries: Sequence[Entry]) -> str:
    """Whether what a rollback has restored is healthy, before anything else: whoever reads this has to know it first."""
    if operation.ending is not Ending.ROLLED_BACK:
        return ""
    judging = [entry for entry in entries if entry.check.compares_baseline]
    bad = [entry for entry in judging if stops(entry)]
    failed = [entry for entry in bad if entry.outcome is Outcome.FAIL]
    unknown = [entry for entry in bad if entry not in failed]
    not_told = f"{_names(unknown)} could not tell" if unknown else ""
    if failed:
        return f"THE OLD STATE IS NOT HEALTHY ({'; '.join(filter(None, [f'{_names(failed)} failed', not_told]))}). "
    if unknown or not any(entry.outcome in {Outcome.PASS, Outcome.WARN} for entry in judging):
        return f"WHETHER THE OLD STATE IS HEALTHY IS NOT KNOWN ({not_told or 'no check has judged it'}). "
    return f"The old state is healthy ({_held(judging, 'of its')}). "


def _interrupted(operation: Operation | None, entries: Sequence[Entry]) -> str:
    if operation is None or operation.ending is Ending.REFUSED:
        return "stopped before anything was executed"
    if operation.ending is not Ending.UNKNOWN:
        return f"stopped after the update had ended: {_old_state(operation, entries)}{operation.detail}"
    return "stopped while the update was running; it goes on without us: the same command takes it up again"


def _held(entries: Sequence[Entry], phase: str) -> str:
    """How many of these checks hold, and what is to be said of the others."""
    by = {outcome: [entry for entry in entries if entry.outcome is outcome] for outcome in Outcome}
    holding = len(by[Outcome.PASS]) + len(by[Outcome.WARN])
    others = [
        (by[Outcome.WARN], "with a warning", True),
        (by[Outcome.ERROR], "could not tell", True),
        (by[Outcome.WAIVED], "waived", True),
        (by[Outcome.NOT_APPLICABLE], "not applicable", False),
        (by[Outcome.DEFERRED], "deferred to the start", False),
    ]
    checks = f"{holding} {phase} check{' holds' if holding == 1 else 's hold'}"
    whole = not by[Outcome.ERROR] and not by[Outcome.WAIVED] and holding > 1
    told = [f"{len(them)} {what}{f': {_names(them)}' if named else ''}" for them, what, named in others if them]
    return ", ".join([f"all {checks}" if whole else checks, *told])


def _first(stopped: Sequence[Entry]) -> str:
    """Which checks; of the first that says something what it says, and what to do. What is blocked only follows from it."""
    saying = [entry for entry in stopped if entry.findings or (entry.detail and entry.outcome is Outcome.ERROR)]
    if not saying or (len(stopped) > 1 and saying[0].outcome is Outcome.FAIL):
        return f": {_names(stopped)}"
    first = saying[0]
    alike = [
        entry
        for entry in stopped
        if entry.outcome is Outcome.BLOCKED or (entry.detail and entry.detail == first.detail)
    ]
    which = f", first {first.check.id}" if len(stopped) > 1 else f": {first.check.id}"
    return f"{', all for one reason' if len(stopped) == len(alike) > 1 else which}: {_said(first)}"


def _said(entry: Entry) -> str:
    found = [finding for finding in entry.findings if finding.blocking]
    if not found:
        unread = _UNREAD.search(entry.detail)
        return entry.detail.rstrip(". ") + (
            _remedy(_WAYS_ON[unread["reason"]].format(unread["call"])) if unread else ""
        )
    first, more = found[0], f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    where = f"{first.logical_id}: " if first.logical_id not in first.found else ""
    return f"{where}{first.found.rstrip('. ')}{more}{_remedy(first.remedy)}"


def _remedy(remedy: str) -> str:
    return f". Do this: {remedy.rstrip('.')}" if remedy else ""


def _names(entries: Iterable[Entry]) -> str:
    return ", ".join(entry.check.id for entry in entries)


def _count(entries: Sequence[Entry], noun: str) -> str:
    return f"{len(entries)} {noun}{'' if len(entries) == 1 else 's'}"
