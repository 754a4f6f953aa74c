"""`ctrf.json`: the run in the Common Test Report Format, for chat and CI tools that read it.

https://ctrf.io/docs/specification/overview: unknown keys are allowed inside `extra` alone; what has a key and a value is
a label. Times are milliseconds since 1970, durations milliseconds.
"""

import json
from collections import defaultdict
from datetime import datetime
from typing import Any

from reports import cases
from reports.record import Check, Record
from reports.text import visible
from upgrade.catalogue import Outcome

SPECIFICATION = "1.0.0"

_STATUSES = {
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
"""`rawStatus` has our own word."""


def render(record: Record, sha256: str) -> str:
    """The file's text.

    Args:
        record: redacted.
        sha256: of record.json.
    """
    version = record.environment.get("plimsoll", "")
    told = {
        "reportFormat": "CTRF",
        "specVersion": SPECIFICATION,
        "runId": record.run.id,
        "timestamp": record.run.finished.isoformat(),
        "generatedBy": f"plimsoll {version}".rstrip(),
        "results": {
            "tool": {"name": "plimsoll", "version": version},
            "summary": _summary(record),
            "tests": [_test(check, record) for check in record.checks],
            "environment": {
                "appName": record.subject.stack_name,
                "testEnvironment": record.subject.entry,
                "healthy": record.conclusion.exit_code == 0,
            },
            "extra": cases.of_run(record, sha256),
        },
    }
    return json.dumps(told, indent=1) + "\n"


def _summary(record: Record) -> dict[str, int]:
    statuses = [_STATUSES[check.outcome] for check in record.checks]
    counted = {status: statuses.count(status) for status in ("passed", "failed", "skipped", "pending", "other")}
    start, stop = _milliseconds(record.run.started), _milliseconds(record.run.finished)
    return {"tests": len(statuses), **counted, "start": start, "stop": stop, "duration": stop - start}


def _test(check: Check, record: Record) -> dict[str, Any]:
    status = _STATUSES[check.outcome]
    duration = round(check.seconds * 1000)
    test: dict[str, Any] = {
        "testId": check.id,
        "name": visible(cases.name(check)),
        "status": status,
        "rawStatus": check.outcome,
        "duration": duration,
        "suite": ["plimsoll", *cases.suite(check, record)],
        "labels": _labels(check),
    }
    if check.started:
        test |= {"start": _milliseconds(check.started), "stop": _milliseconds(check.started) + duration}
    if told := "\n".join(cases.lines(check)):
        test |= {"message": cases.first(check), "trace": told}
    return test


def _labels(check: Check) -> dict[str, list[str]]:
    labels = defaultdict[str, list[str]](list)
    for name, value in cases.of_check(check):
        labels[name].append(visible(value))
    return labels


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)
