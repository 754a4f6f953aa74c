"""What a check may say, and how it counts in a run."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import NOW
from upgrade.catalogue import Finding, Outcome, Severity, Verdictless, When, catalogue
from upgrade.config.tables import Checks, Waiver
from upgrade.errors import CannotTell
from upgrade.gate.ledger import Entry
from upgrade.gate.mode import COURSES, Mode
from upgrade.gate.results import ReturnedValueError, configured, counted, entry_of
from upgrade.gate.waivers import Scope, Waivers, fingerprint

CHECK = next(info for info in catalogue() if info.id == "drift-is-understood")
SCOPE = Scope("111122223333", "us-east-1", "codeocean", "v4.0.0", "v4.1.0")
FINDING = Finding("the class is large", "small", "make it small", "DB", "codeocean-db", "/DBInstanceClass")


def said(raised: BaseException | None, *, in_call: bool = True) -> Entry:
    return entry_of(CHECK, raised, NOW, 0.5, in_call=in_call)


def waivers(*configured: Waiver) -> Waivers:
    return Waivers(configured, SCOPE, NOW)


def waiver(**changes: Any) -> Waiver:
    values = {
        "check": CHECK.id,
        "finding": fingerprint(CHECK.id, FINDING, SCOPE),
        "reason": "known",
        "approved_by": "QA",
        "expires": NOW + timedelta(days=30),
        **changes,
    }
    return Waiver.model_validate(values)


@pytest.mark.parametrize(
    ("raised", "outcome"),
    [
        (None, Outcome.PASS),
        (AssertionError("no"), Outcome.FAIL),
        (CannotTell("denied"), Outcome.ERROR),
        (Verdictless(Outcome.WARN), Outcome.WARN),
        (Verdictless(Outcome.FAIL), Outcome.FAIL),
        (Verdictless(Outcome.NOT_APPLICABLE, detail="none"), Outcome.NOT_APPLICABLE),
        (Verdictless(Outcome.PASS, detail="seen"), Outcome.PASS),
        (Verdictless(Outcome.WAIVED), Outcome.ERROR),
        (Verdictless(Outcome.DEFERRED), Outcome.ERROR),
        (KeyError("x"), Outcome.ERROR),
        (SystemExit(0), Outcome.ERROR),
        (ReturnedValueError("False"), Outcome.ERROR),
        (pytest.skip.Exception("later"), Outcome.ERROR),
        (pytest.fail.Exception("no"), Outcome.ERROR),
        (pytest.xfail.Exception("no"), Outcome.ERROR),
        (pytest.exit.Exception("bye", 0), Outcome.ERROR),
    ],
    ids=lambda value: f"{type(value).__name__} {getattr(value, 'outcome', value)}",
)
def test_a_check_says_one_of_five_things_or_it_is_an_error(raised: BaseException | None, outcome: Outcome) -> None:
    assert said(raised).outcome is outcome


@pytest.mark.parametrize(
    "outcome", [o for o in Outcome if o not in {Outcome.FAIL, Outcome.ERROR, Outcome.NOT_APPLICABLE, Outcome.BLOCKED}]
)
def test_nothing_holds_before_the_check_has_run(outcome: Outcome) -> None:
    assert said(Verdictless(outcome), in_call=False).outcome is Outcome.ERROR


def test_an_assertion_outside_the_check_is_an_error() -> None:
    assert said(AssertionError("fixture"), in_call=False).outcome is Outcome.ERROR


def test_an_assertion_is_a_finding_like_any_other() -> None:
    (finding,) = said(AssertionError("the moon is full")).findings

    assert finding.found == "the moon is full"
    assert finding.blocking


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("outcome", [Outcome.PASS, Outcome.FAIL, Outcome.ERROR, Outcome.NOT_APPLICABLE])
def test_what_judges_the_start_is_deferred_where_nothing_starts(mode: Mode, outcome: Outcome) -> None:
    entry = Entry(replace(CHECK, when=When.START), outcome, (FINDING,) if outcome is Outcome.FAIL else ())
    result = counted(entry, COURSES[mode], waivers(waiver()))

    if mode not in {Mode.AHEAD, Mode.READ_ONLY}:
        assert result.outcome is (Outcome.WAIVED if outcome is Outcome.FAIL else outcome)
        return
    assert result.outcome is Outcome.DEFERRED
    assert f"now: {outcome}" in result.detail
    assert not any(finding.blocking for finding in result.findings)


def test_what_an_earlier_phase_blocked_is_not_deferred() -> None:
    entry = Entry(replace(CHECK, when=When.START), Outcome.BLOCKED)

    assert counted(entry, COURSES[Mode.AHEAD], waivers()).outcome is Outcome.BLOCKED


def test_a_check_that_only_reports_warns_where_it_would_fail() -> None:
    info = configured(CHECK, Checks(report_only=(CHECK.id,)))
    result = counted(Entry(info, Outcome.FAIL, (FINDING,)), COURSES[Mode.GATE], waivers())

    assert info.severity is Severity.WARNING
    assert result.outcome is Outcome.WARN
    assert not result.findings[0].blocking
    assert configured(CHECK, Checks(report_only=("another",))) == CHECK


def test_how_old_facts_may_be_is_configured_by_check() -> None:
    assert configured(CHECK, Checks(max_age_minutes={CHECK.id: 5})).max_age_minutes == 5
    assert configured(CHECK, Checks(max_age_minutes={"another": 5})).max_age_minutes == CHECK.max_age_minutes
