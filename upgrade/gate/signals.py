"""A cancelled CI job or a closed terminal ends like Ctrl-C: with evidence."""

import signal
from typing import NoReturn


class Stopped(KeyboardInterrupt):
    """Another signal than Ctrl-C's asks the run to end."""

    def __init__(self, number: int) -> None:
        super().__init__(f"signal {number}")
        self.signal = number


def listen() -> None:
    """Turn SIGTERM and SIGHUP into an interrupt, which pytest unwinds; Python does the same with SIGINT by itself."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)


def _stop(number: int, _frame: object) -> NoReturn:
    raise Stopped(number)
