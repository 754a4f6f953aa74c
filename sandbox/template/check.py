"""The structure of a template: what CloudFormation refuses before it looks at any parameter."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.template.errors import TemplateError
from sandbox.template.references import references

SECTIONS = (
    "AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules", "Mappings", "Conditions", "Transform",
    "Resources", "Outputs", "Hooks",
)  # fmt: skip
RESOURCE = (
    "Type", "Properties", "Condition", "DependsOn", "Metadata", "CreationPolicy", "UpdatePolicy", "DeletionPolicy",
    "UpdateReplacePolicy",
)  # fmt: skip
PSEUDO = (
    "AWS::AccountId", "AWS::NotificationARNs", "AWS::NoValue", "AWS::Partition", "AWS::Region", "AWS::StackId",
    "AWS::StackName", "AWS::URLSuffix",
)  # fmt: skip
LIMITS = {"Resources": 500, "Parameters": 200, "Outputs": 200, "Mappings": 200}
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""


def check(body: Mapping[str, Any]) -> None:
    """Refuse a template whose structure can't be right. Raises TemplateError."""
    _sections(body)
    _transform(body)
    for section, kind in (("Resources", "Type"), ("Parameters", "Type"), ("Outputs", "Value")):
        _members(body, section, kind)
    for name, resource in body["Resources"].items():
        _resource(name, resource)
    _conditions(body)
    _references(body)


def _sections(body: Mapping[str, Any]) -> None:
    unknown = [text for text in map(str, body) if text not in SECTIONS]
    if unknown:
        raise TemplateError(f"Invalid template property or properties [{', '.join(unknown)}]")
    for name in SECTIONS[2:]:
        if name != "Transform" and body.get(name) is not None and not isinstance(body[name], dict):
            raise TemplateError(f"Template format error: {name} must be an object")
    if not body.get("Resources"):
        raise TemplateError("Template format error: At least one Resources member must be defined.")
    if body.get("AWSTemplateFormatVersion", "2010-09-09") != "2010-09-09":
        raise TemplateError("Template format error: AWSTemplateFormatVersion must be 2010-09-09")
    for name, limit in LIMITS.items():
        if len(body.get(name) or {}) > limit:
            raise TemplateError(
                f"Template format error: Number of {name.lower()}, {len(body[name])}, is greater than maximum allowed, {limit}"
            )


def _transform(body: Mapping[str, Any]) -> None:
    """Macros run code of an account; the sandbox has none."""
    names = body.get("Transform") or []
    for name in names if isinstance(names, list) else [names]:
        shown = name.get("Name") if isinstance(name, dict) else name
        raise TemplateError(f"No transform named {shown} found.")


def _members(body: Mapping[str, Any], section: str, kind: str) -> None:
    for name, node in (body.get(section) or {}).items():
        if not isinstance(name, str) or not name.isascii() or not name.isalnum():
            raise TemplateError(f"Template format error: {section[:-1]} name {name} is non alphanumeric.")
        if not isinstance(node, dict) or node.get(kind) is None:
            raise TemplateError(f"Template format error: Every {section} object must contain a {kind} member.")
        if kind == "Type" and not isinstance(node[kind], str):
            raise TemplateError(
                f"Template format error: [/{section}/{name}/Type] 'null' values are not allowed in templates"
            )


def _resource(name: str, resource: Mapping[str, Any]) -> None:
    for key in resource:
        if key not in RESOURCE:
            raise TemplateError(f"Invalid template resource property '{key}'")
    if not isinstance(resource.get("Properties") or {}, dict):
        raise TemplateError(f"Template format error: [/Resources/{name}/Properties] must be an object")
    depends = resource.get("DependsOn") or []
    if not isinstance(depends, str | list) or not all(isinstance(item, str) for item in depends):
        raise TemplateError(
            f"Template format error: [/Resources/{name}/DependsOn] must be a string or a list of strings"
        )


def _conditions(body: Mapping[str, Any]) -> None:
    declared = body.get("Conditions") or {}
    for section in ("Resources", "Outputs"):
        for node in (body.get(section) or {}).values():
            if "Condition" in node and node["Condition"] not in declared:
                raise TemplateError(
                    f"Template format error: Unresolved condition dependency {node['Condition']} in the {section} block of the template"
                )
            for name in _used_conditions(node):
                if name not in declared:
                    raise TemplateError(
                        f"Template format error: Unresolved condition dependency {name} in the {section} block of the template"
                    )


def _used_conditions(node: Any) -> Iterator[str]:
    match node:
        case {"Fn::If": [str(name), *branches]} if len(node) == 1:
            yield name
            for branch in branches:
                yield from _used_conditions(branch)
        case dict():
            for child in node.values():
                yield from _used_conditions(child)
        case list():
            for child in node:
                yield from _used_conditions(child)


def _references(body: Mapping[str, Any]) -> None:
    parameters = set(body.get("Parameters") or {}) | set(PSEUDO)
    resources = set(body["Resources"])
    for section in ("Conditions", "Rules"):
        wrong = _missing(body.get(section), parameters)
        if wrong:
            raise TemplateError(
                f"Template format error: Unresolved dependencies [{', '.join(wrong)}]. Cannot reference resources in the {section} block of the template"
            )
    for section in ("Resources", "Outputs"):
        wrong = _missing(body.get(section), parameters | resources)
        if section == "Resources":
            wrong += [other for node in body[section].values() for other in _depends_on(node) if other not in resources]
        if wrong:
            raise TemplateError(
                f"Template format error: Unresolved resource dependencies [{', '.join(dict.fromkeys(wrong))}] in the {section} block of the template"
            )


def _missing(node: Any, known: set[str]) -> list[str]:
    return list(dict.fromkeys(found.name for found in references(node) if found.name not in known))


def _depends_on(resource: Mapping[str, Any]) -> list[str]:
    found = resource.get("DependsOn") or []
    return found if isinstance(found, list) else [found]
