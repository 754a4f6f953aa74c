"""What AWS's resource provider schemas say of a type, from the copies that cfn-lint ships.

Read from its files, which are no promised API either: importing cfn-lint costs a gate a second and 60 MiB.
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

REGION = "us-east-1"
"""Identity and mutability of a type do not differ by region; this one has the most types."""


_CUSTOM: dict[str, Any] = {"createOnlyProperties": ["/properties/ServiceToken"]}
"""What is known of every custom resource: all else is updated by its function.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html"""


@cache
def schema(resource_type: str) -> dict[str, Any] | None:
    """The schema of a type; None for a type AWS does not publish (custom resources, macros' own)."""
    if is_custom(resource_type):
        return None  # cfn-lint has one for them, but their attributes are whatever their function answers
    if not (digest := _digests().get(resource_type)):
        return None
    found: dict[str, Any] = _json(f"resources/{digest}.json")
    return found


@cache
def _digests() -> Mapping[str, str]:
    """Of each type: the name of the file that has its schema."""
    return {**_json(f"providers/{REGION}.json"), **_json("providers/sam.json")}


def _json(name: str) -> Any:
    found = find_spec("cfnlint")
    folder = Path(*(found.submodule_search_locations or ())) if found else Path()
    return json.loads((folder / "data/schemas" / name).read_text(encoding="utf-8"))


def is_custom(resource_type: str) -> bool:
    """Whether a function of the user's own stands behind this type."""
    return resource_type.startswith("Custom::") or resource_type == "AWS::CloudFormation::CustomResource"


def recreation(resource_type: str, path: str) -> str:
    """Whether a change at this path, `/Properties/A/0/B`, recreates the resource: Never, Conditionally or Always.

    A change of a whole changes its parts, and a change of a part the whole. Of a type that nobody has described any change
    may recreate it.
    """
    known = _CUSTOM if is_custom(resource_type) else schema(resource_type)
    if known is None:
        return "Conditionally"
    keys = path.split("/")[2:]
    if any(_touches(keys, each) for each in known.get("createOnlyProperties", [])):
        return "Always"
    conditional = known.get("conditionalCreateOnlyProperties", [])
    return "Conditionally" if any(_touches(keys, each) for each in conditional) else "Never"


def tag_property(resource_type: str) -> str:
    """Name of the property that holds a type's tags; empty for one that can't be tagged."""
    known = schema(resource_type) or {}
    tagging = known.get("tagging", {})
    if tagging.get("taggable", known.get("taggable", True)) is False:
        return ""
    name = str(tagging.get("tagProperty", "/properties/Tags")).removeprefix("/properties/")
    return name if name in known.get("properties", {}) else ""


def _touches(keys: Iterable[str], pointer: str) -> bool:
    """Whether one of two paths lies within the other; `*` in a schema's stands for any key."""
    declared = pointer.removeprefix("/properties/").split("/")
    return all(name in {key, "*"} for key, name in zip(keys, declared, strict=False))


def is_identity(resource_type: str, attribute: str) -> bool:
    """Whether this Fn::GetAtt value stays the same for as long as the resource is not replaced.

    True for what identifies it (primaryIdentifier, additionalIdentifiers), for its ARN, and for what can only be set at
    creation; an unknown type has no such attribute.
    """
    known = schema(resource_type)
    if known is None:
        return False
    if attribute in {"Arn", f"{resource_type.rpartition('::')[2]}Arn"}:
        return True
    paths = {
        *known.get("primaryIdentifier", []),
        *(path for group in known.get("additionalIdentifiers", []) for path in group),
        *known.get("createOnlyProperties", []),
    }
    return "/properties/" + attribute.replace(".", "/") in paths


_FORMS = {
    "create": ("create{}", "run{}", "run{}s"),
    "update": ("update{}", "modify{}", "create{}version"),
}
"""How a type's own operation is called."""


_SPREAD = frozenset({"AWS::EFS::FileSystem", "AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::IAM::Role"})
"""Types of which one property is changed by another operation than the next: which one an update takes is not certain."""


def permissions(resource_type: str, handler: str) -> frozenset[str]:
    """IAM actions that a handler (create, update, delete) may need: all that any property of the type can take."""
    known = schema(resource_type) or {}
    return frozenset(map(_action, known.get("handlers", {}).get(handler, {}).get("permissions", [])))


def own_action(resource_type: str, handler: str) -> str:
    """The one action that a handler (create, update) needs whatever the property, told by its name: `rds:ModifyDBInstance`.

    Empty where none is named after the type: then only the service knows what a change takes.
    """
    if handler == "update" and resource_type in _SPREAD:
        return ""
    name = resource_type.rpartition("::")[2].lower()
    names = {form.format(name) for form in _FORMS[handler]}
    granted = permissions(resource_type, handler)
    services = Counter(action.partition(":")[0] for action in permissions(resource_type, "create"))
    found = [action for action in sorted(granted) if action.partition(":")[2].lower() in names]
    return max(found, key=lambda action: services[action.partition(":")[0]], default="")


def _action(text: str) -> str:
    """The schemas write services in either case."""
    service, _, name = text.partition(":")
    return f"{service.lower()}:{name}"
