"""What goes on and on is slowed down to its rate; a burst is not."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from upgrade.aws.budget import Budget


class Stopped:
    """A clock that moves only when somebody sleeps or says so."""

    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time, UTC)

    def monotonic(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


def test_a_burst_is_free_and_the_rest_keeps_the_rate() -> None:
    clock = Stopped()
    budget = Budget(clock, burst=3, rate=2)
    for _ in range(3):
        budget.take()
    assert clock.time == 0
    for _ in range(4):
        budget.take()
    assert clock.time == 2


@given(st.lists(st.floats(0, 5), max_size=40), st.integers(1, 10), st.sampled_from([0.5, 1, 4, 10]))
def test_no_window_holds_more_than_burst_and_rate_allow(pauses: list[float], burst: int, rate: float) -> None:
    clock, taken = Stopped(), []
    budget = Budget(clock, burst, rate)
    for pause in pauses:
        clock.time += pause
        budget.take()
        taken.append(clock.time)
    for first, begin in enumerate(taken):
        for count, end in enumerate(taken[first:], 1):
            assert count <= burst + (end - begin) * rate + 1e-6
