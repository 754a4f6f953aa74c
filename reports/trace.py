"""The trace matrix: requirement, check, outcome, evidence, and back, with what has no partner on either side. Pure.

A requirement that no check was executed for is a finding, not a blank (GAMP 5: traceability in both directions).
"""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum

from reports.record import Check, Record
from reports.text import one_line
from upgrade.catalogue import Outcome, Phase
from upgrade.requirements import Qualification, Requirement

MATRIX, TABLE = "data/traceability/matrix.json", "data/traceability/matrix.csv"

EXECUTED = frozenset({Outcome.PASS, Outcome.WARN, Outcome.FAIL, Outcome.ERROR, Outcome.WAIVED, Outcome.NOT_APPLICABLE})
"""What a check says that has looked."""


class State(StrEnum):
    """What this run has shown of a requirement."""

    VERIFIED = "verified"
    """Each of its checks that applies was executed and holds."""
    FAILED = "failed"
    UNCERTAIN = "could not tell"
    WAIVED = "waived"
    PARTLY = "partly executed"
    NOT_EXECUTED = "not executed"
    NOT_APPLICABLE = "not applicable"
    CUSTOMER = "the customer's"
    """PQ: no check can show it."""


@dataclass(frozen=True, slots=True)
class TracedCheck:
    """One check, from its side of the matrix."""

    id: str
    title: str
    phase: Phase
    outcome: Outcome
    stops: bool
    requirements: tuple[str, ...]
    """Ids; empty of an orphan and of a check of the user's own that names none of ours."""
    requirement: str
    """In words."""
    evidence: str
    """Where its result stands in the bundle: a file and a JSON Pointer (RFC 6901) into it."""
    reads: tuple[str, ...]
    """The facts it has read, by their place in the record."""

    @property
    def is_orphan(self) -> bool:
        """Whether it serves no requirement, not even in words of the user's own."""
        return not (self.requirements or self.requirement)


@dataclass(frozen=True, slots=True)
class TracedRequirement:
    """One requirement, from its side of the matrix."""

    id: str
    text: str
    qualification: Qualification
    source: str
    state: State
    checks: tuple[str, ...]
    """Ids of the checks of this run that serve it."""
    finding: str
    """Why it is not shown by an executed check, in a sentence; empty where it is, and where only the customer can."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Both sides."""

    requirements: tuple[TracedRequirement, ...]
    checks: tuple[TracedCheck, ...]

    @property
    def uncovered(self) -> tuple[TracedRequirement, ...]:
        """Requirements with no executed check, or not all executed."""
        return tuple(each for each in self.requirements if each.finding)

    @property
    def orphans(self) -> tuple[TracedCheck, ...]:
        """Checks without a requirement."""
        return tuple(each for each in self.checks if each.is_orphan)


def trace(record: Record) -> Matrix:
    """The matrix of a run; a record of an earlier version has no requirements, so every check of it stands alone."""
    return Matrix(
        requirements=tuple(_requirement(each, record) for each in record.requirements),
        checks=tuple(_check(number, each) for number, each in enumerate(record.checks)),
    )


def render(record: Record) -> str:
    """`matrix.json`."""
    matrix = trace(record)
    told = {
        "run": record.run.id,
        "mode": record.run.mode,
        "requirements_sha256": record.requirements_sha256,
        **asdict(matrix),
        "orphans": {
            "requirements": [each.id for each in matrix.uncovered],
            "checks": [each.id for each in matrix.orphans],
        },
    }
    return json.dumps(told, indent=1) + "\n"


def table(record: Record) -> str:
    """`matrix.csv`: a row for each pair, and one for each requirement or check that has no partner."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows([_cell(text) for text in row] for row in _rows(trace(record)))
    return file.getvalue()


_COLUMNS = (
    "requirement", "text", "qualification", "source", "state", "finding",
    "check", "title", "phase", "outcome", "stops", "evidence",
)  # fmt: skip


def _rows(matrix: Matrix) -> Iterator[tuple[str, ...]]:
    checks = {each.id: each for each in matrix.checks}
    for each in matrix.requirements:
        left = (each.id, each.text, each.qualification, each.source, each.state, each.finding)
        for right in [_right(checks[id_]) for id_ in each.checks] or [("",) * 6]:
            yield (*left, *right)
    for check in matrix.checks:
        if not check.requirements:
            finding = "This check serves no requirement." if check.is_orphan else ""
            yield ("", check.requirement, "", "", "", finding, *_right(check))


def _right(check: TracedCheck) -> tuple[str, ...]:
    return check.id, check.title, check.phase, check.outcome, "yes" if check.stops else "no", check.evidence


def _cell(text: str) -> str:
    """One line without a tab in it, which no spreadsheet takes for a formula (https://owasp.org/www-community/attacks/CSV_Injection)."""
    line = one_line(text)
    return f"'{line}" if line.startswith(("=", "+", "-", "@")) else line


def _check(number: int, check: Check) -> TracedCheck:
    return TracedCheck(
        id=check.id,
        title=check.title,
        phase=check.phase,
        outcome=check.outcome,
        stops=check.stops,
        requirements=check.requirements,
        requirement=check.requirement,
        evidence=f"data/record.json#/checks/{number}",
        reads=tuple(reading.fact for reading in check.reads),
    )


def _requirement(requirement: Requirement, record: Record) -> TracedRequirement:
    checks = [check for check in record.checks if requirement.id in check.requirements]
    state = _state(requirement, {check.outcome for check in checks})
    return TracedRequirement(
        id=requirement.id,
        text=requirement.text,
        qualification=requirement.qualification,
        source=requirement.source,
        state=state,
        checks=tuple(check.id for check in checks),
        finding=_finding(state, checks, record),
    )


def _state(requirement: Requirement, outcomes: set[Outcome]) -> State:
    if requirement.qualification is Qualification.PQ:
        return State.CUSTOMER
    if not outcomes & EXECUTED:
        return State.NOT_EXECUTED
    worst = {Outcome.FAIL: State.FAILED, Outcome.ERROR: State.UNCERTAIN, Outcome.WAIVED: State.WAIVED}
    if found := next((state for outcome, state in worst.items() if outcome in outcomes), None):
        return found
    if outcomes - EXECUTED:
        return State.PARTLY
    return State.NOT_APPLICABLE if outcomes == {Outcome.NOT_APPLICABLE} else State.VERIFIED


def _finding(state: State, checks: list[Check], record: Record) -> str:
    if state is State.CUSTOMER:
        return ""
    if not checks:
        return f"No check of it belongs to a run of mode {record.run.mode}."
    left = [f"{check.id} ({check.outcome})" for check in checks if check.outcome not in EXECUTED]
    return f"Not executed: {', '.join(left)}." if left else ""
