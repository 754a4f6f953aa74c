"""The only place that reads the time or sleeps, so that everything else can be tested without waiting."""

import secrets
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Time as the gate sees it."""

    def now(self) -> datetime:
        """Wall clock, zone-aware UTC: for records only, never for measuring."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start that no clock change moves: for deadlines and durations."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)  # noqa: TID251  # the one sleep of the gate


def new_run_id(clock: Clock) -> str:
    """An id that sorts by time and is not made twice."""
    return f"{clock.now():%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
