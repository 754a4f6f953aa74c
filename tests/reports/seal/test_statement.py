import json
from typing import Any

import pytest

from reports.build import build
from reports.seal.statement import result, statement
from tests.reports import builders
from upgrade.catalogue import Outcome
from upgrade.config.product import load
from upgrade.gate.mode import Verdict


def record(verdict: Verdict = Verdict.UPGRADED, **outcomes: Outcome) -> Any:
    evidence = builders.evidence(decision=builders.decision(verdict), entries=builders.entries(**outcomes))
    return build(evidence, load(evidence.product))


def test_the_result_is_bound_to_root_target_and_configuration() -> None:
    text = statement(record(), "a" * 64)
    told = json.loads(text)

    assert text.endswith(b"\n")
    assert text.isascii()
    assert text.count(b"\n") == 1
    assert told["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    assert told["subject"][0] == {"name": "tagmanifest-sha256.txt", "digest": {"sha256": "a" * 64}}
    assert "target template" in {subject["name"] for subject in told["subject"]}


@pytest.mark.parametrize(
    ("verdict", "outcomes", "expected"),
    [
        (Verdict.UPGRADED, {}, "PASSED"),
        (Verdict.UPGRADED, {"drift_is_understood": Outcome.NOT_APPLICABLE}, "PASSED"),
        (Verdict.UPGRADED, {"drift_is_understood": Outcome.WARN}, "WARNED"),
        (Verdict.UPGRADED, {"drift_is_understood": Outcome.WAIVED}, "WARNED"),
        (Verdict.PLANNED, {"drift_is_understood": Outcome.DEFERRED}, "WARNED"),
        (Verdict.NO_GO, {}, "FAILED"),
        (Verdict.INTERRUPTED, {}, "FAILED"),
    ],
)
def test_only_what_passed_counts_as_passed(verdict: Verdict, outcomes: dict[str, Outcome], expected: str) -> None:
    assert result(record(verdict, **outcomes)) == expected


@pytest.mark.parametrize("outcome", list(Outcome), ids=str)
def test_no_check_vanishes(outcome: Outcome) -> None:
    made = record(drift_is_understood=outcome)
    told = json.loads(statement(made, "0" * 64))["predicate"]
    names = [*told["passedTests"], *told["warnedTests"], *told["failedTests"]]
    names += [each["name"] for each in told["notExecutedTests"]]

    assert sorted(names) == sorted(check.id for check in made.checks)
    assert ("drift-is-understood" in told["passedTests"]) is (outcome is Outcome.PASS)
