"""What is signed beside the root: an in-toto statement with the result, for whoever knows no Plimsoll.

https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md
"""

import json
from collections.abc import Iterable
from typing import Any

from reports.record import Check, Record
from reports.seal.bag import ROOT
from upgrade.catalogue import Outcome
from upgrade.gate.decision import EXIT_CODES

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"

_PASSED = frozenset({Outcome.PASS})
_WARNED = frozenset({Outcome.WARN, Outcome.WAIVED})
_FAILED = frozenset({Outcome.FAIL, Outcome.ERROR, Outcome.NOT_RUN})


def statement(record: Record, root_sha256: str) -> bytes:
    """The statement: ASCII, one line with its end.

    Args:
        record: as it stands in the bundle.
        root_sha256: of the bundle's tagmanifest-sha256.txt.
    """
    told = {
        "_type": STATEMENT,
        "subject": list(_subjects(record, root_sha256)),
        "predicateType": PREDICATE,
        "predicate": {
            "result": result(record),
            "configuration": list(_configuration(record)),
            "passedTests": _names(record, _PASSED),
            "warnedTests": _names(record, _WARNED),
            "failedTests": _names(record, _FAILED),
            # Neither passed nor failed; a skipped test may not vanish, and the predicate has no field for it.
            "notExecutedTests": [_skipped(check) for check in _others(record)],
            "run": record.run.id,
            "stack": record.subject.stack_arn or record.subject.stack_name,
            "verdict": record.conclusion.verdict,
            "exitCode": record.conclusion.exit_code,
            "sandbox": record.sandbox,
        },
    }
    return f"{json.dumps(told, sort_keys=True, separators=(',', ':'))}\n".encode("ascii")


def is_of(statement: bytes, record: Record, root_sha256: str) -> bool:
    """Whether a statement tells the result of this record and root; what else it says may be of another version."""
    try:
        told = json.loads(statement)
        roots = [each["digest"]["sha256"] for each in told["subject"] if each["name"] == ROOT]
        predicate = told["predicate"]
        said = predicate["run"], predicate["verdict"], predicate["exitCode"], predicate["result"]
        named = [set(predicate[f"{how}Tests"]) for how in ("passed", "warned", "failed")]
    except (ValueError, KeyError, TypeError):
        return False
    conclusion = record.conclusion
    return (
        roots == [root_sha256]
        and said == (record.run.id, conclusion.verdict, conclusion.exit_code, result(record))
        and named == [set(_names(record, outcomes)) for outcomes in (_PASSED, _WARNED, _FAILED)]
    )


def result(record: Record) -> str:
    """PASSED, WARNED or FAILED. What was waived, deferred or blocked never counts as passed."""
    if EXIT_CODES[record.conclusion.verdict] != 0:
        return "FAILED"
    told = {check.outcome for check in record.checks}
    return "PASSED" if told <= {Outcome.PASS, Outcome.NOT_APPLICABLE} else "WARNED"


def _subjects(record: Record, root_sha256: str) -> Iterable[dict[str, Any]]:
    yield _resource(ROOT, root_sha256)
    target = record.before.target.value
    if target:
        yield _resource("target template", target.sha256)
    if record.plan_file:
        yield _resource("plan.json, canonical", record.plan_file)


def _configuration(record: Record) -> Iterable[dict[str, Any]]:
    for name, digest in {
        "stacks file": record.run.configuration_sha256,
        "checks": record.environment.get("checks_sha256", ""),
        "code of the gate": record.environment.get("code_sha256", ""),
    }.items():
        if digest:
            yield _resource(name, digest)


def _resource(name: str, digest: str) -> dict[str, Any]:
    return {"name": name, "digest": {"sha256": digest}}


def _names(record: Record, outcomes: frozenset[Outcome]) -> list[str]:
    return [check.id for check in record.checks if check.outcome in outcomes]


def _others(record: Record) -> Iterable[Check]:
    return (check for check in record.checks if check.outcome not in _PASSED | _WARNED | _FAILED)


def _skipped(check: Check) -> dict[str, str]:
    return {"name": check.id, "outcome": check.outcome, "reason": check.detail}
