"""A resource's properties against its schema, refused in CloudFormation's words."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.engine.schema import schema
from sandbox.providers.base import HandlerError, Request


def check(request: Request) -> None:
    """Raises HandlerError if a required property is missing or one is not in the schema."""
    known = schema(request.type)
    if known is None:
        return
    found = list(_violations(known.document, known.document, request.properties, "#"))
    if not found:
        return
    if not known.handlers:
        unknown = sorted(request.properties.keys() - known.properties)
        if unknown:
            raise HandlerError(f"Encountered unsupported property {unknown[0]}", "InvalidRequest")
    lines = found if len(found) == 1 else [f"#: {len(found)} schema violations found", *found]
    message = f"Properties validation failed for resource {request.logical_id} with message:\n" + "\n".join(lines)
    raise HandlerError(message, "InvalidRequest")


def _violations(document: Mapping[str, Any], node: Mapping[str, Any], value: Any, path: str) -> Iterator[str]:
    node = _followed(document, node)
    if isinstance(value, Mapping):
        yield from _object(document, node, value, path)
    elif isinstance(value, list) and isinstance(node.get("items"), Mapping):
        for index, item in enumerate(value):
            yield from _violations(document, node["items"], item, f"{path}/{index}")


def _object(document: Mapping[str, Any], node: Mapping[str, Any], value: Mapping[str, Any], path: str) -> Iterator[str]:
    for name in node.get("required", ()):
        if name not in value:
            yield f"{path}: required key [{name}] not found"
    properties = node.get("properties", {})
    closed = node.get("additionalProperties") is False and not node.get("patternProperties")
    for name, item in value.items():
        if name in properties:
            yield from _violations(document, properties[name], item, f"{path}/{name}")
        elif closed:
            yield f"{path}: extraneous key [{name}] is not permitted"


def _followed(document: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """The definition a `$ref` points to."""
    while "$ref" in node:
        target: Any = document
        for part in str(node["$ref"]).removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node
