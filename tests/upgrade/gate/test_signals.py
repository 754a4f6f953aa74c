"""Signals that end a run end it like Ctrl-C; one that the user has told us not to hear is not heard."""

import os
import signal
from collections.abc import Iterator
from queue import Queue

import pytest

from upgrade.gate import signals
from upgrade.gate.signals import Stopped, ignore, leave, listen, unheard

HEARD = (signal.SIGTERM, signal.SIGHUP)
ALL = (signal.SIGINT, *HEARD)


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    handlers = {number: signal.getsignal(number) for number in ALL}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", HEARD, ids=lambda number: number.name)
def test_a_signal_is_an_interrupt_that_says_which(number: signal.Signals) -> None:
    listen()
    with pytest.raises(KeyboardInterrupt) as stopped:
        signal.raise_signal(number)
    assert isinstance(stopped.value, Stopped)
    assert stopped.value.signal == number


@pytest.mark.parametrize("number", ALL, ids=lambda number: number.name)
def test_no_signal_interrupts_the_record(number: signal.Signals) -> None:
    listen()
    with unheard():
        signal.raise_signal(number)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)
    ignore()
    signal.raise_signal(number)


def test_when_the_record_is_written_the_next_signal_ends_the_process_and_so_does_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left = Queue[int]()
    monkeypatch.setattr(os, "_exit", left.put)
    leave(130, 0.01)
    assert left.get(timeout=10) == 130
    signal.raise_signal(signal.SIGINT)
    assert left.get(timeout=10) == 130


def test_one_signal_right_after_another_interrupts_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    listen()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGTERM)
    monkeypatch.setattr(signals, "UNWINDING", 0)
    listen()
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_ctrl_c_stays_what_it_is() -> None:
    listen()
    with pytest.raises(KeyboardInterrupt) as stopped:
        signal.raise_signal(signal.SIGINT)
    assert not isinstance(stopped.value, Stopped)


def test_who_was_started_with_nohup_outlives_the_terminal() -> None:
    """https://pubs.opengroup.org/onlinepubs/9799919799/utilities/nohup.html"""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    listen()
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
