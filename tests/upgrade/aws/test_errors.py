"""Every way a call can fail has one reason, the most specific one."""

from typing import Any

import pytest
from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from upgrade.aws.errors import CODES, call_of, detail_of, did_nothing, fact, reason_of
from upgrade.clock import SystemClock
from upgrade.errors import NotSettled, ServiceFailed
from upgrade.facts.known import Known, Reason, Unknown
from upgrade.template.decode import MalformedTemplate

LATE = "20261126T230000Z is now earlier than 20261126T231000Z (20261126T231500Z - 5 min.)"
EARLY = "20261126T233000Z is still later than 20261126T232000Z (20261126T231500Z + 5 min.)"


def answer(code: str, message: str = "no", status: int = 400, operation: str = "DescribeStacks") -> boto.ClientError:
    response: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return boto.ClientError(response, operation)


@pytest.mark.parametrize(("reason", "code"), [(reason, code) for reason, codes in CODES.items() for code in codes])
def test_a_known_code_has_its_reason(reason: Reason, code: str) -> None:
    assert reason_of(answer(code)) is reason


def test_no_code_stands_twice() -> None:
    codes = [code for row in CODES.values() for code in row]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (answer("ValidationError", "Stack with id x does not exist"), Reason.NOT_FOUND),
        (answer("ValidationError", "Parameters: [x] must have values"), Reason.FAILED),
        (answer("SomethingNew"), Reason.FAILED),
        (answer("SignatureDoesNotMatch", f"Signature expired: {LATE}", 403), Reason.CLOCK),
        (answer("SignatureDoesNotMatch", f"Signature not yet current: {EARLY}", 403), Reason.CLOCK),
        (answer("InvalidSignatureException", f"Signature expired: {LATE}"), Reason.CLOCK),
        (answer("RequestExpired", f"Signature expired: {LATE}"), Reason.CLOCK),
        (answer("RequestExpired", "Request has expired."), Reason.EXPIRED),
        (answer("SomethingNew", status=503), Reason.TIMED_OUT),
        (answer("AccessDenied", status=503), Reason.DENIED),
        (ResponseParserError("html"), Reason.MALFORMED),
        (boto.EndpointConnectionError(endpoint_url="x"), Reason.TIMED_OUT),
        (boto.ConnectTimeoutError(endpoint_url="x"), Reason.TIMED_OUT),
        (boto.ReadTimeoutError(endpoint_url="x"), Reason.TIMED_OUT),
        (boto.ConnectionClosedError(endpoint_url="x"), Reason.TIMED_OUT),
        (boto.SSLError(endpoint_url="x", error="y"), Reason.FAILED),
        (boto.NoCredentialsError(), Reason.EXPIRED),
        (boto.CredentialRetrievalError(provider="x", error_msg="y"), Reason.EXPIRED),
        (boto.UnauthorizedSSOTokenError(), Reason.EXPIRED),
        (boto.ParamValidationError(report="x"), Reason.FAILED),
        (boto.PaginationError(message="same token twice"), Reason.FAILED),
        (MalformedTemplate("x"), Reason.MALFORMED),
        (NotSettled("x"), Reason.TIMED_OUT),
        (ServiceFailed("x"), Reason.FAILED),
        (KeyError("StackId"), Reason.MALFORMED),
    ],
)
def test_every_failure_has_a_reason(error: Exception, reason: Reason) -> None:
    def read() -> None:
        raise error

    found = fact(SystemClock(), "cloudformation:DescribeStacks", read)
    assert isinstance(found, Unknown)
    assert found.reason is reason
    assert found.call == "cloudformation:DescribeStacks"
    assert found.detail


@pytest.mark.parametrize(
    ("code", "status", "retries", "operation", "proven"),
    [
        ("ExpiredToken", 403, 0, "ExecuteChangeSet", True),
        ("InvalidChangeSetStatus", 400, 0, "ExecuteChangeSet", True),
        ("ExpiredToken", 403, 1, "ExecuteChangeSet", False),
        ("ExpiredToken", 403, None, "ExecuteChangeSet", False),
        ("InternalFailure", 500, 0, "ExecuteChangeSet", False),
        ("TokenAlreadyExistsException", 400, 0, "ExecuteChangeSet", False),
        ("ExpiredToken", 403, 0, "AssumeRole", False),
    ],
)
def test_only_a_refusal_of_the_first_attempt_proves_that_nothing_was_done(
    code: str, status: int, retries: int | None, operation: str, proven: bool
) -> None:
    error = answer(code, status=status, operation=operation)
    if retries is not None:
        error.response["ResponseMetadata"]["RetryAttempts"] = retries
    assert did_nothing(error, "ExecuteChangeSet") is proven


def test_an_answer_is_known_with_its_time() -> None:
    clock = SystemClock()
    earlier = clock.now()
    found = fact(clock, "x:Y", lambda: 3)
    assert isinstance(found, Known)
    assert found.value == 3
    assert earlier <= found.at <= clock.now()


def test_a_mistake_of_ours_goes_through() -> None:
    with pytest.raises(ZeroDivisionError):
        fact(SystemClock(), "x:Y", lambda: 1 // 0)


def test_the_call_that_really_failed_is_named() -> None:
    assert call_of(answer("Denied", operation="GetPolicy"), "iam:ListRolePolicies") == "iam:GetPolicy"
    assert call_of(answer("Denied", operation="AssumeRole"), "iam:ListRolePolicies") == "sts:AssumeRole"
    assert call_of(NotSettled("x"), "a:B") == "a:B"


def test_only_the_first_line_of_an_error_is_kept() -> None:
    """The lines after it may hold the signed headers, the session token among them."""
    text = detail_of(answer("SignatureDoesNotMatch", "The signature is wrong.\nx-amz-security-token:secret"))
    assert text == "SignatureDoesNotMatch: The signature is wrong."
    told = detail_of(answer("X", "yyyy " * 999))
    assert 490 < len(told) <= 501
    assert told.endswith(" yyyy …")
    assert detail_of(answer("X", "y" * 9999)) == "X: …"
    assert detail_of(NotSettled("")) == "NotSettled"
    assert detail_of(KeyError("StackId")) == "the answer lacks 'StackId'"
