"""What the engine asks of a resource type: the four handlers of a CloudFormation resource provider.

Source: https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract.html
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Properties = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """One call of a handler."""

    account: str
    region: str
    stack_name: str
    stack_id: str
    logical_id: str
    type: str
    properties: Properties
    """Wanted: fully resolved, AWS::NoValue removed. For delete and read: as last set."""
    client: Callable[[str], Any]
    """boto3 client of a service, wired beneath the fault layer: never throttled, never in the call log."""
    physical_id: str = ""
    """Empty when creating."""
    previous: Properties = field(default_factory=dict)
    """For update: as last set."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Stack-level tags and the three `aws:cloudformation:*` ones, to be put on what can be tagged."""
    previous_tags: Mapping[str, str] = field(default_factory=dict)
    """For update: the stack-level tags as last set, so that those taken away are taken off the resource."""
    suffix: str = ""
    """Random part of a generated name, as in `stack-LogicalId-1A2B3C4D5E6F`; chosen by the engine."""
    update_policy: Mapping[str, Any] = field(default_factory=dict)
    """The resource's UpdatePolicy attribute, resolved; Auto Scaling groups act on it."""
    rollback: bool = False
    """The update takes back a failed one."""


@dataclass(frozen=True, slots=True)
class Handled:
    """What a create or update leaves: the value of Ref, and those of Fn::GetAtt."""

    physical_id: str
    attributes: Mapping[str, Any]


class HandlerError(Exception):
    """A handler's refusal. The engine words it as CloudFormation does."""

    def __init__(self, message: str, code: str = "GeneralServiceException") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        """HandlerErrorCode: InvalidRequest, NotFound, AlreadyExists, NotStabilized, AccessDenied, ServiceLimitExceeded …"""


class Gone(Exception):  # noqa: N818  # a state of the world, not a mistake
    """read: the resource no longer exists."""


class Provider(Protocol):
    """The handlers of one resource type."""

    drift: bool
    """Whether CloudFormation can detect drift on this type."""

    def create(self, request: Request) -> Handled:
        """Create it. Raises HandlerError."""
        ...

    def update(self, request: Request) -> Handled:
        """Change it in place; the physical id normally stays. Raises HandlerError."""
        ...

    def delete(self, request: Request) -> None:
        """Delete it; what is already gone is no error. Raises HandlerError."""
        ...

    def read(self, request: Request) -> Properties:
        """Live properties, in the schema's names, of what can be read. Raises Gone."""
        ...
