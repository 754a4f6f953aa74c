"""Daily and weekly windows in UTC, as RDS and ElastiCache write them. Pure.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Maintenance.html
"""

import re
from datetime import datetime, timedelta

from upgrade.errors import CannotTell

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
MONDAY = datetime(2024, 1, 1)  # noqa: DTZ001  # only its weekday counts
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WINDOW = re.compile(r"(?:([a-z]{3}):)?(\d\d):(\d\d)-(?:([a-z]{3}):)?(\d\d):(\d\d)", re.IGNORECASE)


def opens_between(window: str, start: datetime, end: datetime) -> bool:
    """Whether a window is open at some moment from `start` until before `end`.

    Args:
        window: `03:00-04:00`, every day, or `mon:23:30-tue:00:30`, every week; either may go over its period's end.
        start: UTC.
        end: UTC; later.

    Raises:
        CannotTell: it is written otherwise.
    """
    match = _WINDOW.fullmatch(window)
    if match is None or bool(match[1]) != bool(match[4]):
        raise CannotTell(f"a window that can't be understood: {window!r}")
    period = WEEK if match[1] else DAY
    opens, closes = _offset(match[1], match[2], match[3]), _offset(match[4], match[5], match[6])
    since_opening = (start.replace(tzinfo=None) - MONDAY - opens) % period
    is_open = since_opening < (closes - opens) % period
    return is_open or since_opening + (end - start) > period


def _offset(day: str | None, hours: str, minutes: str) -> timedelta:
    """From the beginning of the day or the week."""
    if day and day.lower() not in DAYS:
        raise CannotTell(f"a day that does not exist: {day!r}")
    return timedelta(days=DAYS.index(day.lower()) if day else 0, hours=int(hours), minutes=int(minutes))
