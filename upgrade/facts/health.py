"""How well the deployment is: its alarms, the certificates it shows, what the application answers."""

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


REFUSED = 400
"""HTTP status of the answer to a request that wants a version above the application's."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address of the application answered to a GET over HTTPS."""

    status: int | None
    """Of HTTP, a redirect to another host included; None if no answer came."""
    problem: str
    """Why none came; empty if one did."""
    named: bool = False
    """Whether the configuration names the address, and so says that it can be reached from this machine."""

    @property
    def good(self) -> bool:
        """Whether the application answers, and not with an error."""
        return self.status is not None and self.status < 400  # noqa: PLR2004  # HTTP

    @property
    def passing(self) -> bool:
        """Whether another answer may come by itself: none came, or an error of the server."""
        return self.status is None or self.status >= 500  # noqa: PLR2004  # HTTP

    def __str__(self) -> str:
        return self.problem or f"HTTP {self.status}"


@dataclass(frozen=True, slots=True)
class VersionProbe:
    """The running application's version, asked by two requests: is it at least so new, and no newer?"""

    address: str
    version: str
    """Of the deployed template, without `v`."""
    at_least: Answer
    """To the request that wants this version or a newer one."""
    above: Answer
    """To the request that wants one above it."""

    @property
    def is_older(self) -> bool:
        """Whether the application runs and refuses this version."""
        return self.at_least.status == REFUSED


Alarms = Mapping[str, Alarm]
"""By logical id."""
Certificates = Mapping[str, Fact[Certificate]]
"""By ARN; where the template does not tell which it is, by the listener that shows it."""
Answers = Mapping[str, Answer]
"""By address."""
