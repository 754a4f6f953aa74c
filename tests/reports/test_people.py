"""The section of report.html that tells what people have said and what was excepted."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from reports import html
from tests.builders import NOW, PLAN_SHA256, acknowledgement, approval, review
from tests.reports import builders
from tests.reports.builders import HOSTILE, made
from upgrade.config.tables import Waiver
from upgrade.gate.decision import Decision
from upgrade.gate.evidence import Evidence
from upgrade.gate.mode import Verdict
from upgrade.gate.waivers import Judged, State


def source(evidence: Evidence) -> str:
    """The section's HTML."""
    match = re.search(r'<section id="people".*?</section>', html.render(made(evidence), "ab" * 32), re.DOTALL)
    assert match is not None
    return match[0]


def told(evidence: Evidence) -> str:
    """What a reader sees of it."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", source(evidence))).split())


def said(*acknowledged: Any, **changes: Any) -> Evidence:
    return builders.evidence(review=review(*acknowledged, **changes))


def waiver(state: State, *, ends_soon: bool = False, **changes: Any) -> Judged:
    told = {
        "check": "drift-is-understood",
        "finding": f"sha256:{'0' * 64}",
        "reason": "known and harmless",
        "approved_by": "Grace",
        "expires": NOW + timedelta(days=3),
        **changes,
    }
    return Judged(Waiver.model_validate(told), state, ends_soon)


def test_where_nobody_has_said_anything_the_page_says_so() -> None:
    text = told(said())

    assert text.startswith("People and exceptions Objective To upgrade this stack")
    assert "Change id not provided: no --change-id= was given Author of the plan" in text
    assert "Approved by, authenticated nobody Executed by" in text
    assert "Not provided system, type, title, reason, classification, risk, gxp impact (Plimsoll is told" in text


def test_who_did_what_is_told_apart() -> None:
    text = told(said(approvals=(approval("Ada"), approval("Grace"))))

    assert "Approved by, authenticated Ada, Grace Executed by arn:aws:sts::" in text
    assert "Approved before it was executed yes" in text


def test_the_change_id_is_told() -> None:
    assert "Change id CHG-42 " in told(said(change_id="CHG-42"))


def test_an_approval_is_told_with_name_meaning_time_plan_and_signature() -> None:
    text = told(said(approvals=(approval("Ada"),)))

    assert "Approvals (1)" in text
    assert f"Ada Ada.json approve 2026-11-23 11:00:00 UTC {PLAN_SHA256} of the configured key" in text


@pytest.mark.parametrize("signed", [True, False], ids=["another key", "no signature"])
def test_an_approval_that_nothing_vouches_for_says_so(signed: bool) -> None:
    text = told(said(approvals=(approval("Ada", signed=signed, authenticated=False),)))

    assert "asserted, not authenticated" in text
    assert "of the configured key" not in text


def test_a_file_that_is_no_approval_tells_why_and_nothing_else() -> None:
    broken = approval("", at=None, plan_sha256="", meaning="", authenticated=False, problem="is no approval: 'payload'")
    text = told(said(approvals=(broken,)))

    assert "no name .json is no approval: 'payload'" in text
    assert "asserted" not in text


def test_an_acknowledgement_is_told_with_who_when_and_for_what() -> None:
    text = told(said(acknowledgement()))

    assert "Acknowledgements (1)" in text
    assert "maintenance_mode Ada 2026-11-23 11:00:00 UTC v4.0.0 → v4.1.0" in text


@pytest.mark.parametrize(
    ("judged", "words"),
    [
        (waiver(State.USED), "used known and harmless"),
        (waiver(State.USED, ends_soon=True), "used, ends soon known and harmless"),
        (waiver(State.UNUSED), "unused known and harmless"),
        (waiver(State.EXPIRED), "expired known and harmless"),
        (waiver(State.USED, ticket="QA-7"), "used known and harmless (QA-7)"),
    ],
    ids=["used", "ends soon", "unused", "expired", "ticket"],
)
def test_a_waiver_is_told_with_what_became_of_it(judged: Judged, words: str) -> None:
    text = told(builders.evidence(waivers=(judged,)))

    assert "Waivers (1)" in text
    assert f"drift-is-understood sha256:{'0' * 64} {words} Grace 2026-11-26 12:00:00 UTC" in text


def test_a_verdict_that_rests_on_waivers_tells_what_it_would_be_without() -> None:
    decided = Decision(Verdict.GO, "all hold", without_waivers=Verdict.NO_GO)

    assert "Verdict without waivers NO GO" in told(builders.evidence(decision=decided))


def test_checks_that_only_warn_here_are_told() -> None:
    text = told(builders.evidence(report_only=("template-lints", "drift-is-understood")))

    assert "Only warn here template-lints, drift-is-understood" in text


def test_whoever_said_it_and_whatever_it_is_it_stays_text() -> None:
    hostile = approval(HOSTILE, meaning=HOSTILE, plan_sha256=HOSTILE)
    broken = approval(HOSTILE, at=None, problem=HOSTILE)
    evidence = replace(
        said(
            acknowledgement(id=HOSTILE, by=HOSTILE, deployed=HOSTILE, target=HOSTILE),
            change_id=HOSTILE,
            approvals=(hostile, broken),
        ),
        waivers=(waiver(State.USED, check=HOSTILE, reason=HOSTILE, approved_by=HOSTILE, ticket=HOSTILE),),
        report_only=(HOSTILE,),
    )
    text = source(evidence)

    assert "<script" not in text
    assert not {"\x1b", "\x00", "\u202e"} & set(text)
    assert told(evidence).count("{{ 7 * 7 }}") == 18
