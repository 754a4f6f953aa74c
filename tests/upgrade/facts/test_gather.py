"""Reads at once, and sleepers that wake when a phase is left."""

import signal
import threading
from functools import partial

import pytest

from upgrade.clock import SystemClock
from upgrade.errors import NotSettled
from upgrade.facts.gather import THREADS, gather
from upgrade.facts.stoppable import Stoppable


def test_results_come_in_the_order_of_the_reads() -> None:
    assert gather([partial(int, number) for number in range(30)]) == list(range(30))
    assert gather([]) == []


def test_reads_run_at_once_and_one_gathering_can_hold_another() -> None:
    together = threading.Barrier(THREADS)
    nested = [lambda: gather([lambda: together.wait(5)] * 2) for _ in range(THREADS // 2)]
    assert len(gather(nested)) == THREADS // 2


def test_the_first_failure_is_raised_when_all_have_ended() -> None:
    ended = []

    def fail(text: str) -> None:
        raise ValueError(text)

    with pytest.raises(ValueError, match="first"):
        gather([lambda: fail("first"), lambda: fail("second"), lambda: ended.append(1)])
    assert ended == [1]


def test_who_is_interrupted_waits_for_no_call_that_hangs() -> None:
    hanging, asked = threading.Event(), list[int]()
    read = [lambda: hanging.wait(60)] * THREADS + [partial(asked.append, 1)]
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        with pytest.raises(KeyboardInterrupt):
            gather(read)
        assert not hanging.is_set()
    finally:
        signal.signal(signal.SIGALRM, before)
        hanging.set()
    assert asked == []


def test_who_sleeps_wakes_for_good_when_a_phase_is_left_by_an_exception() -> None:
    clock = Stoppable(SystemClock())
    with clock:
        clock.sleep(0)
    clock.sleep(0)
    with pytest.raises(KeyboardInterrupt), clock:
        raise KeyboardInterrupt
    with pytest.raises(NotSettled, match="stopped"):
        clock.sleep(3600)
    with clock:
        clock.sleep(0)
