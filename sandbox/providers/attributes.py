"""The values of Fn::GetAtt: what the service says, else what one on AWS looks like.

Invented values depend on the physical id alone, so they stay the same through updates.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from sandbox.engine.schema import Schema, schema
from sandbox.providers.base import Handled, Request
from sandbox.providers.shapes import ABSENT, member

WHEN = "2025-01-01T00:00:00.000Z"


def complete(request: Request, handled: Handled) -> Handled:
    """The result of a handler with a value for every attribute a template may ask for."""
    known = schema(request.type)
    if known is None:
        return handled
    given = {name: value for name, value in handled.attributes.items() if "." in name or name in known.properties}
    found = {name: _value(request, known, handled, name) for name in names(known)}
    return Handled(handled.physical_id, {**given, **found})


def names(known: Schema) -> list[str]:
    """Attribute names of a type: `Arn`, `Endpoint.Address`; parts of list items can't be asked for."""
    return [path.removeprefix("/").replace("/", ".") for path in sorted(known.read_only) if "*" not in path]


def _value(request: Request, known: Schema, handled: Handled, name: str) -> Any:
    value: Any = handled.attributes.get(name, ABSENT)
    if value is ABSENT:
        value = handled.attributes
        for part in name.split("."):
            value = member(value, part) if isinstance(value, Mapping) else ABSENT
    if value is ABSENT or value is None:
        return invented(request, handled.physical_id, name, _kind(known, name))
    return value


def _kind(known: Schema, name: str) -> str:
    """The JSON type of an attribute in the schema."""
    node: Any = {"properties": known.document.get("properties", {})}
    for part in name.split("."):
        node = node.get("properties", {}).get(part, {})
        if "$ref" in node:
            node = known.document.get("definitions", {}).get(node["$ref"].rsplit("/", 1)[-1], {})
    kind = node.get("type", "string")
    return str(kind[0] if isinstance(kind, list) else kind)


def invented(request: Request, physical_id: str, name: str, kind: str) -> Any:
    """A plausible attribute of that name."""
    if kind == "array":
        return []
    if kind == "object":
        return {}
    if kind == "boolean":
        return False
    if kind in {"integer", "number"}:
        return 1
    return _text(request, physical_id, name.rsplit(".", 1)[-1])


def _text(request: Request, physical_id: str, name: str) -> str:
    word = name.lower()
    service = request.type.split("::")[1].lower()
    digest = hashlib.sha256(f"{physical_id}/{name}".encode()).hexdigest()
    if word.endswith("arn"):
        return arn(request, physical_id)
    if word == "port":
        return "443"
    if word.endswith(("address", "endpoint", "dnsname", "domainname", "hostname", "url")):
        return f"{digest[:12]}.{request.region}.{service}.amazonaws.com"
    if word.endswith(("time", "timestamp", "date", "createdat", "updatedat")):
        return WHEN
    if word.endswith("id"):
        return physical_id if word == "id" or not physical_id.startswith("arn:") else digest[:17]
    return physical_id


SERVICES = {
    "certificatemanager": "acm",
    "efs": "elasticfilesystem",
    "elasticloadbalancingv2": "elasticloadbalancing",
    "opensearchservice": "es",
    "stepfunctions": "states",
}
"""A service's name in ARNs where it is not the one in its types."""

SEPARATED_BY_COLON = frozenset({"lambda", "logs", "rds", "secretsmanager", "states"})
GLOBAL = frozenset({"cloudfront", "iam", "route53"})
RESOURCES = {"AWS::Logs::LogGroup": "log-group"}
"""A resource's name in ARNs where it is not the one in its type."""


def arn(request: Request, name: str) -> str:
    """The ARN of a resource of the request's type; an ARN as it is."""
    _, service, kind = request.type.split("::")
    service = SERVICES.get(service.lower(), service.lower())
    if name.startswith("arn:"):
        return name
    if service in {"s3", "sns", "sqs"}:
        place = ":" if service == "s3" else f"{request.region}:{request.account}"
        return f"arn:aws:{service}:{place}:{name}"
    resource = RESOURCES.get(request.type, kind[0].lower() + kind[1:])
    separator = ":" if service in SEPARATED_BY_COLON else "/"
    region = "" if service in GLOBAL else request.region
    end = ":*" if service == "logs" else ""
    return f"arn:aws:{service}:{region}:{request.account}:{resource}{separator}{name}{end}"
