"""A cancelled CI job or a closed terminal ends like Ctrl-C: with evidence."""

import signal
from typing import NoReturn


class Stopped(KeyboardInterrupt):
    """Another signal than Ctrl-C's asks the run to end."""

    def __init__(self, number: int) -> None:
        super().__init__(f"signal {number}")
        self.signal = number


def listen() -> None:
    """Turn SIGTERM and SIGHUP into an interrupt, which pytest unwinds; Python does the same with SIGINT by itself.

    One that is ignored already stays so: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/nohup.html
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup's way: the run is to outlive the terminal
            signal.signal(number, _stop)


def _stop(number: int, _frame: object) -> NoReturn:
    raise Stopped(number)
