"""Which capabilities a template needs to be acknowledged.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html, Capabilities
"""

from collections.abc import Collection, Mapping
from typing import Any

from sandbox.engine.errors import CloudFormationError

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
    """The capability the template needs: none, CAPABILITY_IAM or CAPABILITY_NAMED_IAM."""
    iam = [resource for resource in body["Resources"].values() if resource["Type"] in _NAMES]
    if not iam:
        return ()
    named = any(_NAMES[resource["Type"]] in (resource.get("Properties") or {}) for resource in iam)
    return ("CAPABILITY_NAMED_IAM",) if named else ("CAPABILITY_IAM",)


def reason(body: Mapping[str, Any]) -> str | None:
    """CapabilitiesReason."""
    kinds = sorted({resource["Type"] for resource in body["Resources"].values() if resource["Type"] in _NAMES})
    return f"The following resource(s) require capabilities: [{', '.join(kinds)}]" if kinds else None


def check(body: Mapping[str, Any], given: Collection[str]) -> None:
    """Refuse what was not acknowledged. Raises InsufficientCapabilitiesException."""
    acknowledged = {*given, *(["CAPABILITY_IAM"] if "CAPABILITY_NAMED_IAM" in given else [])}
    missing = [name for name in required(body) if name not in acknowledged]
    if missing:
        raise CloudFormationError(
            "InsufficientCapabilitiesException", f"Requires capabilities : [{', '.join(missing)}]"
        )
