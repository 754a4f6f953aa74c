"""Windows over midnight and over the end of the week, against counting minute by minute."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upgrade.errors import CannotTell
from upgrade.rules.windows import DAYS, opens_between

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


@pytest.mark.parametrize(
    ("window", "start", "hours", "opens"),
    [
        ("03:00-04:00", at(2, 1), 1, False),
        ("03:00-04:00", at(2, 1), 2, False),
        ("03:00-04:00", at(2, 1, 1), 2, True),
        ("03:00-04:00", at(2, 3, 59), 1, True),
        ("03:00-04:00", at(2, 4), 1, False),
        ("23:30-00:30", at(2, 0, 15), 1, True),
        ("23:30-00:30", at(2, 22), 2, True),
        ("mon:03:00-mon:04:00", at(1, 3), 1, False),
        ("mon:03:00-mon:04:00", at(6, 23), 5, True),
        ("sun:23:30-mon:00:30", at(0, 0, 15), 1, True),
        ("Sun:23:30-Mon:00:30", at(6, 23), 1, True),
        ("tue:03:00-tue:04:00", at(0, 12), 2, False),
    ],
)
def test_examples(window: str, start: datetime, hours: float, opens: bool) -> None:
    assert opens_between(window, start, start + timedelta(hours=hours)) is opens


def written(minute: int, *, weekly: bool) -> str:
    day = f"{DAYS[minute // 1440]}:" if weekly else ""
    return f"{day}{minute // 60 % 24:02}:{minute % 60:02}"


@given(st.booleans(), st.integers(0, 10079), st.integers(1, 600), st.integers(0, 10079), st.integers(1, 900))
def test_it_is_what_counting_minutes_says(weekly: bool, opens: int, length: int, start: int, lasting: int) -> None:
    period = 7 * 1440 if weekly else 1440
    window = f"{written(opens % period, weekly=weekly)}-{written((opens + length) % period, weekly=weekly)}"
    counted = any((start + minute - opens) % period < length for minute in range(lasting))
    begin = MONDAY + start * MINUTE
    assert opens_between(window, begin, begin + lasting * MINUTE) is counted


@pytest.mark.parametrize("window", ["", "3:00-4:00", "mon:03:00-04:00", "xyz:03:00-xyz:04:00", "always"])
def test_what_can_not_be_understood_is_no_answer(window: str) -> None:
    with pytest.raises(CannotTell):
        opens_between(window, MONDAY, MONDAY + MINUTE)
