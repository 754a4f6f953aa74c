"""The call log: every AWS call of the run, collected by botocore's own hooks, whoever made it."""

import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from upgrade.clock import Clock
from upgrade.facts.call import Call

_READING = ("Describe", "Detect", "Get", "Head", "List", "Simulate", "Validate", "AssumeRole")
"""What an operation that changes nothing begins with. Drift detection changes nothing but the drift status."""

_KEY = "plimsoll"
"""Our place in the context dictionary that botocore carries through all events of one call."""


@dataclass(slots=True)
class _Running:
    model: Any
    at: datetime
    begun: float
    attempts: int = 0
    endpoint: str = ""


class CallLog:
    """Collects calls; several threads may call at once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._calls: list[Call] = []
        self._lock = threading.Lock()

    def calls(self) -> tuple[Call, ...]:
        """All calls that have ended, in order of their start."""
        with self._lock:
            return tuple(sorted(self._calls, key=lambda call: call.at))

    def attach(self, session: Any) -> None:
        """Listen to every client that this botocore session will make."""
        session.register("before-parameter-build", self._begin)
        session.register("request-created", self._attempt)
        session.register("after-call", self._answered)
        session.register("after-call-error", self._failed)

    def _begin(self, model: Any, context: dict[str, Any], **_: object) -> None:
        context[_KEY] = _Running(model, self._clock.now(), self._clock.monotonic())

    def _attempt(self, request: Any, **_: object) -> None:
        running = request.context.get(_KEY)
        if running is not None:
            parts = urlsplit(request.url)
            running.attempts += 1
            running.endpoint = f"{parts.scheme}://{parts.netloc}"

    def _answered(self, parsed: dict[str, Any], context: dict[str, Any], **_: object) -> None:
        metadata = parsed.get("ResponseMetadata", {})
        failed = metadata.get("HTTPStatusCode", 200) >= 300  # noqa: PLR2004  # HTTP
        code = parsed.get("Error", {}).get("Code") or str(metadata.get("HTTPStatusCode"))
        self._end(context, code if failed else "ok", metadata.get("RequestId", ""))

    def _failed(self, exception: BaseException, context: dict[str, Any], **_: object) -> None:
        self._end(context, type(exception).__name__, "")

    def _end(self, context: dict[str, Any], outcome: str, request_id: str) -> None:
        running = context.pop(_KEY, None)
        if running is None:
            return
        operation = running.model.name
        call = Call(
            service=running.model.service_model.signing_name,
            operation=operation,
            at=running.at,
            seconds=round(self._clock.monotonic() - running.begun, 4),
            attempts=running.attempts,
            request_id=request_id,
            outcome=outcome,
            endpoint=running.endpoint,
            mutates=not operation.startswith(_READING),
        )
        with self._lock:
            self._calls.append(call)
