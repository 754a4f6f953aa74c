"""Calls that wait until somebody lets them go: the moment at which a client can be killed."""

import threading

from sandbox.operations import Operation


class Held:
    """The calls of one sandbox that are held."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._calls: list[tuple[Operation, threading.Event]] = []

    def wait(self, operation: Operation) -> None:
        """Hold a call; returns when it is released."""
        released = threading.Event()
        with self._changed:
            self._calls.append((operation, released))
            self._changed.notify_all()
        released.wait()

    def calls(self, timeout: float = 0.0) -> tuple[Operation, ...]:
        """What is held, in the order it came; with a timeout, as soon as there is something."""
        with self._changed:
            self._changed.wait_for(lambda: self._calls, timeout)
            return tuple(operation for operation, _ in self._calls)

    def release(self) -> None:
        """Let everything go that is held."""
        with self._changed:
            for _, released in self._calls:
                released.set()
            self._calls.clear()
