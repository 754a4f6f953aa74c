"""The addresses at which a sandbox is asked and told what no AWS call can say.

`POST /__sandbox__/faults` takes knobs as JSON (`sandbox.knobs.Knobs`), `GET` shows them; `GET /__sandbox__/calls` lists
the calls received; `GET /__sandbox__/held` those that a rule holds, which `POST /__sandbox__/release` lets go.
"""

import json
from http import HTTPStatus
from typing import Any, NoReturn

from sandbox.calls import CallLog
from sandbox.errors import StartResponse
from sandbox.held import Held
from sandbox.knobs import Knobs

CONTROL = "/__sandbox__/"
ADDRESSES = (("GET", "calls"), ("GET", "held"), ("POST", "release"), ("GET", "faults"), ("POST", "faults"))

KINDS = ("throttle", "expired", "denied", "http500", "latency", "skewed", "absent", "drop", "lost", "cut")
"""drop: no answer, and the call was not carried out. lost: it was, but its answer never arrives; cut: half of it does."""

_RULE: dict[str, type | tuple[type, ...]] = {
    "service": str,
    "action": str,
    "kind": str,
    "every": int,
    "times": int,
    "after": int,
    "delay": (int, float),
    "hold": bool,
}
"""Keys of a rule. The rule hits calls of `service` (signing name or botocore's) and `action`, both patterns with `*`:
every `every`-th of them behind the first `after`, `times` in all; `delay` seconds pass before the answer. `hold`: it waits
to be released; a lost call was carried out by then, any other was not."""

_IMAGE: dict[str, type] = {
    "shared": bool,
    "state": str,
    "region": str,
    "architecture": str,
    "encrypted": bool,
    "kms_key": str,
    "key_state": str,
    "snapshot": str,
    "snapshot_shared": bool,
}
"""Keys of an image that is shared with the account: whether it (still) is, `available` or another state, the region it
is in (else every one), x86_64 or arm64, whether its snapshot is encrypted, with which key of its owner (ARN) in which
state, the snapshot's id, and whether the snapshot may be described."""

_ACTIVE = ("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING")
"""States of a Batch job that has not ended."""


def answer(environ: dict[str, Any], start: StartResponse, knobs: Knobs, log: CallLog, held: Held) -> list[bytes]:
    """Answer a request to one of the addresses."""
    content: dict[str, Any]
    match environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix(CONTROL):
        case "GET", "calls":
            content = {"calls": log.as_json()}
        case "GET", "held":
            content = _held(held)
        case "POST", "release":
            held.release()
            content = _held(held)
        case "GET", "faults":
            content = _shown(knobs)
        case "POST", "faults":
            try:
                knobs.set(understood(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))))
            except ValueError as error:
                return _json(start, HTTPStatus.BAD_REQUEST, {"error": str(error)})
            content = _shown(knobs)
        case _:
            known = ", ".join(f"{method} {CONTROL}{name}" for method, name in ADDRESSES)
            return _json(start, HTTPStatus.NOT_FOUND, {"error": f"there are {known}"})
    return _json(start, HTTPStatus.OK, content)


def understood(body: bytes) -> dict[str, Any]:
    """Knobs as somebody posted them.

    Raises:
        ValueError: with a sentence on what is wrong.
    """
    values = json.loads(body or b"null")
    if not isinstance(values, dict):
        _refuse('expected an object of knobs, e.g. {"pace": 0.2}')
    defaults = Knobs()
    for name, value in values.items():
        expected = type(getattr(defaults, name, value))
        fits = isinstance(value, (int, float) if expected is float else expected)
        if not fits or (isinstance(value, bool) and expected is not bool):
            _refuse(f"knob {name}: expected {expected.__name__}, found {json.dumps(value)}")
    for rule in values.get("api", ()):
        _check(rule)
    for name, image in values.get("images", {}).items():
        _check_image(name, image)
    for name, state in values.get("jobs", {}).items():
        if state not in _ACTIVE:
            _refuse(f"job {name}: {json.dumps(state)} is none of {', '.join(_ACTIVE)}")
    return values


def _check(rule: object) -> None:
    if not isinstance(rule, dict) or rule.get("kind") not in KINDS:
        _refuse(f"a rule of `api` is an object with a kind, one of {', '.join(KINDS)}; found {json.dumps(rule)}")
    for key, value in rule.items():
        if key not in _RULE:
            _refuse(f"unknown key of a rule: {key}; there are {', '.join(_RULE)}")
        if not isinstance(value, _RULE[key]) or (isinstance(value, bool) and _RULE[key] is not bool):
            _refuse(f"a rule's {key}: {json.dumps(value)} is of the wrong type")
    if rule.get("every", 1) < 1:
        _refuse(f"a rule's every must be 1 or more, found {rule['every']}")


def _check_image(name: str, image: object) -> None:
    if not isinstance(image, dict):
        _refuse(f"image {name}: expected an object, found {json.dumps(image)}")
    for key, value in image.items():
        if key not in _IMAGE:
            _refuse(f"unknown key of image {name}: {key}; there are {', '.join(_IMAGE)}")
        if not isinstance(value, _IMAGE[key]):
            _refuse(f"image {name}, {key}: {json.dumps(value)} is of the wrong type")


def _refuse(sentence: str) -> NoReturn:
    raise ValueError(sentence)


def _held(held: Held) -> dict[str, Any]:
    return {"held": [{"service": call.service, "action": call.action} for call in held.calls()]}


def _shown(knobs: Knobs) -> dict[str, Any]:
    return {name: getattr(knobs, name) for name in knobs.__dataclass_fields__ if not name.startswith("_")}


def _json(start: StartResponse, status: HTTPStatus, content: object) -> list[bytes]:
    body = json.dumps(content, indent=1).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start(f"{status.value} {status.phrase}", headers)
    return [body]
