"""What the clock alone takes away between judging and executing."""

from datetime import timedelta
from typing import Any

import pytest

from tests.builders import NOW, entry, known, role, session, snapshot, unknown
from upgrade.rules.moment import passed, too_short

HOUR = timedelta(hours=1)
WINDOW = {"window": {"from": NOW - HOUR, "to": NOW + HOUR}}


@pytest.mark.parametrize("now", [NOW - HOUR, NOW, NOW + HOUR], ids=["opens", "open", "closes"])
def test_inside_the_window_nothing_has_passed(now: Any) -> None:
    assert passed(entry(change=WINDOW), snapshot(), now) == []


@pytest.mark.parametrize("now", [NOW - 2 * HOUR, NOW + 2 * HOUR], ids=["before", "after"])
def test_outside_the_window_it_is_told(now: Any) -> None:
    (found,) = passed(entry(change=WINDOW), snapshot(), now)
    assert found.endswith("outside the change window")


def test_without_a_window_any_time_will_do() -> None:
    assert passed(entry(), snapshot(), NOW + 1000 * HOUR) == []


ENDS = session(temporary=True, renewable=False, expires=NOW + HOUR)


def test_a_session_that_ends_first_is_told() -> None:
    before = snapshot(credentials=known(ENDS), service_role=known(None))
    assert passed(entry(minutes=60), before, NOW) == []
    (found,) = passed(entry(minutes=61), before, NOW)
    assert found.startswith("the session ends at 2026-11-23 13:00 UTC")


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(snapshot(credentials=known(ENDS), service_role=known(role())), id="a service role"),
        pytest.param(snapshot(credentials=known(session(temporary=False)), service_role=known(None)), id="keys"),
        pytest.param(
            snapshot(credentials=known(session(temporary=True, expires=None)), service_role=known(None)), id="no end"
        ),
        pytest.param(snapshot(credentials=unknown(), service_role=known(None)), id="unknown"),
        pytest.param(snapshot(credentials=unknown(), service_role=known(None)), id="not asked"),
    ],
)
def test_a_session_that_does_not_matter_or_is_not_known_is_not(before: Any) -> None:
    assert too_short(entry(minutes=600), before, NOW) is None
