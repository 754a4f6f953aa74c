"""OSCAL assessment results of a run, as plain JSON: for those whose compliance tools read it.

Observations are checks, findings are requirements. What was not executed is not satisfied; what only the customer can
show (PQ) is left out. https://pages.nist.gov/OSCAL-Reference/models/v1.2.1/assessment-results/json-outline/
"""

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from reports import cases
from reports.record import Check, Record
from reports.text import one_line
from reports.trace import Matrix, State, TracedRequirement, trace

VERSION = "1.2.1"
NAMESPACE = "urn:plimsoll:oscal"
"""Of properties that OSCAL does not define."""

_SATISFIED = {State.VERIFIED: "pass", State.NOT_APPLICABLE: "other"}
_NOT_SATISFIED = {
    State.FAILED: "fail",
    State.UNCERTAIN: "other",
    State.WAIVED: "other",
    State.PARTLY: "other",
    State.NOT_EXECUTED: "other",
}
"""Reasons of OSCAL's for what is satisfied and what is not; the state in our words stands beside it."""


def render(record: Record) -> str:
    """The file's text: the same for the same record, ids included."""
    matrix = trace(record)
    told = {
        "uuid": _uuid(record, "assessment-results"),
        "metadata": {
            "title": f"Upgrade of {_text(record.subject.stack_name)}, run {record.run.id}",
            "last-modified": record.run.finished.isoformat(),
            "version": record.format,
            "oscal-version": VERSION,
            "remarks": "A system has made this from data/record.json. It is no statement of a person.",
        },
        "import-ap": {"href": f"#{_uuid(record, 'plan')}"},
        "results": [_result(record, matrix)],
        "back-matter": {"resources": [_plan(record)]},
    }
    return json.dumps({"assessment-results": told}, indent=1) + "\n"


def _plan(record: Record) -> dict[str, Any]:
    """What stands for an assessment plan: the list of checks that had to run."""
    return {
        "uuid": _uuid(record, "plan"),
        "title": "The checks that this run had to make",
        "description": "Every check that the mode requires stands in the record, whether it ran or not.",
        "rlinks": [{"href": "../record.json", "media-type": "application/json"}],
    }


def _result(record: Record, matrix: Matrix) -> dict[str, Any]:
    conclusion = record.conclusion
    assessed = [each for each in matrix.requirements if each.state is not State.CUSTOMER]
    controls = [{"control-id": each.id} for each in assessed]
    lists = {
        "observations": [_observation(record, number, check) for number, check in enumerate(record.checks)],
        "findings": [_finding(record, each) for each in assessed],
    }
    return {
        "uuid": _uuid(record, "result"),
        "title": f"{conclusion.verdict}, exit code {conclusion.exit_code}",
        "description": _text(conclusion.sentence),
        "start": record.run.started.isoformat(),
        "end": record.run.finished.isoformat(),
        "props": _props(
            {"verdict": conclusion.verdict, "mode": record.run.mode, "sandbox": str(record.sandbox).lower()}
        ),
        "reviewed-controls": {
            "control-selections": [{"include-controls": controls} if controls else {"include-all": {}}]
        },
        **{name: rows for name, rows in lists.items() if rows},  # an empty list is none of OSCAL's
    }


def _observation(record: Record, number: int, check: Check) -> dict[str, Any]:
    return {
        "uuid": _uuid(record, f"check {check.id}"),
        "title": _text(cases.name(check)),
        "description": cases.first(check),
        "props": _props({"outcome": check.outcome, "severity": check.severity, "phase": check.phase}),
        "methods": ["TEST"],
        "relevant-evidence": [{"href": "../record.json", "description": f"JSON Pointer /checks/{number}"}],
        "collected": (check.started or record.run.finished).isoformat(),
    }


def _finding(record: Record, requirement: TracedRequirement) -> dict[str, Any]:
    state = requirement.state
    observations = [{"observation-uuid": _uuid(record, f"check {id_}")} for id_ in requirement.checks]
    finding = {
        "uuid": _uuid(record, f"requirement {requirement.id}"),
        "title": f"{requirement.id}: {requirement.text}",
        "description": requirement.finding or f"By its checks: {state}.",
        "target": {
            "type": "objective-id",
            "target-id": requirement.id,
            "status": {
                "state": "satisfied" if state in _SATISFIED else "not-satisfied",
                "reason": (_SATISFIED | _NOT_SATISFIED)[state],
                "remarks": state,
            },
        },
    }
    return {**finding, "related-observations": observations} if observations else finding


def _props(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "ns": NAMESPACE, "value": value} for name, value in values.items()]


def _uuid(record: Record, what: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{NAMESPACE}:{record.run.id}:{what}"))


def _text(text: str) -> str:
    """A text that is never empty: OSCAL has none such."""
    return one_line(text) or "not told"
