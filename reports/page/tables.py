"""What stands in the page's tables, side by side or summed up. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from itertools import groupby

from reports.provenance import Change
from reports.record import Check, Comparison, Record, Row
from upgrade.catalogue import Phase
from upgrade.facts.call import Call
from upgrade.facts.drift import Drift, ResourceDrift


@dataclass(frozen=True, slots=True)
class CallSummary:
    """All calls of one operation."""

    name: str
    number: int
    failed: tuple[str, ...]
    slowest: float
    mutates: bool


def phases(record: Record) -> list[tuple[Phase, list[Check]]]:
    """The checks by phase, in running order."""
    return [(phase, list(checks)) for phase, checks in groupby(record.checks, key=lambda check: check.phase)]


def versions(record: Record) -> tuple[str, str]:
    """Version before, and version of the target; a word where it is not known."""
    files = record.before.template.value, record.before.target.value
    before, target = ((file.version or "no version mark") if file else "not known" for file in files)
    return before, target


def split(comparison: Comparison) -> tuple[list[Row], list[Row]]:
    """Rows that change, and rows that do not."""
    return [row for row in comparison.rows if row.changed], [row for row in comparison.rows if not row.changed]


def drifted(drift: Drift) -> tuple[list[ResourceDrift], Counter[str]]:
    """Rows that say something is not as it was left, and all rows counted by status."""
    return [row for row in drift.rows if row.status != "IN_SYNC"], Counter(row.status for row in drift.rows)


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


def unsaid(change: Change) -> list[tuple[str, list[str]]]:
    """What nobody has said of the change, by why not; its id stands for itself."""
    by_why: defaultdict[str, list[str]] = defaultdict(list)
    for name in type(change).model_fields:
        if name != "id" and (why := getattr(change, name).why):
            by_why[why].append(name.replace("_", " "))
    return list(by_why.items())
