"""Faults as each service words them: status, error code, message.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html,
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, the Common Errors page of each service, and
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html for the sentence of a denial.
"""

from sandbox.account import ACCOUNT
from sandbox.operations import Operation


def worded(kind: str, operation: Operation) -> tuple[int, str, str]:
    """Status, code and message of a throttle, expired, denied or http500 fault."""
    name = operation.service if operation.service in ("s3", "ec2") else operation.protocol
    status, code = _CODES[kind].get(name) or _CODES[kind]["query"]
    return status, code, _denial(operation) if kind == "denied" else _MESSAGES[kind]


def _denial(operation: Operation) -> str:
    if operation.service == "s3":
        return "Access Denied"
    action = f"{_IAM_PREFIX.get(operation.service, operation.service)}:{operation.action}"
    user = f"User: arn:aws:sts::{ACCOUNT}:assumed-role/reader/session"
    why = f"{user} is not authorized to perform: {action} because no identity-based policy allows the {action} action"
    return f"You are not authorized to perform this operation. {why}" if operation.service == "ec2" else why


_IAM_PREFIX = {"monitoring": "cloudwatch"}

_MESSAGES = {
    "throttle": "Rate exceeded",
    "expired": "The security token included in the request is expired",
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
