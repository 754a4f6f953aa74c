"""Which capabilities a template needs to be acknowledged.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html, Capabilities
"""

from collections.abc import Collection, Mapping
from typing import Any

from sandbox.engine.errors import CloudFormationError
from sandbox.engine.state import Definition

EXPAND = "CAPABILITY_AUTO_EXPAND"

_NAMES = {
    "AWS::IAM::AccessKey": None,
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Policy": None,
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::UserToGroupAddition": None,
}
"""IAM types, and the property that gives the resource a name of its own."""


def required(body: Mapping[str, Any]) -> tuple[str, ...]:
    """The capability the resources need: none, CAPABILITY_IAM or CAPABILITY_NAMED_IAM."""
    iam = {name: kind for name, kind in kinds(body).items() if kind in _NAMES}
    if not iam:
        return ()
    named = any(_NAMES[kind] in (body["Resources"][name].get("Properties") or {}) for name, kind in iam.items())
    return ("CAPABILITY_NAMED_IAM",) if named else ("CAPABILITY_IAM",)


def reason(body: Mapping[str, Any]) -> str | None:
    """CapabilitiesReason."""
    iam = sorted({kind for kind in kinds(body).values() if kind in _NAMES})
    return f"The following resource(s) require capabilities: [{', '.join(iam)}]" if iam else None


def kinds(body: Mapping[str, Any]) -> dict[str, str]:
    """The type of every resource that is written in a template; of a submitted one without what its loops make."""
    return {
        name: node["Type"]
        for name, node in body["Resources"].items()
        if isinstance(node, dict) and isinstance(node.get("Type"), str)
    }


def check_expansion(definition: Definition) -> None:
    """Refuse to run transforms without a change set that shows what they made, unless that was acknowledged.

    Raises InsufficientCapabilitiesException.
    """
    if definition.transforms and EXPAND not in definition.capabilities:
        raise _missing(EXPAND)


def check(body: Mapping[str, Any], given: Collection[str]) -> None:
    """Refuse what was not acknowledged. Raises InsufficientCapabilitiesException."""
    acknowledged = {*given, *(["CAPABILITY_IAM"] if "CAPABILITY_NAMED_IAM" in given else [])}
    missing = [name for name in required(body) if name not in acknowledged]
    if missing:
        raise _missing(*missing)


def _missing(*names: str) -> CloudFormationError:
    return CloudFormationError("InsufficientCapabilitiesException", f"Requires capabilities : [{', '.join(names)}]")
