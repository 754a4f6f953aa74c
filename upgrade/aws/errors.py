"""From what botocore raises to why a fact is not known: one table, the most specific row wins."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from upgrade.aws.actions import action, named_in
from upgrade.aws.doors import READS
from upgrade.clock import Clock
from upgrade.errors import NotSettled, ServiceFailed
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.template.decode import MalformedTemplate

T = TypeVar("T")


CODES = {
    Reason.EXPIRED: ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"),
    Reason.DENIED: (
        "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedException", "OptInRequired",
        "InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "SignatureDoesNotMatch",
        "AuthFailure", "AuthorizationError", "NotAuthorized", "Forbidden", "403",
    ),
    Reason.CLOCK: ("RequestTimeTooSkewed", "RequestInTheFuture"),
    Reason.THROTTLED: (
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException",
        "TooManyRequestsException", "RequestLimitExceeded", "SlowDown", "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException", "BandwidthLimitExceeded", "EC2ThrottledException",
    ),
    Reason.NOT_FOUND: (
        "NoSuchKey", "NoSuchBucket", "NoSuchVersion", "NoSuchEntity", "DBInstanceNotFound", "TargetGroupNotFound",
        "ChangeSetNotFound", "HookResultNotFound", "InvalidVolume.NotFound", "ReplicationGroupNotFoundFault", "CacheClusterNotFound",
        "FileSystemNotFound", "ResourceNotFoundException", "ParameterNotFound", "ParameterVersionNotFound",
        "NoSuchHostedZone", "NotFound", "404",
    ),
    Reason.TIMED_OUT: (
        "RequestTimeout", "RequestTimeoutException", "ServiceUnavailable", "ServiceUnavailableException",
        "InternalFailure", "InternalError", "InternalServerError", "InternalServiceError", "500", "502", "503", "504",
    ),
}  # fmt: skip
"""Error codes of services. Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html
and botocore's own list of throttling codes (botocore/retries/standard.py)."""

_SKEWED = ("Signature expired", "Signature not yet current")
"""How the message begins, whatever the code (SignatureDoesNotMatch, InvalidSignatureException, RequestExpired), when the
time that was signed is more than five minutes off. https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html"""

_BY_CODE = {code: reason for reason, codes in CODES.items() for code in codes}

_BY_TYPE: tuple[tuple[type[Exception], Reason], ...] = (
    (MalformedTemplate, Reason.MALFORMED),
    (NotSettled, Reason.TIMED_OUT),
    (ServiceFailed, Reason.FAILED),
    (ResponseParserError, Reason.MALFORMED),
    (boto.NoCredentialsError, Reason.EXPIRED),
    (boto.PartialCredentialsError, Reason.EXPIRED),
    (boto.CredentialRetrievalError, Reason.EXPIRED),
    (boto.TokenRetrievalError, Reason.EXPIRED),
    (boto.SSOTokenLoadError, Reason.EXPIRED),
    (boto.UnauthorizedSSOTokenError, Reason.EXPIRED),
    (boto.SSLError, Reason.FAILED),
    (boto.ConnectionError, Reason.TIMED_OUT),
    (boto.HTTPClientError, Reason.TIMED_OUT),
    (boto.IncompleteReadError, Reason.TIMED_OUT),
    (boto.BotoCoreError, Reason.FAILED),
    (KeyError, Reason.MALFORMED),
    (OSError, Reason.FAILED),
)
"""By `isinstance`, in this order. A KeyError means that an answer lacks a member its adapter can't do without, an OSError
that a file can't be read: a template on disk, the token of a web identity."""

FAILURES: tuple[type[Exception], ...] = (boto.ClientError, *(type_ for type_, _ in _BY_TYPE))
"""What a call to AWS may raise; anything else is a mistake of ours and goes through."""

_LONGEST = 500
"""Characters of an error text that are kept. Only its first line is: a signature error goes on with the signed headers,
the session token among them."""


def fact(clock: Clock, call: str, read: Callable[[], T], clean: Callable[[str], str] = str) -> Fact[T]:
    """What this read answers, or why it is not known.

    Args:
        clock: for the time of reading.
        call: the IAM action, told where the error does not name one.
        read: calls AWS, once or several times.
        clean: takes secrets out of what the service says, where it may quote one.
    """
    at = clock.now()
    try:
        return Known(read(), at)
    except FAILURES as error:
        return Unknown(reason_of(error), detail_of(error, clean), call_of(error, call), at)


def reason_of(error: Exception) -> Reason:
    """Why a call failed."""
    if isinstance(error, boto.ClientError):
        return reason_of_answer(error.response)
    return next((reason for type_, reason in _BY_TYPE if isinstance(error, type_)), Reason.FAILED)


def detail_of(error: Exception, clean: Callable[[str], str] = str) -> str:
    """The service's own words, its code first; one line. Cleaned before it is cut, and that between two words.

    Half a secret is never recognised again.
    """
    if isinstance(error, boto.ClientError):
        answer = error.response.get("Error", {})
        text = f"{answer.get('Code', '')}: {answer.get('Message', '')}"
    elif isinstance(error, KeyError):
        text = f"the answer lacks {error}"
    else:
        text = str(error)
    first = next(iter(clean(text).strip().splitlines()), type(error).__name__)
    return first if len(first) <= _LONGEST else first[:_LONGEST].rpartition(" ")[0] + " …"


def did_nothing(error: boto.ClientError, operation: str) -> bool:
    """Whether this answer proves that the operation was not begun: a refusal (4xx) of the very first attempt.

    Behind a refusal of a later attempt there may be one whose answer was lost; a token that is known tells of one, too.
    """
    response: Mapping[str, Any] = error.response
    first = response.get("ResponseMetadata", {}).get("RetryAttempts") == 0
    refused = 400 <= _status(response) < 500 and code_of(error) != "TokenAlreadyExistsException"  # noqa: PLR2004  # HTTP
    return first and refused and error.operation_name == operation


def call_of(error: Exception, call: str) -> str:
    """The IAM action that failed: of several calls under one name, the one the error names."""
    if not isinstance(error, boto.ClientError):
        return call
    if named := named_in(str(error.response.get("Error", {}).get("Message", ""))):
        return named
    service, operation = call.partition(":")[0], str(error.operation_name)
    known = [action(name, operation) for name, operations in READS.items() if operation in operations]
    told = [each for each in known if each.startswith(f"{service}:")] or known
    return told[0] if told else f"{service}:{operation}"


def code_of(error: Exception) -> str:
    """The service's error code; empty for a call that got no answer."""
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, boto.ClientError) else ""


def reason_of_answer(response: Mapping[str, Any]) -> Reason:
    """Why a call failed, of an answer that is an error."""
    answer = response.get("Error", {})
    code, message = str(answer.get("Code", "")), str(answer.get("Message", ""))
    if message.startswith(_SKEWED):
        return Reason.CLOCK
    if code in _BY_CODE:
        return _BY_CODE[code]
    # CloudFormation says a missing stack in words only: "Stack with id X does not exist".
    if code in {"ValidationError", "ValidationException"} and "does not exist" in message:
        return Reason.NOT_FOUND
    return Reason.TIMED_OUT if _status(response) >= 500 else Reason.FAILED  # noqa: PLR2004  # HTTP


def _status(response: Mapping[str, Any]) -> int:
    return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
