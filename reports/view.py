"""What a person wants to see first, derived from the record: groups, differences, bars. Pure; the templates only place it."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from itertools import groupby

from reports.changes import PlannedChange
from reports.difference import shortened
from reports.record import Check, Comparison, Record, Row
from reports.told import blockers, warnings
from upgrade.catalogue import Outcome, Phase
from upgrade.facts.actual import ActualChange, Agreement, Compared, Happened, Kind, Rollback
from upgrade.facts.call import Call
from upgrade.facts.changes import ChangeDetail
from upgrade.facts.drift import Drift, ResourceDrift
from upgrade.gate.decision import EXIT_CODES
from upgrade.gate.mode import Verdict
from upgrade.rules.actual import prefixes

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


@dataclass(frozen=True, slots=True)
class Bar:
    """One resource in the timeline; position and width in percent of the whole."""

    change: ActualChange
    left: float
    width: float
    tone: str
    reason: str
    """Why it failed, in AWS's words; empty if it did not."""


@dataclass(frozen=True, slots=True)
class CallSummary:
    """All calls of one operation."""

    name: str
    number: int
    failed: tuple[str, ...]
    slowest: float
    mutates: bool


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


def phases(record: Record) -> list[tuple[Phase, list[Check]]]:
    """The checks by phase, in running order."""
    return [(phase, list(checks)) for phase, checks in groupby(record.checks, key=lambda check: check.phase)]


def sections(record: Record) -> list[tuple[str, str]]:
    """The page's sections: anchor and name."""
    changes = len(record.plan.value.changes) if record.plan.value else 0
    named = [
        ("blockers", f"Blockers {blockers(record).number}", blockers(record).number > 0),
        ("warnings", f"Warnings {warnings(record).number}", warnings(record).number > 0),
        ("checks", f"Checks {len(record.checks)}", True),
        ("changes", f"Changes {changes}", True),
        ("parameters", "Parameters", True),
        ("update", "The update", record.operation is not None),
        ("drift", "Drift", True),
        ("services", "Databases and targets", True),
        ("people", "People and exceptions", True),
        ("calls", "Calls", True),
        ("environment", "Environment", True),
    ]
    return [(anchor, name) for anchor, name, there in named if there]


def versions(record: Record) -> tuple[str, str]:
    """Version before, and version of the target; a word where it is not known."""
    files = record.before.template.value, record.before.target.value
    before, target = ((file.version or "no version mark") if file else "not known" for file in files)
    return before, target


def groups(changes: Iterable[PlannedChange]) -> list[tuple[Kind, list[PlannedChange]]]:
    """Planned changes by kind, the gravest first, in the change set's order."""
    by_kind: defaultdict[Kind, list[PlannedChange]] = defaultdict(list)
    for change in changes:
        by_kind[change.kind].append(change)
    return [(kind, by_kind[kind]) for kind in Kind if by_kind[kind]]


def compared(record: Record) -> dict[str, Compared]:
    """Plan against reality by logical id."""
    return {row.logical_id: row for row in record.compared}


def judged(record: Record) -> tuple[list[Compared], list[Compared]]:
    """What can be compared with the plan, and what of it did not go as planned."""
    rows = [row for row in record.compared if row.agreement is not Agreement.NOT_JUDGED]
    return rows, [row for row in rows if row.agreement is not Agreement.AS_PLANNED]


def touched(change: PlannedChange) -> str:
    """In a few words, what of the resource changes."""
    names = list(dict.fromkeys(label(detail) for detail in change.details))
    shown, more = names[:3], len(names) - 3
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def label(detail: ChangeDetail) -> str:
    """The property's path, as short as it can be told."""
    path = detail.path.strip("/").split("/")
    if path[0] in {"Properties", ""}:
        path = path[1:]
    return ".".join(path) or detail.name or detail.attribute


def details(change: PlannedChange) -> list[tuple[str, list[ChangeDetail]]]:
    """The details by property: one change often has several reasons."""
    by_label: defaultdict[str, list[ChangeDetail]] = defaultdict(list)
    for detail in change.details:
        by_label[label(detail)].append(detail)
    return sorted(by_label.items())


def values(reasons: Iterable[ChangeDetail]) -> tuple[str | None, str | None]:
    """Before and after of one property; each is told by whichever detail has it."""
    told = list(reasons)
    before = next((detail.before for detail in told if detail.before is not None), None)
    return before, next((detail.after for detail in told if detail.after is not None), None)


def why(detail: ChangeDetail) -> str:
    """Why the property changes."""
    because = {
        "DirectModification": "template",
        "ParameterReference": "parameter",
        "ResourceReference": "reference to",
        "ResourceAttribute": "attribute",
        "Automatic": "set by CloudFormation",
    }.get(detail.source, detail.source)
    told = " ".join(filter(None, [because, detail.causing_entity]))
    certain = "" if detail.evaluation == "Static" else f" ({detail.evaluation.lower()})" if detail.evaluation else ""
    return told + certain


def causes(change: PlannedChange) -> str:
    """What a dynamic change depends on."""
    return ", ".join(dict.fromkeys(detail.causing_entity for detail in change.details if detail.causing_entity))


def split(comparison: Comparison) -> tuple[list[Row], list[Row]]:
    """Rows that change, and rows that do not."""
    return [row for row in comparison.rows if row.changed], [row for row in comparison.rows if not row.changed]


def drifted(drift: Drift) -> tuple[list[ResourceDrift], Counter[str]]:
    """Rows that say something is not as it was left, and all rows counted by status."""
    return [row for row in drift.rows if row.status != "IN_SYNC"], Counter(row.status for row in drift.rows)


def pretty(context: str) -> str:
    """A resource's properties, as readable JSON if they are JSON."""
    try:
        return shortened(json.dumps(json.loads(context), indent=2, ensure_ascii=False))
    except ValueError:
        return shortened(context)


def nested_in(record: Record) -> Mapping[str, str]:
    """By stack ARN what to show before the logical ids of its resources."""
    return prefixes(record.operation.events) if record.operation else {}


def bars(record: Record) -> list[Bar]:
    """The timeline: one bar a resource, on the time of the whole operation."""
    if not record.actual:
        return []
    start = min(change.started for change in record.actual)
    whole = max((max(change.finished for change in record.actual) - start).total_seconds(), 0.001)
    return [_bar(change, start, whole) for change in record.actual]


def _bar(change: ActualChange, start: datetime, whole: float) -> Bar:
    left = (change.started - start).total_seconds() / whole * 100
    width = max((change.finished - change.started).total_seconds() / whole * 100, 0.6)
    reason = next((step.reason for step in change.steps if step.status.endswith("_FAILED") and step.reason), "")
    worst = tone(change.rollback) if change.rollback is Rollback.FAILED else tone(change.happened)
    left = min(left, 100 - width)
    return Bar(change, left, width, worst, reason)


def call_summaries(calls: Iterable[Call]) -> list[CallSummary]:
    """The calls by operation, in alphabetical order."""
    by_name: defaultdict[str, list[Call]] = defaultdict(list)
    for call in calls:
        by_name[f"{call.service}:{call.operation}"].append(call)
    return [_summary(name, made) for name, made in sorted(by_name.items())]


def _summary(name: str, calls: list[Call]) -> CallSummary:
    failed = tuple(dict.fromkeys(call.outcome for call in calls if call.outcome != "ok"))
    return CallSummary(name, len(calls), failed, max(call.seconds for call in calls), calls[0].mutates)


def both(before: Mapping[str, object] | None, after: Mapping[str, object] | None) -> list[str]:
    """Logical ids of either side."""
    return sorted({*(before or {}), *(after or {})})


def properties(before: object, after: object) -> list[tuple[str, str | None, str | None]]:
    """Field by field of two parts of the same kind; None where one is missing."""
    names = [field.name for field in fields(before or after)]  # type: ignore[arg-type]  # always a fact
    return [(name.replace("_", " "), _told(before, name), _told(after, name)) for name in names]


def _told(part: object, name: str) -> str | None:
    if part is None:
        return None
    value = getattr(part, name)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None or value == "" else str(value)
