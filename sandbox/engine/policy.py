"""Stack policies: which updates of which resources are allowed.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
Once there is a policy, what no statement allows is denied, and a Deny wins. Checked when a resource is about to be
updated, not when a change set is made.
"""

import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Literal

from sandbox.engine.errors import ValidationError

PolicyAction = Literal["Update:Modify", "Update:Replace", "Update:Delete"]

_ACTIONS = ("Update:Modify", "Update:Replace", "Update:Delete", "Update:*")


def check(text: str) -> None:
    """Refuse a policy that is none. Raises ValidationError."""
    try:
        body = json.loads(text)
    except ValueError:
        raise ValidationError("Error validating stack policy: Invalid stack policy") from None
    if not isinstance(body, dict) or not isinstance(body.get("Statement"), list):
        raise ValidationError("Error validating stack policy: Invalid stack policy")
    for statement in body["Statement"]:
        _check_statement(statement)


def denial(text: str | None, logical_id: str, resource_type: str, action: PolicyAction) -> str | None:
    """Why the policy denies this action on this resource; None if it does not."""
    if text is None:
        return None
    statements = json.loads(text)["Statement"]
    allowed = False
    for number, statement in enumerate(statements, 1):
        if not _covers(statement, logical_id, resource_type, action):
            continue
        if statement["Effect"] == "Deny":
            return (
                f"Action denied by stack policy: Statement [#{number}] does not allow [{action}] "
                f"for resource [LogicalResourceId/{logical_id}];"
            )
        allowed = True
    if allowed:
        return None
    return f"Action not allowed by stack policy: no statement allows [{action}] for resource [LogicalResourceId/{logical_id}];"


def _check_statement(statement: Any) -> None:
    if not isinstance(statement, dict) or statement.get("Effect") not in ("Allow", "Deny"):
        raise ValidationError("Error validating stack policy: Invalid stack policy")
    if statement.get("Principal", "*") not in ("*", {"AWS": "*"}):
        raise ValidationError("Error validating stack policy: Invalid principal")
    for action in _listed(statement.get("Action", statement.get("NotAction"))):
        if action not in _ACTIONS:
            raise ValidationError(f"Error validating stack policy: Invalid action {action}")


def _covers(statement: Mapping[str, Any], logical_id: str, resource_type: str, action: str) -> bool:
    return (
        _matches(statement, "Action", action)
        and _matches(statement, "Resource", f"LogicalResourceId/{logical_id}")
        and all(_holds(operator, keys, resource_type) for operator, keys in statement.get("Condition", {}).items())
    )


def _matches(statement: Mapping[str, Any], element: str, value: str) -> bool:
    """Resource and NotResource, Action and NotAction; `*` stands for anything."""
    if element in statement:
        return any(fnmatchcase(value, pattern) for pattern in _listed(statement[element]))
    excluded = statement.get(f"Not{element}")
    return excluded is not None and not any(fnmatchcase(value, pattern) for pattern in _listed(excluded))


def _holds(operator: str, keys: Mapping[str, Any], resource_type: str) -> bool:
    """The only key there is is ResourceType, with StringEquals and StringLike."""
    wanted = _listed(keys.get("ResourceType", []))
    if operator == "StringLike":
        return any(fnmatchcase(resource_type, pattern) for pattern in wanted)
    return resource_type in wanted


def _listed(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [] if value is None else [str(value)]
