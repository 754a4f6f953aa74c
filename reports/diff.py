"""What one run found that another did not: new, fixed, newly waived. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from reports.record import Check, Record
from reports.text import one_line
from upgrade.catalogue import Finding, Outcome

COUNTS = frozenset({Outcome.FAIL, Outcome.WARN, Outcome.WAIVED, Outcome.ERROR, Outcome.DEFERRED})
"""Outcomes whose findings are compared."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Between an earlier run and a later one."""

    new: tuple[tuple[Check, Finding], ...]
    fixed: tuple[tuple[Check, Finding], ...]
    newly_waived: tuple[Check, ...]
    no_longer_waived: tuple[Check, ...]
    changed: tuple[tuple[Check, Check], ...]
    """Checks with another outcome: before, and now."""
    only_before: tuple[Check, ...]
    only_now: tuple[Check, ...]


def between(before: Record, now: Record) -> Difference:
    """Compare by check id, and findings by what was found of which resource and property."""
    was, is_ = _by_id(before), _by_id(now)
    both = [(was[id_], is_[id_]) for id_ in is_ if id_ in was]
    return Difference(
        new=tuple(_without(now, before)),
        fixed=tuple(_without(before, now)),
        newly_waived=tuple(new for old, new in both if _turned(old, new, Outcome.WAIVED)),
        no_longer_waived=tuple(new for old, new in both if _turned(new, old, Outcome.WAIVED)),
        changed=tuple((old, new) for old, new in both if old.outcome is not new.outcome),
        only_before=tuple(check for id_, check in was.items() if id_ not in is_),
        only_now=tuple(check for id_, check in is_.items() if id_ not in was),
    )


def lines(before: Record, now: Record) -> Iterator[str]:
    """The difference as a person reads it."""
    found = between(before, now)
    yield f"{_head(before)}  →  {_head(now)}"
    for title, findings in {"New": found.new, "Fixed": found.fixed}.items():
        yield from _section(title, [f"{check.id}: {_told(finding)}" for check, finding in findings])
    for title, checks in {
        "Newly waived": found.newly_waived,
        "No longer waived": found.no_longer_waived,
        "Only in the first": found.only_before,
        "Only in the second": found.only_now,
    }.items():
        yield from _section(title, [f"{check.id} ({check.outcome})" for check in checks])
    yield from _section("Another outcome", [f"{new.id}: {old.outcome} → {new.outcome}" for old, new in found.changed])


def _head(record: Record) -> str:
    return f"{one_line(record.run.id)} {record.conclusion.verdict}"


def _section(title: str, lines_: list[str]) -> Iterator[str]:
    if lines_:
        yield f"{title} ({len(lines_)})"
        yield from (f"  {line}" for line in lines_)


def _told(finding: Finding) -> str:
    where = " ".join(filter(None, [finding.logical_id, finding.property]))
    return one_line(f"{where}: {finding.found}" if where else finding.found)


def _by_id(record: Record) -> dict[str, Check]:
    return {check.id: check for check in record.checks}


def _without(record: Record, other: Record) -> Iterator[tuple[Check, Finding]]:
    there = {_key(check, finding) for check in other.checks if check.outcome in COUNTS for finding in check.findings}
    for check in record.checks:
        for finding in check.findings if check.outcome in COUNTS else ():
            if _key(check, finding) not in there:
                yield check, finding


def _key(check: Check, finding: Finding) -> tuple[str, ...]:
    """The fingerprint, where there is one: it has no time, run or random id in it (upgrade.gate.waivers)."""
    if finding.fingerprint:
        return check.id, finding.fingerprint
    return check.id, finding.logical_id, finding.property, finding.found, finding.expected


def _turned(old: Check, new: Check, outcome: Outcome) -> bool:
    return new.outcome is outcome is not old.outcome
