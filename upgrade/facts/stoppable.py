"""A clock whose sleepers can be woken."""

import threading

from upgrade.clock import Clock
from upgrade.errors import NotSettled


class Stoppable:
    """A clock whose sleepers wake for good when a phase is left by an exception.

    After Ctrl-C Python waits at exit for every thread of a pool: one that waits for drift would hold it for minutes.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock, self._stopped = clock, threading.Event()
        self.now, self.monotonic = clock.now, clock.monotonic

    def __enter__(self) -> None:
        self._stopped.clear()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._stopped.set()

    def sleep(self, seconds: float) -> None:
        """Sleep, unless stopped."""
        if not self._stopped.is_set():
            self._clock.sleep(seconds)
        if self._stopped.is_set():
            raise NotSettled("stopped while waiting")
