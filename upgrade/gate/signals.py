"""A cancelled CI job or a closed terminal ends like Ctrl-C: with evidence, which no second signal keeps from being written."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PATIENCE = 15.0
"""Seconds from the record of a run that was stopped to its end, whatever still hangs."""

GOODBYE = 2.0
"""The same, when all is done that we do after it."""

UNWINDING = 2.0
"""Seconds that pytest may take to unwind an interrupt: another one meanwhile would end pytest with a traceback."""

_HEARD = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(KeyboardInterrupt):
    """Another signal than Ctrl-C's asks the run to end."""

    def __init__(self, number: int) -> None:
        super().__init__(f"signal {number}")
        self.signal = number


def listen() -> None:
    """Turn these signals into an interrupt, which pytest unwinds; one right after another into a single one.

    One that is ignored already stays so: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/nohup.html
    """
    stop = _Stop()
    for number in _HEARD:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup's way: the run is to outlive the terminal
            signal.signal(number, stop)


def ignore() -> dict[int, Any]:
    """Hear none of them any more; returns what was done about each until now."""
    return {number: signal.signal(number, _ignored) for number in _HEARD}


@contextmanager
def unheard() -> Iterator[None]:
    """Let no signal interrupt what is done meanwhile."""
    before = ignore()
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def leave(code: int, seconds: float) -> None:
    """End this process in this time, or with the next Ctrl-C, even while a call hangs that Python would wait for."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os._exit(code))
    timer = threading.Timer(seconds, os._exit, (code,))
    timer.daemon = True
    timer.start()


class _Stop:
    """Raises an interrupt, and another one only when the first must have been swallowed."""

    def __init__(self) -> None:
        self._again = 0.0

    def __call__(self, number: int, _frame: object) -> None:
        if time.monotonic() >= self._again:
            self._again = time.monotonic() + UNWINDING
            raise KeyboardInterrupt if number == signal.SIGINT else Stopped(number)


def _ignored(_number: int, _frame: object) -> None:
    """Nothing: SIG_IGN would be handed down to the programs we start."""
