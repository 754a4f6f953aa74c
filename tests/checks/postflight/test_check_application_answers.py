"""The application must answer; where this machine could not reach it before either, that is told."""

from dataclasses import replace
from typing import Any

import pytest

from checks.postflight import check_application_answers as module
from tests.builders import HEALTH, entry, known, snapshot, stack, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.config.product import load
from upgrade.facts.health import Answer
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_application_answers
GOOD, ERROR, SILENT = Answer(200, ""), Answer(503, ""), Answer(None, "Connection refused")
UNTRUSTED = Answer(None, "its certificate is not valid: self-signed certificate")


def facts(before: Snapshot, after: Snapshot, product: str = "codeocean", **health: Any) -> dict[str, Any]:
    configured = entry(health={"addresses": [HEALTH], **health})
    return {"before": before, "after": after, "entry": configured, "product": load(product)}


def judged(before: Answer | None, after: Answer) -> tuple[Outcome, tuple[Finding, ...]]:
    was = known({HEALTH: before} if before else {})
    return says(CHECK, **facts(snapshot(answers=was), snapshot(answers=known({HEALTH: after}))))


@pytest.mark.parametrize("answer", [GOOD, Answer(204, ""), Answer(302, "")])
def test_an_answer_passes(answer: Answer) -> None:
    assert judged(SILENT, answer) == (Outcome.PASS, ())


@pytest.mark.parametrize(
    ("before", "after"),
    [(GOOD, ERROR), (ERROR, ERROR), (SILENT, ERROR), (GOOD, SILENT), (ERROR, UNTRUSTED), (None, SILENT)],
)
def test_no_good_answer_fails_in_maintenance_before_or_not(before: Answer | None, after: Answer) -> None:
    outcome, (finding,) = judged(before, after)

    assert (outcome, finding.found) == (Outcome.FAIL, f"{HEALTH}: {after}")


@pytest.mark.parametrize("answer", [SILENT, UNTRUSTED])
def test_what_this_machine_could_not_reach_before_either_is_told(answer: Answer) -> None:
    outcome, (finding,) = judged(SILENT, answer)

    assert (outcome, finding.blocking) == (Outcome.WARN, False)
    assert "from_here = false" in finding.paste


def test_an_address_that_is_configured_must_answer_whatever_it_did_before() -> None:
    outcome, (finding,) = judged(SILENT, replace(SILENT, named=True))

    assert (outcome, finding.found) == (Outcome.FAIL, f"{HEALTH}: {SILENT}")


def test_without_a_baseline_it_must_answer() -> None:
    found = facts(snapshot(answers=unknown()), snapshot(answers=known({HEALTH: SILENT})))

    assert says(CHECK, **found)[0] is Outcome.FAIL


@pytest.mark.parametrize(
    ("found", "proof"),
    [
        (facts(snapshot(), snapshot(), from_here=False), "health.from_here = false"),
        (facts(snapshot(), snapshot(), "generic", addresses=[]), "neither health.addresses nor product generic"),
        (
            facts(snapshot(), snapshot(stack=known(stack(parameters={"pDeploymentType": "internal"}))), addresses=[]),
            "the deployment is internal (pDeploymentType = internal)",
        ),
    ],
    ids=["not from here", "no address", "internal"],
)
def test_an_application_that_is_not_asked_is_not_applicable(found: dict[str, Any], proof: str) -> None:
    outcome, why = remarks(CHECK, **found)

    assert outcome is Outcome.NOT_APPLICABLE
    assert why.startswith(proof)


@pytest.mark.parametrize("after", [snapshot(answers=unknown()), snapshot(stack=unknown())])
def test_what_cannot_be_read_cannot_tell(after: Snapshot) -> None:
    assert says(CHECK, **facts(snapshot(), after))[0] is Outcome.ERROR
