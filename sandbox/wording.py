"""Faults as each service words them: status, error code, message.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html,
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, the Common Errors page of each service, and
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html for the sentence of a denial.
"""

from sandbox.account import ACCOUNT
from sandbox.operations import Operation


def worded(kind: str, operation: Operation) -> tuple[int, str, str]:
    """Status, code and message of a throttle, expired, denied, http500, skewed or absent fault."""
    if kind == "denied":
        return denied(operation, f"arn:aws:sts::{ACCOUNT}:assumed-role/reader/session", named(operation))
    return *_code(kind, operation), _MESSAGES[kind]


def denied(operation: Operation, who: str, action: str, resource: str = "*") -> tuple[int, str, str]:
    """Status, code and message of a denial.

    Args:
        operation: what was asked for.
        who: ARN of the caller.
        action: what no policy of theirs allows.
        resource: on which.
    """
    status, code = _code("denied", operation)
    if operation.service == "s3":
        return status, code, "Access Denied"
    why = f"because no identity-based policy allows the {action} action"
    message = f"User: {who} is not authorized to perform: {action} on resource: {resource} {why}"
    opening = "You are not authorized to perform this operation. " if operation.service == "ec2" else ""
    return status, code, opening + message


def named(operation: Operation) -> str:
    """IAM's name of an operation."""
    service = _IAM_PREFIX.get(operation.service, operation.service)
    return f"{service}:{_IAM_ACTION.get((service, operation.action), operation.action)}"


def _code(kind: str, operation: Operation) -> tuple[int, str]:
    name = operation.service if operation.service in ("s3", "ec2") else operation.protocol
    return _CODES[kind].get(name) or _CODES[kind]["query"]


_IAM_PREFIX = {"monitoring": "cloudwatch"}
"""Where IAM's prefix is not the name that a service signs with."""

_IAM_ACTION = {
    ("s3", "GetBucketEncryption"): "GetEncryptionConfiguration",
    ("s3", "GetBucketLifecycleConfiguration"): "GetLifecycleConfiguration",
    ("s3", "GetBucketNotificationConfiguration"): "GetBucketNotification",
    ("s3", "GetBucketReplication"): "GetReplicationConfiguration",
    ("s3", "GetPublicAccessBlock"): "GetBucketPublicAccessBlock",
    ("s3", "HeadBucket"): "ListBucket",
    ("s3", "HeadObject"): "GetObject",
    ("s3", "ListBuckets"): "ListAllMyBuckets",
    ("s3", "ListObjects"): "ListBucket",
    ("s3", "ListObjectVersions"): "ListBucketVersions",
    ("s3", "ListObjectsV2"): "ListBucket",
}
"""Where its name of an operation is another.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html"""

_MESSAGES = {
    "throttle": "Rate exceeded",
    "expired": "The security token included in the request is expired",
    "http500": "An internal error has occurred.",
    "skewed": "Signature expired: 20261127T115000Z is now earlier than 20261127T115500Z (20261127T120000Z - 5 min.)",
    "absent": "The action is not valid for this web service.",
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
    "skewed": {
        "query": (403, "SignatureDoesNotMatch"),
        "ec2": (400, "RequestExpired"),
        "s3": (403, "RequestTimeTooSkewed"),
        "json": (400, "InvalidSignatureException"),
        "rest-json": (403, "InvalidSignatureException"),
    },
    "absent": {
        "query": (400, "InvalidAction"),
        "s3": (405, "MethodNotAllowed"),
        "json": (400, "UnknownOperationException"),
        "rest-json": (404, "UnknownOperationException"),
    },
}
