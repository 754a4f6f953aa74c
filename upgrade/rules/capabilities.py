"""Which capabilities a template needs. Pure.

CAPABILITY_AUTO_EXPAND is not among them: it has no effect on change sets, and nothing else is made here.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html (Capabilities)
"""

from collections.abc import Iterator, Mapping
from typing import Any

from upgrade.facts.stack import Template

IAM, NAMED = "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"

NAMES: Mapping[str, str] = {
    "AWS::IAM::AccessKey": "",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Policy": "",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::UserToGroupAddition": "",
}
"""Types that need CAPABILITY_IAM, and the property that gives them a name of their own; empty where none does."""


def needed(template: Template) -> dict[str, str]:
    """The capabilities a template needs, each with one reason."""
    body: Any = template.body
    return dict(_of_resources(body["Resources"]))


def missing(needs: Mapping[str, str], granted: tuple[str, ...]) -> dict[str, str]:
    """What is needed and not granted; a named IAM resource's capability includes that of one without a name."""
    have = {*granted, *([IAM] if NAMED in granted else [])}
    return {capability: reason for capability, reason in needs.items() if capability not in have}


def _of_resources(resources: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for logical_id, resource in resources.items():
        if not isinstance(resource, Mapping) or resource.get("Type") not in NAMES:
            continue
        name, properties = NAMES[resource["Type"]], resource.get("Properties", {})
        named = bool(name) and isinstance(properties, Mapping) and name in properties
        yield (NAMED, f"{logical_id} has a name of its own") if named else (IAM, f"{logical_id} ({resource['Type']})")
