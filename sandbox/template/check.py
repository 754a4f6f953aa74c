"""The structure of a template: what CloudFormation refuses before it looks at any parameter."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from sandbox.template.errors import TemplateError
from sandbox.template.graph import depends_on
from sandbox.template.references import references
from sandbox.template.resolve import SUPPORTED, unsupported

SECTIONS = (
    "AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules", "Mappings", "Conditions", "Transform",
    "Resources", "Outputs", "Hooks",
)  # fmt: skip
RESOURCE = (
    "Type", "Properties", "Condition", "DependsOn", "Metadata", "CreationPolicy", "UpdatePolicy", "DeletionPolicy",
    "UpdateReplacePolicy",
)  # fmt: skip
PARAMETER = (
    "Type", "Default", "Description", "NoEcho", "AllowedValues", "AllowedPattern", "ConstraintDescription", "MinLength",
    "MaxLength", "MinValue", "MaxValue",
)  # fmt: skip
PSEUDO = (
    "AWS::AccountId", "AWS::NotificationARNs", "AWS::NoValue", "AWS::Partition", "AWS::Region", "AWS::StackId",
    "AWS::StackName", "AWS::URLSuffix",
)  # fmt: skip
LIMITS = {"Resources": 500, "Parameters": 200, "Outputs": 200, "Mappings": 200}
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""
MAX_DEPTH = 100
"""Ours: deeper than any template is, and shallow enough for recursive readers."""

_FUNCTIONS = frozenset(SUPPORTED.split(", "))


def check_submitted(body: Mapping[str, Any]) -> None:
    """Refuse a template that can't be right whatever its transforms make of it. Raises TemplateError."""
    _walk(body, "", None)
    _sections(body, (*SECTIONS, "Globals"))  # https://github.com/aws/serverless-application-model: SAM's own section
    for name, node in _members(body, "Parameters", "Type"):
        _parameter(name, node)


def check(body: Mapping[str, Any], left: Collection[str] = ()) -> None:
    """Refuse a template whose structure can't be right.

    Args:
        body: as submitted or, if it declares transforms, as they left it.
        left: functions that a transform may have left in it.

    Raises:
        TemplateError: worded as CloudFormation words it.
    """
    _walk(body, "", {*_FUNCTIONS, *left})
    _sections(body, SECTIONS)
    for name, node in _members(body, "Parameters", "Type"):
        _parameter(name, node)
    for name, node in _members(body, "Resources", "Type"):
        _resource(name, node)
    for name, node in _members(body, "Outputs", "Value"):
        _output(name, node)
    _mappings(body)
    _rules(body)
    _conditions(body)
    _references(body)


def _walk(node: Any, path: str, functions: Collection[str] | None, depth: int = 0) -> None:
    """Refuse what no template may hold; functions other than these too, unless that is None."""
    if node is None:
        raise TemplateError(f"[{path}] 'null' values are not allowed in templates")
    if depth > MAX_DEPTH:
        raise TemplateError("Template format error: the template is nested too deeply.")
    if isinstance(node, dict):
        for key, child in node.items():
            is_function = key.startswith("Fn::") and not path.startswith("/Metadata")
            if is_function and functions is not None and key not in functions:
                raise unsupported(key)
            _walk(child, f"{path}/{key}", functions, depth + 1)
    elif isinstance(node, list):
        for index, child in enumerate(node):
            _walk(child, f"{path}/{index}", functions, depth + 1)


def _sections(body: Mapping[str, Any], sections: Collection[str]) -> None:
    unknown = [name for name in body if name not in sections]
    if unknown:
        raise TemplateError(f"Invalid template property or properties [{', '.join(unknown)}]")
    for name in SECTIONS[2:]:
        if name != "Transform":
            _object(body.get(name, {}), f"/{name}")
    if not body.get("Resources"):
        raise TemplateError("Template format error: At least one Resources member must be defined.")
    version = body.get("AWSTemplateFormatVersion", "2010-09-09")
    if version != "2010-09-09":
        raise TemplateError(f"Template format error: {version} is not a supported value for AWSTemplateFormatVersion.")
    for name, limit in LIMITS.items():
        count = len(body.get(name, {}))
        if count > limit:
            raise TemplateError(
                f"Template format error: Number of {name.lower()}, {count}, is greater than maximum allowed, {limit}"
            )


def _object(node: Any, path: str) -> Mapping[str, Any]:
    if not isinstance(node, dict):
        raise TemplateError(f"Template format error: [{path}] must be an object")
    return node


def _list(node: Any, path: str) -> list[Any]:
    if not isinstance(node, list):
        raise TemplateError(f"Template format error: [{path}] must be a list")
    return node


def _members(body: Mapping[str, Any], section: str, required: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, node in body.get(section, {}).items():
        if not name.isascii() or not name.isalnum():
            raise TemplateError(f"Template format error: {section[:-1]} name {name} is non alphanumeric.")
        if not isinstance(node, dict) or required not in node:
            noun = (
                "member must contain a Value object"
                if section == "Outputs"
                else f"object must contain a {required} member."
            )
            raise TemplateError(f"Template format error: Every {section} {noun}")
        if required == "Type" and not isinstance(node["Type"], str):
            raise TemplateError(f"Template format error: [/{section}/{name}/Type] must be a string")
        yield name, node


def _parameter(name: str, node: Mapping[str, Any]) -> None:
    for key, value in node.items():
        if key not in PARAMETER:
            raise TemplateError(f"Invalid template parameter property '{key}'")
        if key == "AllowedValues":
            _list(value, f"/Parameters/{name}/{key}")
        elif isinstance(value, dict | list):
            raise TemplateError(f"Template format error: Every {key} member must be a string.")
        if key.startswith(("Min", "Max")):
            _number(value, f"/Parameters/{name}/{key}")


def _number(value: Any, path: str) -> None:
    try:
        float(value)
    except ValueError:
        raise TemplateError(f"Template format error: [{path}] must be a number") from None


def _resource(name: str, node: Mapping[str, Any]) -> None:
    for key in node:
        if key not in RESOURCE:
            raise TemplateError(f"Invalid template resource property '{key}'")
    for key in ("Properties", "Metadata", "UpdatePolicy", "CreationPolicy"):
        _object(node.get(key, {}), f"/Resources/{name}/{key}")
    if not all(isinstance(other, str) for other in depends_on(node)):
        raise TemplateError("Template format error: DependsOn must be a string or list of strings.")


def _output(name: str, node: Mapping[str, Any]) -> None:
    if "Export" in node and "Name" not in _object(node["Export"], f"/Outputs/{name}/Export"):
        raise TemplateError(
            f"Template format error: Output {name} is malformed. The Name field of every Export member must be "
            "specified and consist only of alphanumeric characters, colons, or hyphens."
        )


def _mappings(body: Mapping[str, Any]) -> None:
    for name, mapping in body.get("Mappings", {}).items():
        for key, values in _object(mapping, f"/Mappings/{name}").items():
            for value in _object(values, f"/Mappings/{name}/{key}").values():
                if isinstance(value, dict):
                    raise TemplateError("Template format error: Every Mappings attribute must be a String or a List.")


def _rules(body: Mapping[str, Any]) -> None:
    for name, rule in body.get("Rules", {}).items():
        path = f"/Rules/{name}/Assertions"
        for assertion in _list(_object(rule, f"/Rules/{name}").get("Assertions"), path):
            if "Assert" not in _object(assertion, path):
                raise TemplateError(
                    f"Template format error: [{path}] Every Assertions member must contain an Assert member."
                )


def _conditions(body: Mapping[str, Any]) -> None:
    declared = body.get("Conditions", {})
    used: dict[str, Iterable[Any]] = {"Conditions": _used(declared, "Condition")}
    for section in ("Resources", "Outputs"):
        nodes = body.get(section, {}).values()
        used[section] = [node["Condition"] for node in nodes if "Condition" in node] + list(
            _used(list(nodes), "Fn::If")
        )
    for section, names in used.items():
        for name in names:
            if not isinstance(name, str) or name not in declared:
                raise TemplateError(
                    f"Template format error: Unresolved condition dependency {name} in the {section} block of the template"
                )


def _used(node: Any, function: str) -> Iterator[Any]:
    """The condition names that `Fn::If` or `Condition` takes, anywhere in a node."""
    if isinstance(node, dict):
        if len(node) == 1 and function in node:
            argument = node[function]
            yield argument[0] if isinstance(argument, list) and argument else argument
        for child in node.values():
            yield from _used(child, function)
    elif isinstance(node, list):
        for child in node:
            yield from _used(child, function)


def _references(body: Mapping[str, Any]) -> None:
    parameters = {*body.get("Parameters", {}), *PSEUDO}
    resources = set(body["Resources"])
    for section in ("Conditions", "Rules"):
        missing = _missing(body.get(section), parameters)
        if missing:
            raise TemplateError(
                f"Template format error: Unresolved dependencies [{', '.join(missing)}]. Cannot reference resources in "
                f"the {section} block of the template"
            )
    for section in ("Resources", "Outputs"):
        for found in references(body.get(section)):
            if found.attribute is not None and found.name not in resources:
                raise TemplateError(
                    f"Template error: instance of Fn::GetAtt references undefined resource {found.name}"
                )
        missing = _missing(body.get(section), parameters | resources)
        if section == "Resources":
            depended = [other for node in body[section].values() for other in depends_on(node)]
            missing += [other for other in dict.fromkeys(depended) if other not in resources]
        if missing:
            raise TemplateError(
                f"Template format error: Unresolved resource dependencies [{', '.join(missing)}] in the {section} block "
                "of the template"
            )


def _missing(node: Any, known: set[str]) -> list[str]:
    return list(dict.fromkeys(found.name for found in references(node) if found.name not in known))
