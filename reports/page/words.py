"""How a word is shown on the page: its tone, its symbol, its sentence. Never by colour alone. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum

from reports.deviations import Kind as Deviation
from reports.trace import State
from upgrade.catalogue import Outcome, Phase
from upgrade.facts.actual import Agreement, Happened, Kind, Rollback
from upgrade.gate.decision import EXIT_CODES
from upgrade.gate.mode import Verdict

AGREED, DIFFERS = Agreement.AS_PLANNED, Agreement.NOT_AS_PLANNED

TONES: Mapping[StrEnum, str] = {
    Outcome.PASS: "good",
    Outcome.WARN: "warn",
    Outcome.FAIL: "bad",
    Outcome.ERROR: "bad",
    Outcome.NOT_RUN: "bad",
    Outcome.NOT_APPLICABLE: "calm",
    Outcome.WAIVED: "warn",
    Outcome.DEFERRED: "calm",
    Outcome.BLOCKED: "calm",
    Agreement.AS_PLANNED: "good",
    Agreement.NOT_AS_PLANNED: "bad",
    Agreement.NOT_PLANNED: "bad",
    Agreement.NOT_JUDGED: "calm",
    Happened.FAILED: "bad",
    Happened.CANCELLED: "warn",
    Happened.UNFINISHED: "warn",
    Rollback.FAILED: "bad",
    State.VERIFIED: "good",
    State.UNCERTAIN: "bad",
    State.PARTLY: "warn",
    State.NOT_EXECUTED: "warn",
    Deviation.UNHEALTHY: "bad",
}
"""How a word is shown; what is not here is `calm`. Never by colour alone: each has a symbol, and the word itself."""

ICONS: Mapping[StrEnum, str] = {
    Outcome.PASS: "tick",
    Outcome.WARN: "bang",
    Outcome.FAIL: "cross",
    Outcome.ERROR: "ask",
    Outcome.NOT_RUN: "ring",
    Outcome.NOT_APPLICABLE: "dash",
    Outcome.WAIVED: "bang",
    Outcome.DEFERRED: "ring",
    Outcome.BLOCKED: "bar",
    Agreement.AS_PLANNED: "tick",
    Agreement.NOT_AS_PLANNED: "cross",
    Agreement.NOT_PLANNED: "cross",
    Agreement.NOT_JUDGED: "dash",
    Happened.FAILED: "cross",
    Happened.CANCELLED: "bar",
    Happened.UNFINISHED: "ask",
    State.VERIFIED: "tick",
    State.UNCERTAIN: "ask",
    State.PARTLY: "bang",
    State.NOT_EXECUTED: "ring",
    State.CUSTOMER: "dash",
    Deviation.UNHEALTHY: "cross",
}

KINDS = {
    Kind.REPLACED: "A new resource takes the place of the old one, which is then deleted.",
    Kind.MAY_BE_REPLACED: "CloudFormation decides while updating whether a new resource is needed.",
    Kind.REMOVED: "No longer in the template.",
    Kind.ADDED: "New in the template.",
    Kind.IMPORTED: "Existing resources that become part of the stack.",
    Kind.MODIFIED: "Changed in place.",
    Kind.DYNAMIC: "These only read something of a resource that changes; CloudFormation decides while updating.",
    Kind.OTHER: "Actions this version of Plimsoll does not know: read them with care.",
}
PHASES = {
    Phase.FACTS: "Before: what is deployed",
    Phase.PLAN: "Before: what is planned",
    Phase.UPGRADE: "The upgrade",
    Phase.POSTFLIGHT: "After",
    Phase.STUCK: "Before: how the stack is stuck",
    Phase.RECOVERY: "The recovery",
    Phase.RECOVERED: "After",
}


def tone(word: StrEnum) -> str:
    """How to show an outcome, an agreement or what happened."""
    return TONES.get(word, "calm")


def icon(word: StrEnum) -> str:
    """The symbol beside it."""
    return ICONS.get(word, "dot")


def verdict_tone(verdict: Verdict) -> str:
    """How to show the verdict."""
    if EXIT_CODES[verdict] == 0:
        return "good"
    return "warn" if verdict in {Verdict.CANNOT_TELL, Verdict.UNKNOWN, Verdict.INTERRUPTED} else "bad"


def moment(at: datetime) -> str:
    """`2026-11-23 12:00:00 UTC`."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def clock(at: datetime) -> str:
    """`12:00:00`, where the date stands nearby and the caption says UTC."""
    return at.astimezone(UTC).strftime("%H:%M:%S")
