"""Signals that end a run end it like Ctrl-C; one that the user has told us not to hear is not heard."""

import signal
from collections.abc import Iterator

import pytest

from upgrade.gate.signals import Stopped, listen

HEARD = (signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    handlers = {number: signal.getsignal(number) for number in HEARD}
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
