"""What stands between clients and services: faults on demand, latency, the call log, and the addresses that set them.

`POST /__sandbox__/faults` takes knobs as JSON (`sandbox.knobs.Knobs`), `GET` shows them; `GET /__sandbox__/calls` lists
the calls received.
"""

import json
import threading
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from http import HTTPStatus
from typing import Any

from sandbox.account import ACCOUNT
from sandbox.calls import CallLog
from sandbox.errors import StartResponse, Wsgi, respond
from sandbox.knobs import Knobs
from sandbox.operations import Operation, operation_of

CONTROL = "/__sandbox__/"

KINDS = ("throttle", "expired", "denied", "http500", "latency", "drop", "lost")
"""drop: no answer, and the call was not carried out. lost: it was, but its answer never arrives."""

_RULE = {"service": str, "action": str, "kind": str, "every": int, "times": int, "after": int, "delay": (int, float)}


class Dropped(ConnectionError):
    """The client gets no answer: werkzeug closes the connection quietly on a ConnectionError."""


class FaultLayer:
    """The services as clients meet them."""

    def __init__(self, application: Wsgi, knobs: Knobs) -> None:
        self._application, self._knobs = application, knobs
        self.log = CallLog()
        self._rules = Rules(knobs)

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(CONTROL):
            return self._control(environ, start)
        received, operation, status = datetime.now(UTC), operation_of(environ), 0

        def answer(line: str, *headers: Any) -> None:
            nonlocal status
            status = int(line.split()[0])
            start(line, *headers)

        try:
            return self._serve(environ, answer, operation)
        finally:
            self.log.add(received, operation, status)

    def _serve(self, environ: dict[str, Any], start: StartResponse, operation: Operation) -> Iterable[bytes]:
        fault = None
        for rule in self._rules.fired(operation):
            self._knobs.wait(rule.get("delay", 0))
            if fault is None and rule["kind"] != "latency":
                fault = rule["kind"]
        if fault == "drop":
            raise Dropped(operation.action)
        if fault == "lost":
            self._application(environ, lambda *_: None)
            raise Dropped(operation.action)
        if fault is None:
            return self._application(environ, start)
        status, code, message = worded(fault, operation)
        return respond(start, operation, status, code, message, body=environ["REQUEST_METHOD"] != "HEAD")

    def _control(self, environ: dict[str, Any], start: StartResponse) -> list[bytes]:
        match environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix(CONTROL):
            case "GET", "calls":
                return _json(start, HTTPStatus.OK, {"calls": self.log.as_json()})
            case "GET", "faults":
                return _json(start, HTTPStatus.OK, _shown(self._knobs))
            case "POST", "faults":
                try:
                    self._knobs.set(understood(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))))
                except ValueError as error:
                    return _json(start, HTTPStatus.BAD_REQUEST, {"error": str(error)})
                return _json(start, HTTPStatus.OK, _shown(self._knobs))
        message = "there are GET /__sandbox__/calls, GET /__sandbox__/faults and POST /__sandbox__/faults"
        return _json(start, HTTPStatus.NOT_FOUND, {"error": message})


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
            if self._counted is not self._knobs.api:  # new rules begin to count anew
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


# ---- wording ---------------------------------------------------------------------------------------------------------


def worded(kind: str, operation: Operation) -> tuple[int, str, str]:
    """Status, code and message as the service words such an error.

    Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html,
    https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, the Common Errors page of each service, and
    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html for the sentence.
    """
    name = operation.service if operation.service in ("s3", "ec2") else operation.protocol
    status, code = _CODES[kind].get(name) or _CODES[kind]["query"]
    if kind != "denied" or operation.service == "s3":
        return status, code, _MESSAGES[kind]
    iam = {"monitoring": "cloudwatch"}.get(operation.service, operation.service)
    who = f"User: arn:aws:sts::{ACCOUNT}:assumed-role/reader/session"
    action = f"{iam}:{operation.action}"
    why = f"{who} is not authorized to perform: {action} because no identity-based policy allows the {action} action"
    return status, code, f"You are not authorized to perform this operation. {why}" if name == "ec2" else why


_MESSAGES = {
    "throttle": "Rate exceeded",
    "expired": "The security token included in the request is expired",
    "denied": "Access Denied",
    "http500": "An internal error has occurred.",
}

_CODES: dict[str, dict[str, tuple[int, str]]] = {
    "throttle": {
        "query": (400, "Throttling"),
        "ec2": (503, "RequestLimitExceeded"),
        "s3": (503, "SlowDown"),
        "json": (400, "ThrottlingException"),
        "rest-json": (429, "TooManyRequestsException"),
    },
    "expired": {
        "query": (403, "ExpiredToken"),
        "ec2": (400, "RequestExpired"),
        "s3": (400, "ExpiredToken"),
        "json": (400, "ExpiredTokenException"),
        "rest-json": (403, "ExpiredTokenException"),
    },
    "denied": {
        "query": (403, "AccessDenied"),
        "ec2": (403, "UnauthorizedOperation"),
        "json": (400, "AccessDeniedException"),
        "rest-json": (403, "AccessDeniedException"),
    },
    "http500": {
        "query": (500, "InternalFailure"),
        "ec2": (500, "InternalError"),
        "s3": (500, "InternalError"),
        "json": (500, "InternalServerError"),
        "rest-json": (500, "InternalServerException"),
    },
}


# ---- control ---------------------------------------------------------------------------------------------------------


def understood(body: bytes) -> dict[str, Any]:
    """Knobs as somebody posted them.

    Raises:
        ValueError: with a sentence on what is wrong.
    """
    values = json.loads(body or b"null")
    if not isinstance(values, dict):
        raise ValueError('expected an object of knobs, e.g. {"pace": 0.2}')  # noqa: TRY004  # told to whoever posted it
    defaults = Knobs()
    for name, value in values.items():
        expected = type(getattr(defaults, name, value))
        if isinstance(value, bool) or not isinstance(value, (int, float) if expected is float else expected):
            raise ValueError(f"knob {name}: expected {expected.__name__}, found {json.dumps(value)}")
    for rule in values.get("api", ()):
        _check(rule)
    return values


def _check(rule: object) -> None:
    if not isinstance(rule, dict) or rule.get("kind") not in KINDS:
        raise ValueError(f"a rule of `api` is an object with a kind, one of {', '.join(KINDS)}; found {rule!r}")
    for key, value in rule.items():
        if key not in _RULE:
            raise ValueError(f"unknown key of a rule: {key}; there are {', '.join(_RULE)}")
        if not isinstance(value, _RULE[key]) or isinstance(value, bool):
            raise ValueError(f"a rule's {key}: {value!r} is of the wrong type")
    if rule.get("every", 1) < 1:
        raise ValueError(f"a rule's every must be 1 or more, found {rule['every']}")


def _shown(knobs: Knobs) -> dict[str, Any]:
    return {name: getattr(knobs, name) for name in knobs.__dataclass_fields__ if not name.startswith("_")}


def _json(start: StartResponse, status: HTTPStatus, content: object) -> list[bytes]:
    body = json.dumps(content, indent=1).encode()
    start(
        f"{status.value} {status.phrase}", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    )
    return [body]
