"""What every provider has in common, so that each one need only say what its service does.

Guards a provider: checks properties against the schema, turns a service's refusal into a handler's, completes the
attributes, and brings what a service shows into the form in which the template wrote it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from sandbox.providers import attributes, tags
from sandbox.providers.base import Gone, Handled, HandlerError, Properties, Provider, Request
from sandbox.providers.properties import check
from sandbox.providers.shapes import ABSENT, member, shown

Item = TypeVar("Item")

MISSING = ("NotFound", "NoSuch", "DoesNotExist", "not found", "Not Found", "does not exist")
CODES = {
    "AlreadyExists": ("AlreadyExists", "AlreadyOwnedByYou", "Duplicate", "EntityAlreadyExists", "ResourceExists"),
    "AccessDenied": ("AccessDenied", "UnauthorizedOperation", "AuthorizationError"),
    "Throttling": ("Throttling", "TooManyRequests", "RequestLimitExceeded"),
    "ServiceLimitExceeded": ("LimitExceeded", "QuotaExceeded"),
    "ResourceConflict": ("InUse", "DependencyViolation", "DeleteConflict", "Conflict"),
}
"""HandlerErrorCode by what a service's error code contains.
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html"""

SERVER_FAULT = 500


def only(items: Sequence[Item]) -> Item:
    """The one thing a describe call was asked for. Raises Gone if it is not there."""
    if not items:
        raise Gone
    return items[0]


def is_missing(error: ClientError) -> bool:
    """Whether the service says that the thing does not exist."""
    found = error.response["Error"]
    return any(word in found["Code"] for word in MISSING) or any(word in found["Message"] for word in MISSING)


def handler_error(type_: str, error: ClientError) -> HandlerError:
    """A service's refusal, worded as the SDK of CloudFormation's handlers does."""
    found, meta = error.response["Error"], error.response["ResponseMetadata"]
    status = meta.get("HTTPStatusCode", 400)
    service = type_.split("::")[1]
    service = service.capitalize() if service.isupper() else service
    message = f"{found['Message']} (Service: {service}, Status Code: {status}, Request ID: {meta.get('RequestId', '')})"
    return HandlerError(message, _handler_code(error, status))


def _handler_code(error: ClientError, status: int) -> str:
    if is_missing(error):
        return "NotFound"
    found = error.response["Error"]["Code"]
    code = next((code for code, words in CODES.items() if any(word in found for word in words)), None)
    return code or ("ServiceInternalError" if status >= SERVER_FAULT else "InvalidRequest")


class Guarded:
    """A provider as the engine sees it."""

    def __init__(self, inner: Provider) -> None:
        self._inner = inner
        self.drift = inner.drift

    def create(self, request: Request) -> Handled:
        check(request)
        with _refusals(request.type):
            return attributes.complete(request, self._inner.create(request))

    def update(self, request: Request) -> Handled:
        check(request)
        with _refusals(request.type):
            try:
                return attributes.complete(request, self._inner.update(request))
            except Gone:
                message = f"Resource of type '{request.type}' with identifier '{request.physical_id}' was not found."
                raise HandlerError(message, "NotFound") from None

    def delete(self, request: Request) -> None:
        with _refusals(request.type):
            try:
                self._inner.delete(request)
            except Gone:
                return
            except ClientError as error:
                if not is_missing(error):
                    raise

    def read(self, request: Request) -> Properties:
        """Live values of the properties that were set: None if taken away, as it was set if the service doesn't say."""
        with _refusals(request.type):
            try:
                live = self._inner.read(request)
            except ClientError as error:
                if is_missing(error):
                    raise Gone from error
                raise
        return _as_written(request, live)


def _as_written(request: Request, live: Mapping[str, Any]) -> dict[str, Any]:
    result = {}
    for name, value in request.properties.items():
        found = member(live, name)
        if found is ABSENT and name in tags.TAG_PROPERTIES:
            found = member(live, "Tags")
        if name in tags.TAG_PROPERTIES and found is not ABSENT:
            found = tags.shown(request, found)
        if found is ABSENT:
            result[name] = value
        else:
            result[name] = None if found is None else shown(value, found)
    return result


@contextmanager
def _refusals(type_: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise handler_error(type_, error) from error
    except BotoCoreError as error:
        raise HandlerError(str(error), "InvalidRequest") from error


def changed(request: Request, *names: str) -> bool:
    """Whether an update sets one of these properties otherwise than before."""
    return any(request.properties.get(name) != request.previous.get(name) for name in names)
