"""One AWS call, as the call log keeps it."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

_AWS = (
    ".amazonaws.com", ".api.aws", ".amazonaws.com.cn", ".api.amazonwebservices.com.cn", ".amazonaws.eu",
    ".api.amazonwebservices.eu",
)  # fmt: skip
"""Domains of AWS's endpoints in the partitions the public can use. Source: botocore's partitions.json."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call of an AWS operation, all its attempts together."""

    service: str
    """Signing name, e.g. `cloudformation`."""
    operation: str
    at: datetime
    seconds: float
    attempts: int
    request_id: str
    """AWS's request id of the last attempt: an auditor finds it in CloudTrail."""
    outcome: str
    """`ok`, the error code, or `refused`: not sent, because the client's door does not allow it."""
    endpoint: str
    """Scheme and host the call went to."""
    mutates: bool
    """Whether the operation can change anything in the account."""
    door: str
    """What its client may do: read, plan, apply, store (upgrade.aws.doors)."""


def is_aws(endpoint: str) -> bool:
    """Whether an endpoint (scheme and host) is AWS's own."""
    parts = urlsplit(endpoint)
    return parts.scheme == "https" and f".{parts.hostname or ''}".endswith(_AWS)
