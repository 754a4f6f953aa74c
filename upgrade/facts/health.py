"""How well the deployment is: its alarms, and the certificates it shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from upgrade.facts.known import Fact


@dataclass(frozen=True, slots=True)
class Alarm:
    """cloudwatch:DescribeAlarms of one alarm, metric or composite."""

    name: str
    state: str
    """OK, ALARM, INSUFFICIENT_DATA; empty if CloudWatch knows no such alarm (any more)."""
    reason: str
    """CloudWatch's own words about the state."""
    since: datetime | None
    """When it came into this state, as far as CloudWatch tells."""
    actions: tuple[str, ...]
    """ARNs of what it sets off: topics, scaling policies, …"""


@dataclass(frozen=True, slots=True)
class Certificate:
    """acm:DescribeCertificate of one certificate."""

    arn: str
    domain: str
    status: str
    """PENDING_VALIDATION, ISSUED, INACTIVE, EXPIRED, VALIDATION_TIMED_OUT, REVOKED, FAILED."""
    expires: datetime | None
    """None as long as it is not issued."""
    renews: bool
    """Whether ACM means to renew it by itself."""


Alarms = Mapping[str, Alarm]
"""By logical id."""
Certificates = Mapping[str, Fact[Certificate]]
"""By ARN; where the template does not tell which it is, by the listener that shows it."""
