"""The call log: every AWS call of the run, collected by botocore's own hooks, whoever made it, refused ones as well."""

import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from upgrade.aws.actions import action, named_in
from upgrade.aws.doors import Door, is_reading
from upgrade.aws.errors import reason_of_answer
from upgrade.clock import Clock
from upgrade.facts.call import Call
from upgrade.facts.known import Reason

REFUSED = "refused"
"""Outcome of a call that was not sent."""

_KEY = "plimsoll"
"""Our place in the context dictionary that botocore carries through all events of one call."""


@dataclass(slots=True)
class _Running:
    model: Any
    door: Door
    at: datetime
    begun: float
    attempts: int = 0
    endpoint: str = ""


class CallLog:
    """Collects calls; several threads may call at once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._calls: list[Call] = []
        self._denied: set[str] = set()
        self._lock = threading.Lock()
        self._skew: float | None = None

    def skew(self) -> float | None:
        """Seconds that our clock is ahead of the endpoint's; None if no answer told the time."""
        return self._skew

    def calls(self) -> tuple[Call, ...]:
        """All calls that have ended, in order of their start."""
        with self._lock:
            return tuple(sorted(self._calls, key=lambda call: call.at))

    def denied(self) -> tuple[str, ...]:
        """IAM actions that were missing so far, each once, in alphabetical order."""
        with self._lock:
            return tuple(sorted(self._denied))

    def attach(self, events: Any, door: Door) -> None:
        """Listen to a client, given its events and its door."""
        events.register("before-parameter-build", partial(self._begin, door))
        events.register("request-created", self._attempt)
        events.register("after-call", self._answered)
        events.register("after-call-error", self._failed)

    def refused(self, service: Any, operation: str, door: Door) -> None:
        """Keep a call that was not sent, because its door does not allow it."""
        self._add(Call(service.signing_name, operation, self._clock.now(), 0.0, 0, "", REFUSED, "", True, door))

    def _begin(self, door: Door, model: Any, context: dict[str, Any], **_: object) -> None:
        context[_KEY] = _Running(model, door, self._clock.now(), self._clock.monotonic())

    def _attempt(self, request: Any, **_: object) -> None:
        running = request.context.get(_KEY)
        if running is not None:
            parts = urlsplit(request.url)
            running.attempts += 1
            running.endpoint = f"{parts.scheme}://{parts.netloc}"

    def _answered(self, model: Any, parsed: dict[str, Any], context: dict[str, Any], **_: object) -> None:
        metadata = parsed.get("ResponseMetadata", {})
        self._tell_time(metadata.get("HTTPHeaders", {}).get("date", ""))
        failed = metadata.get("HTTPStatusCode", 200) >= 300  # noqa: PLR2004  # HTTP
        error = parsed.get("Error", {})
        code = error.get("Code") or str(metadata.get("HTTPStatusCode"))
        if failed and reason_of_answer(parsed) is Reason.DENIED:
            self._deny(model, error.get("Message") or "")
        self._end(context, code if failed else "ok", metadata.get("RequestId", ""))

    def _tell_time(self, date: str) -> None:
        """Compare our clock with the first answer's."""
        if self._skew is None and date:
            with suppress(ValueError, OverflowError):
                told = parsedate_to_datetime(
                    date
                )  # without a zone for "-0000": https://www.rfc-editor.org/rfc/rfc5322#section-3.3
                self._skew = (self._clock.now() - told.replace(tzinfo=told.tzinfo or UTC)).total_seconds()

    def _deny(self, model: Any, message: str) -> None:
        with self._lock:
            self._denied.add(named_in(message) or action(model.service_model.service_name, model.name))

    def _failed(self, exception: BaseException, context: dict[str, Any], **_: object) -> None:
        self._end(context, type(exception).__name__, "")

    def _end(self, context: dict[str, Any], outcome: str, request_id: str) -> None:
        running = context.pop(_KEY, None)
        if running is None:
            return
        service, operation = running.model.service_model, running.model.name
        call = Call(
            service=service.signing_name,
            operation=operation,
            at=running.at,
            seconds=round(self._clock.monotonic() - running.begun, 4),
            attempts=running.attempts,
            request_id=request_id,
            outcome=outcome,
            endpoint=running.endpoint,
            mutates=not is_reading(service.service_name, operation),
            door=running.door,
        )
        self._add(call)

    def _add(self, call: Call) -> None:
        with self._lock:
            self._calls.append(call)
