from datetime import timedelta

import pytest

from reports.page import words
from tests import builders as facts
from upgrade.catalogue import Outcome
from upgrade.facts.actual import Agreement, Happened
from upgrade.gate.decision import EXIT_CODES
from upgrade.gate.mode import Verdict


@pytest.mark.parametrize("verdict", list(Verdict), ids=str)
def test_only_exit_code_zero_looks_good(verdict: Verdict) -> None:
    assert (words.verdict_tone(verdict) == "good") == (EXIT_CODES[verdict] == 0)


def test_every_outcome_and_every_agreement_has_a_symbol_and_a_tone() -> None:
    for word in (*Outcome, *Agreement):
        assert word in words.ICONS
        assert word in words.TONES


def test_a_failure_never_looks_harmless() -> None:
    assert {words.tone(word) for word in (Outcome.FAIL, Outcome.ERROR, Outcome.NOT_RUN, Happened.FAILED)} == {"bad"}


def test_moments_are_utc() -> None:
    east = facts.NOW.astimezone(tz=None) + timedelta(0)

    assert words.moment(east) == "2026-11-23 12:00:00 UTC"
    assert words.clock(east) == "12:00:00"
