"""What stands between clients and services: faults on demand, latency, the policies of who calls, and the call log."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any

from sandbox import access, control
from sandbox.calls import CallLog
from sandbox.errors import StartResponse, Wsgi, respond
from sandbox.held import Held
from sandbox.knobs import Knobs
from sandbox.operations import Operation, operation_of
from sandbox.wording import worded


class DroppedError(ConnectionError):
    """The client gets no answer: werkzeug closes the connection quietly on a ConnectionError."""


class FaultLayer:
    """The services as clients meet them."""

    def __init__(self, application: Wsgi, knobs: Knobs) -> None:
        self.log, self.held = CallLog(), Held()
        self._application, self._knobs = application, knobs
        self._rules = Rules(knobs)

    @property
    def clock(self) -> float:
        """Seconds by which answers are dated ahead."""
        return self._knobs.clock

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(control.CONTROL):
            return control.answer(environ, start, self._knobs, self.log, self.held)
        received, operation, status = datetime.now(UTC), operation_of(environ), 0

        def answer(line: str, *headers: Any) -> None:
            nonlocal status
            status = int(line[:3])
            start(line, *headers)

        try:
            return self._serve(environ, answer, operation)
        finally:
            self.log.add(received, operation, status)

    def _serve(self, environ: dict[str, Any], start: StartResponse, operation: Operation) -> Iterable[bytes]:
        rules = self._rules.fired(operation)
        for rule in rules:
            self._knobs.wait(rule.get("delay", 0))
        fault = next((rule["kind"] for rule in rules if rule["kind"] != "latency"), None)
        held = any(rule.get("hold") for rule in rules)
        if held and fault != "lost":
            self.held.wait(operation)
        match fault:
            case None:
                refusal = access.refusal(environ, operation) if self._knobs.enforce else None
                return (
                    self._refuse(environ, start, operation, refusal) if refusal else self._application(environ, start)
                )
            case "lost":
                self._application(environ, lambda *_: None)
                if held:
                    self.held.wait(operation)
                raise DroppedError(operation.action)
            case "cut":
                return _half(b"".join(self._application(environ, start)), operation)
            case "drop":
                raise DroppedError(operation.action)
        return self._refuse(environ, start, operation, worded(fault, operation))

    def _refuse(
        self, environ: dict[str, Any], start: StartResponse, operation: Operation, error: tuple[int, str, str]
    ) -> Iterable[bytes]:
        return respond(start, operation, *error, body=environ["REQUEST_METHOD"] != "HEAD")


def _half(body: bytes, operation: Operation) -> Iterator[bytes]:
    yield body[: len(body) // 2]
    raise DroppedError(operation.action)


class Rules:
    """The rules of `knobs.api`, each with its count of the calls it was asked about."""

    def __init__(self, knobs: Knobs) -> None:
        self._knobs = knobs
        self._lock = threading.Lock()
        self._counted: list[dict[str, Any]] = []
        self._seen: list[int] = []
        self._hits: list[int] = []

    def fired(self, operation: Operation) -> list[dict[str, Any]]:
        """The rules that hit this call, in their order."""
        with self._lock:
            if self._counted is not self._knobs.api:  # new rules count anew
                self._counted = self._knobs.api
                self._seen, self._hits = [0] * len(self._counted), [0] * len(self._counted)
            return [rule for number, rule in enumerate(self._counted) if self._fires(number, rule, operation)]

    def _fires(self, number: int, rule: Mapping[str, Any], operation: Operation) -> bool:
        if not any(fnmatchcase(name, rule.get("service", "*")) for name in operation.names):
            return False
        if not fnmatchcase(operation.action, rule.get("action", "*")):
            return False
        self._seen[number] += 1
        due = self._seen[number] - rule.get("after", 0)
        if due <= 0 or due % rule.get("every", 1) or self._hits[number] >= rule.get("times", float("inf")):
            return False
        self._hits[number] += 1
        return True
