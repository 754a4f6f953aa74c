"""Which actions a plan needs for certain, and which roles it passes to which services. Pure.

The permissions of a type's handlers are unions over all its properties (47 actions to update a bucket): certain are only
those named after the type itself. What deletes comes after the update is complete, and no failure of it takes that back.
"""

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from upgrade.facts.changes import Plan, ResourceChange
from upgrade.facts.stack import Resource
from upgrade.template.schema import own_action, permissions

PASS_ROLE = "iam:PassRole"  # noqa: S105  # not a password
_ROLE = "AWS::IAM::Role"
_TAKES_ROLES = re.compile("Role(s|Arn|ARN)?$")
_OTHER_WORDS = frozenset({"Environment", "Fn::If", "Tags"})
"""Below these, names are the template author's or the value hangs on a condition."""
_MOVES = {"AWS::EC2::LaunchTemplate": "LatestVersionNumber"}
"""By type, the attribute that has another value after every update of its properties.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-launchtemplate.html"""
_ARN = re.compile(r"arn:[\w-]+:iam::\d{12}:role/\S+")


def needed(changes: Iterable[ResourceChange]) -> dict[str, list[ResourceChange]]:
    """By action, the changes that take it for certain."""
    changes = tuple(changes)
    moved = {f"{each.logical_id}.{_MOVES[each.type]}" for each in changes if each.type in _MOVES and _set(each)}
    return _own((change, _certain(change, moved)) for change in changes)


def perhaps(changes: Iterable[ResourceChange]) -> dict[str, list[ResourceChange]]:
    """By action, the changes that may take it, as far as it is named after their type."""
    return _own((change, handler) for change in changes for handler in _possible(change) if handler != "delete")


def _own(taken: Iterable[tuple[ResourceChange, str]]) -> dict[str, list[ResourceChange]]:
    found: dict[str, list[ResourceChange]] = {}
    for change, handler in taken:
        if handler and (action := own_action(change.type, handler)):
            found.setdefault(action, []).append(change)
    return found


def left_open(changes: Iterable[ResourceChange], assessed: Iterable[str]) -> dict[str, int]:
    """By service, how many more actions the changes may take; in alphabetical order."""
    possible = {
        action for change in changes for handler in _possible(change) for action in permissions(change.type, handler)
    }
    return dict(sorted(Counter(action.partition(":")[0] for action in possible - set(assessed)).items()))


def passed(plan: Plan, resources: Iterable[Resource], principal: str) -> dict[str, tuple[str, ...]]:
    """ARNs of the roles that the plan passes for certain and that exist, each with the services that may assume it.

    Args:
        plan: predicted or real.
        resources: what the stack holds.
        principal: whose partition and account the roles are in.
    """
    declared: Mapping[str, Any] = plan.template.value.body.get("Resources", {})  # type: ignore[assignment]
    moving = {
        change.logical_id for change in plan.changes if change.action != "Modify" or change.replacement != "False"
    }
    live = {each.logical_id: each.physical_id for each in resources if each.logical_id not in moving}
    found: dict[str, tuple[str, ...]] = {}
    for change in plan.changes:
        if PASS_ROLE not in permissions(change.type, "create"):
            continue
        for name in _named(_touched(change, declared.get(change.logical_id, {}))):
            role = declared.get(name, {})
            if role.get("Type") == _ROLE and name in live:
                found.update({arn: tuple(_trusted(role)) for arn in _arns(role, live[name], principal)})
            elif _ARN.fullmatch(text := plan.parameters.get(name, name)):
                found[text] = ()
    return found


def _certain(change: ResourceChange, moved: Container[str]) -> str:
    """The handler that a change takes for certain, given the attributes that certainly have another value; empty if none."""
    match change.action, change.replacement:
        case ("Add", _) | ("Modify", "True"):
            return "create"
        case "Modify", "False" if _set(change) or any(each.causing_entity in moved for each in change.details):
            return "update"
    return ""


def _possible(change: ResourceChange) -> tuple[str, ...]:
    """All handlers that it may take."""
    match change.action, change.replacement:
        case "Add", _:
            return ("create",)
        case "Modify", "False":
            return ("update",)
        case "Remove", _:
            return ("delete",)
    return ("create", "update", "delete")


def _touched(change: ResourceChange, declared: Mapping[str, Any]) -> dict[str, Any]:
    """The property values that a change sets for certain."""
    properties: dict[str, Any] = declared.get("Properties", {})
    if change.action == "Add" or change.replacement == "True":
        return properties
    return {name: value for name, value in properties.items() if name in _set(change)}


def _set(change: ResourceChange) -> set[str]:
    """Names of the properties that change whatever comes of other resources."""
    return {each.name for each in change.details if each.attribute == "Properties" and each.evaluation == "Static"}


def _named(properties: Mapping[str, Any]) -> Iterator[str]:
    """Roles, parameters and ARNs in properties that by their name take roles, but for what hangs on a condition."""
    for key, value in properties.items():
        for item in value if isinstance(value, list) else [value]:
            match item:
                case str(name) | {"Ref": str(name)} | {"Fn::GetAtt": [str(name), "Arn"]} if _TAKES_ROLES.search(key):
                    yield name
                case dict() if key not in _OTHER_WORDS:
                    yield from _named(item)


def _arns(role: Mapping[str, Any], name: str, principal: str) -> list[str]:
    """The ARN of a declared role; none where its path is not known."""
    partition, account = principal.split(":")[1], principal.split(":")[4]
    path = role.get("Properties", {}).get("Path", "/")
    return [f"arn:{partition}:iam::{account}:role{path}{name}"] if isinstance(path, str) else []


def _trusted(role: Mapping[str, Any]) -> Iterator[str]:
    """The services that a declared role's trust policy names as they are."""
    statements = role.get("Properties", {}).get("AssumeRolePolicyDocument", {}).get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        match statement:
            case {"Principal": {"Service": str(service)}}:
                yield service
            case {"Principal": {"Service": list(services)}}:
                yield from (service for service in services if isinstance(service, str))
