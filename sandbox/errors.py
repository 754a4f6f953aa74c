"""Errors shaped as each AWS protocol shapes them, so that every client decodes them.

moto answers what it does not know with an HTML page, on which botocore gives up with a ResponseParserError, and its own
mistakes with an exception; both become an error that names the call. https://smithy.io/2.0/aws/protocols/index.html
"""

import json
import logging
import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import escape

from sandbox.operations import Operation, operation_of

StartResponse = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

_log = logging.getLogger(__name__)

_S3_UNKNOWN = re.compile(
    "CreateSession|DeleteBucketInventory|GetObjectRetention|RenameObject|UpdateObjectEncryption"
    "|.*(Abac|Analytics|Annotation|IntelligentTiering|Metadata|Metrics|RequestPayment|Torrent)"
)
"""Operations moto takes for others, because it ignores the part of a bucket or object they are about: it lists, deletes
or overwrites the whole."""


def respond(
    start: StartResponse, operation: Operation, status: int, code: str, message: str, *, body: bool = True
) -> list[bytes]:
    """Answer a request with an error.

    Args:
        start: WSGI's start_response.
        operation: what was asked for; its protocol decides the shape.
        status: HTTP status.
        code: the error's name, as boto3 shows it.
        message: one sentence.
        body: False for an answer to HEAD, which has none.
    """
    request_id = str(uuid4())
    text, content_type = _body(operation, code, message, request_id, "Sender" if status < 500 else "Receiver")  # noqa: PLR2004  # server errors begin at 500
    content = text.encode() if body else b""
    headers = [
        ("Content-Type", content_type),
        ("Content-Length", str(len(content))),
        ("x-amzn-RequestId", request_id),
        ("x-amz-request-id", request_id),
    ]
    if operation.protocol.endswith("json"):
        headers.append(("x-amzn-ErrorType", code))
    start(f"{status} {HTTPStatus(status).phrase}", headers)
    return [content]


def _body(operation: Operation, code: str, message: str, request_id: str, fault: str) -> tuple[str, str]:
    if operation.protocol.endswith("json"):
        content_type = "application/json" if operation.protocol == "rest-json" else "application/x-amz-json-1.1"
        return json.dumps({"__type": code, "message": message}), content_type
    inner = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    if operation.service == "s3":
        return f"<Error>{inner}<RequestId>{request_id}</RequestId></Error>", "application/xml"
    if operation.protocol == "ec2":
        errors = f"<Errors><Error>{inner}</Error></Errors><RequestID>{request_id}</RequestID>"
        return f"<Response>{errors}</Response>", "text/xml"
    error = f"<Error><Type>{fault}</Type>{inner}</Error><RequestId>{request_id}</RequestId>"
    return f"<ErrorResponse>{error}</ErrorResponse>", "text/xml"


class Shaped:
    """The services, with an AWS-shaped error for whatever they do not know or fail on."""

    def __init__(self, application: Wsgi) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        operation = operation_of(environ)
        if operation.service == "s3" and _S3_UNKNOWN.match(operation.action):
            return _unknown(environ, start, operation)
        answer: list[Any] = []

        def keep(*arguments: Any) -> None:
            answer[:] = arguments

        try:
            content = b"".join(self._application(environ, keep))
        except NotImplementedError:
            return _unknown(environ, start, operation)
        except Exception as error:  # noqa: BLE001  # whatever it is, the client gets an answer and the log the trace
            _log.exception("%s %s failed inside the sandbox", operation.service, operation.action)
            message = f"The sandbox failed on {operation.service} {operation.action}: {type(error).__name__}: {error}"
            return respond(start, operation, 500, "InternalFailure", message)
        if int(answer[0][:3]) >= HTTPStatus.BAD_REQUEST and content.lstrip()[:14].lower() == b"<!doctype html":
            return _unknown(environ, start, operation)
        start(*answer)
        return [content]


def _unknown(environ: dict[str, Any], start: StartResponse, operation: Operation) -> list[bytes]:
    message = f"The sandbox does not know {operation.service} {operation.action}."
    body = environ["REQUEST_METHOD"] != "HEAD"
    return respond(start, operation, HTTPStatus.NOT_IMPLEMENTED, "NotImplemented", message, body=body)
