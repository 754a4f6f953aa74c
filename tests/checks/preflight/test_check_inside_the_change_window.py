"""Inside, before, after, and inside but too late to end inside. Nothing is read for it, so it can always tell."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from checks.preflight import check_inside_the_change_window as module
from tests.builders import NOW, entry
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome

CHECK = module.check_inside_the_change_window
BEGIN, END = datetime(2026, 11, 23, 18, 0, tzinfo=UTC), datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
MINUTES = 120
SECOND = timedelta(seconds=1)


def judged(now: datetime) -> tuple[Outcome, tuple[Finding, ...]]:
    settings = entry(minutes=MINUTES, change={"window": {"from": BEGIN, "to": END}})
    return says(CHECK, entry=settings, now=now)


@pytest.mark.parametrize("now", [BEGIN, END - timedelta(minutes=MINUTES)], ids=["as it opens", "just in time"])
def test_a_start_that_leaves_time_passes(now: datetime) -> None:
    assert judged(now)[0] is Outcome.PASS


@pytest.mark.parametrize("now", [BEGIN - SECOND, END + SECOND], ids=["too early", "too late"])
def test_outside_it_fails(now: datetime) -> None:
    assert judged(now)[0] is Outcome.FAIL


def test_the_time_and_the_window_are_told() -> None:
    _, findings = judged(NOW)

    assert findings[0].found.startswith("it is 2026-11-23 12:00 UTC")
    assert findings[0].expected == "a start between 2026-11-23 18:00 UTC and 2026-11-23 22:00 UTC"


@pytest.mark.parametrize("now", [END - timedelta(minutes=MINUTES) + SECOND, END], ids=["a second late", "as it closes"])
def test_an_update_that_may_end_outside_warns(now: datetime) -> None:
    outcome, findings = judged(now)

    assert outcome is Outcome.WARN
    assert "120 minutes" in findings[0].found


def test_a_window_of_another_zone_is_the_same_moment() -> None:
    assert judged(BEGIN.astimezone(timezone(timedelta(hours=-5))))[0] is Outcome.PASS


def test_without_a_window_it_does_not_apply() -> None:
    assert remarks(CHECK, entry=entry(), now=NOW) == (Outcome.NOT_APPLICABLE, "no change window is configured")
