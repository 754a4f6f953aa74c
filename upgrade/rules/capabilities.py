"""Which capabilities a template needs. Pure.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html (Capabilities)
"""

from collections.abc import Iterator, Mapping
from typing import Any

from upgrade.facts.stack import Template

IAM, NAMED, EXPAND = "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"

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

EXPANDED_WITHOUT = frozenset({"AWS::LanguageExtensions"})
"""Transforms that need no capability."""


def needed(template: Template) -> dict[str, str]:
    """The capabilities a template needs, each with one reason."""
    body: Any = template.body
    reasons = dict(_of_resources(body["Resources"]))
    macros = [name for name in _transforms(body) if name not in EXPANDED_WITHOUT]
    if macros:
        reasons[EXPAND] = f"transform {macros[0]}"
    return reasons


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


def _transforms(node: Any, *, top: bool = True) -> Iterator[str]:
    """Macros: the template's own, and those inside it (Fn::Transform)."""
    if top and isinstance(node, Mapping) and "Transform" in node:
        declared = node["Transform"]
        for each in declared if isinstance(declared, list) else [declared]:
            yield str(each.get("Name")) if isinstance(each, Mapping) else str(each)
    if isinstance(node, Mapping):
        inner = node.get("Fn::Transform")
        if isinstance(inner, Mapping):
            yield str(inner.get("Name"))
        for child in node.values():
            yield from _transforms(child, top=False)
    elif isinstance(node, list):
        for child in node:
            yield from _transforms(child, top=False)
