"""A rehearsal counts if it was of this template, ended in UPGRADED and is young enough."""

from datetime import timedelta
from typing import Any

import pytest

from checks.preflight import check_was_rehearsed as module
from tests.builders import NOW, entry, known, review, snapshot, template, unknown
from tests.checks.says import says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.review import Rehearsal

CHECK = module.check_was_rehearsed
TARGET = template("v4.1.0")


def rehearsal(days: float = 1, verdict: str = "UPGRADED", sha256: str = TARGET.sha256) -> Rehearsal:
    return Rehearsal(f"nochange_val_{days}", verdict, sha256, NOW - timedelta(days=days))


def judged(*rehearsals: Rehearsal, on: str | None = "val", **keys: Any) -> tuple[Outcome, tuple[Finding, ...]]:
    return says(
        CHECK,
        before=snapshot(target=known(TARGET)),
        entry=entry(change={"rehearsed_on": on} if on else {}, **keys),
        review=review(rehearsals=rehearsals),
        now=NOW,
    )


@pytest.mark.parametrize(
    "rehearsals",
    [
        (rehearsal(),),
        (rehearsal(90),),
        (rehearsal(1, "ROLLED_BACK"), rehearsal(2)),
        (rehearsal(1, sha256="other"), rehearsal(2)),
    ],
)
def test_a_young_success_with_this_template_passes(rehearsals: tuple[Rehearsal, ...]) -> None:
    assert judged(*rehearsals)[0] is Outcome.PASS


@pytest.mark.parametrize(
    ("rehearsals", "found"),
    [
        ((), "there is no evidence of an upgrade of val"),
        ((rehearsal(91),), "more than 90 days ago"),
        ((rehearsal(1, "UNHEALTHY"),), "the upgrade of val to this template ended in UNHEALTHY"),
        ((rehearsal(sha256="other"),), "val was upgraded, but not to this template"),
        ((rehearsal(sha256=""),), "val was upgraded, but not to this template"),
    ],
)
def test_anything_less_fails_and_says_what_is_missing(rehearsals: tuple[Rehearsal, ...], found: str) -> None:
    outcome, (finding,) = judged(*rehearsals)
    assert outcome is Outcome.FAIL
    assert found in finding.found
    assert finding.paste == "pytest --stack val --upgrade"


def test_the_age_is_configured_in_days() -> None:
    assert judged(rehearsal(8), checks={"thresholds": {"was-rehearsed": 7}})[0] is Outcome.FAIL
    assert judged(rehearsal(300), checks={"thresholds": {"was-rehearsed": 365}})[0] is Outcome.PASS


def test_where_none_is_asked_for_it_does_not_apply() -> None:
    assert judged(on=None)[0] is Outcome.NOT_APPLICABLE


def test_a_target_that_cannot_be_read_cannot_tell() -> None:
    wanted = entry(change={"rehearsed_on": "val"})
    told = says(CHECK, before=snapshot(target=unknown()), entry=wanted, review=review(), now=NOW)
    assert told[0] is Outcome.ERROR
