"""Every call a client made, as the sandbox received it: what a test needs to say that nothing was changed."""

import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.operations import Operation


@dataclass(frozen=True, slots=True)
class Call:
    """One call received over HTTP; the sandbox's own are not among them."""

    time: str
    """When it was received; ISO 8601, UTC."""
    service: str
    """Signing name."""
    action: str
    region: str
    mutating: bool
    status: int
    """HTTP status of the answer; 0 where there was none."""


class CallLog:
    """The calls of one sandbox, in the order of their answers."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._lock = threading.Lock()

    def add(self, received: datetime, operation: Operation, status: int) -> None:
        """Keep a call that was answered, or dropped."""
        time = received.astimezone(UTC).isoformat(timespec="milliseconds")
        call = Call(time, operation.service, operation.action, operation.region, operation.mutating, status)
        with self._lock:
            self._calls.append(call)

    def calls(self) -> tuple[Call, ...]:
        """All calls so far."""
        with self._lock:
            return tuple(self._calls)

    def as_json(self) -> list[dict[str, Any]]:
        """All calls so far, as `GET /__sandbox__/calls` shows them."""
        return [asdict(call) for call in self.calls()]
