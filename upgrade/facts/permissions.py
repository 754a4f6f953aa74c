"""What IAM's simulator says of who works on an update."""

from collections.abc import Mapping
from dataclasses import dataclass

ALLOWED, DENIED = "allowed", "explicitDeny"


@dataclass(frozen=True, slots=True)
class Simulated:
    """One answer of iam:SimulatePrincipalPolicy, asked without a resource unless something else is said."""

    decision: str
    """allowed, explicitDeny, implicitDeny."""
    missing: tuple[str, ...] = ()
    """Condition keys that policies look at and that only the real call has."""
    by_organization: bool = True
    """Whether the organization's policies let it pass; True where nothing is said of them."""


@dataclass(frozen=True, slots=True)
class Permissions:
    """Of the role or user whose permissions CloudFormation uses, what the plan asks for."""

    principal: str
    """ARN."""
    exists: bool
    actions: Mapping[str, Simulated]
    """By action, on any resource; one that the simulator does not know is not among them."""
    passes: Mapping[str, Mapping[str, Simulated]]
    """iam:PassRole by ARN of the role that is passed, then by the service it is passed to."""
