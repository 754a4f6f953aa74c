"""From what a check's function did to what the ledger keeps, and to what pytest shows of it."""

from dataclasses import replace
from datetime import datetime
from typing import Literal

from upgrade.catalogue import CheckInfo, Finding, Outcome, Severity, Verdictless, When
from upgrade.config.tables import Checks
from upgrade.errors import PlimsollError
from upgrade.gate.ledger import Entry
from upgrade.gate.mode import Course
from upgrade.gate.waivers import Waivers

PYTEST_OUTCOMES: dict[Outcome, Literal["passed", "failed", "skipped"]] = {
    Outcome.PASS: "passed",
    Outcome.WARN: "passed",
    Outcome.FAIL: "failed",
    Outcome.ERROR: "failed",
    Outcome.NOT_RUN: "failed",
    Outcome.NOT_APPLICABLE: "skipped",
    Outcome.WAIVED: "skipped",
    Outcome.DEFERRED: "skipped",
    Outcome.BLOCKED: "skipped",
}


_BEFORE_IT_RAN = frozenset({Outcome.FAIL, Outcome.ERROR, Outcome.NOT_APPLICABLE, Outcome.BLOCKED})
_SAID = frozenset({Outcome.PASS, Outcome.FAIL, Outcome.ERROR, Outcome.NOT_APPLICABLE, Outcome.WARN})
"""What may be said by a fixture before the check has run, and by the check itself."""


class ReturnedValueError(PlimsollError):
    """A check returned something, as `return False` does: it was meant to say something, and pytest would pass it."""


def entry_of(
    info: CheckInfo, raised: BaseException | None, started: datetime, seconds: float, *, in_call: bool = True
) -> Entry:
    """What the ledger keeps of a check.

    Args:
        info: the check.
        raised: what it raised; None if it returned.
        started: when it began.
        seconds: how long it took.
        in_call: whether it was the check itself, and not a fixture of it, that raised.
    """
    match raised:
        case None:
            return Entry(info, Outcome.PASS, started=started, seconds=seconds)
        case Verdictless() as told if told.outcome in (_SAID if in_call else _BEFORE_IT_RAN):
            return Entry(info, told.outcome, told.findings, told.detail, started, seconds)
        case AssertionError() as error if in_call:
            finding = Finding(str(error) or "an assertion does not hold", "that it holds", info.remedy)
            return Entry(info, Outcome.FAIL, (finding,), "", started, seconds)
        case PlimsollError() as error:
            return Entry(info, Outcome.ERROR, (), str(error), started, seconds)
        case error:
            return Entry(info, Outcome.ERROR, (), f"{type(error).__name__}: {error}", started, seconds)


def counted(entry: Entry, course: Course, waivers: Waivers) -> Entry:
    """A result as it counts in this run: marked, then deferred, lowered, waived or as it is."""
    entry = waivers.marked(entry)
    if course.defers and entry.check.when is When.START and entry.outcome is not Outcome.BLOCKED:
        return _deferred(entry)
    if entry.outcome is Outcome.FAIL and entry.check.severity is Severity.WARNING:
        return replace(entry, outcome=Outcome.WARN, findings=_told(entry.findings))
    return waivers.applied(entry)


def configured(info: CheckInfo, checks: Checks) -> CheckInfo:
    """The check as the configuration wants it: whether it may block, and how old its facts may be."""
    severity = Severity.WARNING if info.id in checks.report_only else info.severity
    max_age = checks.max_age_minutes.get(info.id, info.max_age_minutes)
    return replace(info, severity=severity, max_age_minutes=max_age)


def _deferred(entry: Entry) -> Entry:
    now = entry.outcome.value + (f": {entry.detail}" if entry.detail else "")
    return replace(
        entry, outcome=Outcome.DEFERRED, detail=f"judged at the start; now: {now}", findings=_told(entry.findings)
    )


def _told(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(replace(finding, blocking=False) for finding in findings)
