"""What can be asked for, and what each wish means for a run. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from upgrade.catalogue import Phase


class Mode(StrEnum):
    """What the command line asked for."""

    GATE = "gate"
    AHEAD = "ahead"
    READ_ONLY = "read-only"
    REJUDGE = "re-judge"
    """`--plan=` without `--upgrade`."""
    UPGRADE = "upgrade"
    VERIFY = "verify"
    RECOVER = "recover"


class Verdict(StrEnum):
    """The answer of a run."""

    GO = "GO"
    PLANNED = "PLANNED"
    UPGRADED = "UPGRADED"
    VERIFIED = "VERIFIED"
    RECOVERED = "RECOVERED"
    NOTHING_TO_DO = "NOTHING_TO_DO"
    NO_GO = "NO_GO"
    CANNOT_TELL = "CANNOT_TELL"
    REFUSED = "REFUSED"
    ROLLED_BACK = "ROLLED_BACK"
    NEEDS_OPERATOR = "NEEDS_OPERATOR"
    UNKNOWN = "UNKNOWN"
    UNHEALTHY = "UNHEALTHY"
    INTERRUPTED = "INTERRUPTED"


UNFINISHED = frozenset({Verdict.UNKNOWN, Verdict.INTERRUPTED})
"""Verdicts after which the operation may still run, and its journal stays open."""


@dataclass(frozen=True, slots=True)
class Course:
    """What a mode does."""

    phases: frozenset[Phase]
    """Whose checks are required."""
    good: Verdict
    """The verdict if everything holds."""
    plans: bool = True
    """Whether a change set is made or read."""
    predicts: bool = False
    """Whether checks on the plan judge what the change set is predicted to be."""
    defers: bool = False
    """Whether checks of the moment of execution are told and not required."""
    executes: bool = False


_PREFLIGHT = frozenset({Phase.FACTS, Phase.PLAN})
_RECOVERY = frozenset({Phase.STUCK, Phase.RECOVERY, Phase.RECOVERED})

FIRST = "account-is-the-expected-one"
"""The check without which nothing else is looked at; every mode asks for it."""

COURSES: Mapping[Mode, Course] = {
    Mode.GATE: Course(_PREFLIGHT, Verdict.GO),
    Mode.AHEAD: Course(_PREFLIGHT, Verdict.PLANNED, defers=True),
    Mode.READ_ONLY: Course(_PREFLIGHT, Verdict.GO, plans=False, predicts=True, defers=True),
    Mode.REJUDGE: Course(_PREFLIGHT, Verdict.GO),
    Mode.UPGRADE: Course(frozenset(Phase) - _RECOVERY, Verdict.UPGRADED, executes=True),
    Mode.VERIFY: Course(frozenset({Phase.POSTFLIGHT}), Verdict.VERIFIED, plans=False),
    Mode.RECOVER: Course(_RECOVERY, Verdict.RECOVERED, plans=False, executes=True),
}


def wants(mode: Mode, check_id: str, phase: Phase) -> bool:
    """Whether a mode asks for a check."""
    return phase in COURSES[mode].phases or check_id == FIRST
