import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker

from reports import ctrf
from tests.reports import builders
from tests.reports.builders import entry, made
from upgrade.catalogue import Outcome
from upgrade.gate.evidence import Evidence
from upgrade.gate.mode import Verdict

SHA256 = "ab" * 32
SCHEMA = Draft7Validator(
    json.loads((Path(__file__).parent / "schemas" / "ctrf.schema.json").read_text()), format_checker=FormatChecker()
)


def rendered(evidence: Evidence) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(ctrf.render(made(evidence), SHA256))
    return told


def only(outcome: Outcome, **changes: Any) -> dict[str, Any]:
    (told,) = rendered(builders.evidence(entries=(entry("stack-is-at-rest", outcome=outcome, **changes),)))["results"][
        "tests"
    ]
    assert isinstance(told, dict)
    return told


@pytest.mark.parametrize(
    "evidence",
    [*map(builders.of_verdict, Verdict), builders.hostile(), builders.evidence(entries=())],
    ids=[*map(str, Verdict), "hostile", "empty"],
)
def test_every_ending_is_what_the_schema_allows(evidence: Evidence) -> None:
    assert [error.message for error in SCHEMA.iter_errors(rendered(evidence))] == []


def test_the_schema_would_tell() -> None:
    told = rendered(builders.no_go())
    told["results"]["tests"][0]["requirement"] = "URS-07"

    assert [error.validator for error in SCHEMA.iter_errors(told)] == ["additionalProperties"]


def test_totals_are_those_of_the_record() -> None:
    record = made(builders.no_go())
    summary = json.loads(ctrf.render(record, SHA256))["results"]["summary"]

    assert summary["tests"] == sum(record.totals.values()) == len(record.checks)
    assert summary["passed"] == record.totals[Outcome.PASS] + record.totals[Outcome.WARN]
    assert summary["failed"] == record.totals[Outcome.FAIL] + record.totals[Outcome.ERROR]
    assert summary["skipped"] == record.totals[Outcome.BLOCKED]


def test_every_outcome_has_been_thought_of() -> None:
    assert set(ctrf._STATUSES) == set(Outcome)


def test_a_check_that_did_not_run_is_no_pass() -> None:
    told = only(Outcome.NOT_RUN, started=None, detail="it was never started")

    assert (told["status"], told["rawStatus"]) == ("failed", "not run")
    assert "start" not in told


def test_a_failure_is_told_with_requirement_and_fingerprint() -> None:
    told = only(Outcome.FAIL, findings=(builders.finding(fingerprint="sha256:1"),))

    assert told["name"] == "URS-07 stack-is-at-rest"
    assert told["suite"] == ["plimsoll", "IQ", "facts"]
    assert told["labels"]["requirement"] == ["URS-07"]
    assert told["labels"]["finding"] == ["sha256:1"]
    assert told["message"] == told["trace"].splitlines()[0]
    assert told["message"].startswith("Stack is at rest: fail: the database has 60 GiB")


def test_the_run_is_told() -> None:
    told = rendered(builders.no_go())

    assert told["runId"] == builders.RUN
    assert told["results"]["environment"]["healthy"] is False
    assert told["results"]["extra"]["verdict"] == "NO_GO"
    assert told["results"]["extra"]["record_sha256"] == SHA256
    assert told["results"]["tool"] == {"name": "plimsoll", "version": "0.1.0"}


def test_hostile_text_is_plain_ascii() -> None:
    assert ctrf.render(made(builders.hostile()), SHA256).isascii()
