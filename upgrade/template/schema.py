"""What AWS's resource provider schemas say of a type, from the copies that cfn-lint ships.

The only module of the gate that touches cfn-lint's schema manager, which is no promised API.
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

from functools import cache
from typing import Any

REGION = "us-east-1"
"""Identity and mutability of a type do not differ by region; this one has the most types."""


@cache
def schema(resource_type: str) -> dict[str, Any] | None:
    """The schema of a type; None for a type AWS does not publish (custom resources, macros' own)."""
    if resource_type.startswith("Custom::") or resource_type == "AWS::CloudFormation::CustomResource":
        return None  # cfn-lint has one for them, but their attributes are whatever their function answers
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER, ResourceNotFoundError  # noqa: PLC0415  # half a second to import

    try:
        found: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, resource_type).schema
    except ResourceNotFoundError:
        return None
    return found


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
