"""Which operation of which service a request asks for, in every protocol AWS speaks.

The signature names the service; the operation stands in a header (json), in the form (query, ec2) or in method, path,
query string and headers together (rest-json, rest-xml), which only the service model can tell apart.
https://smithy.io/2.0/aws/protocols/index.html
"""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote_plus

from botocore.exceptions import UnknownServiceError

from sandbox import models

_SCOPE = re.compile(r"Credential=(?P<key>[^/]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")

_SIGNING_NAMES = {
    "apigateway": ("apigateway", "apigatewayv2"),
    "elasticfilesystem": ("efs",),
    "es": ("opensearch", "es"),
    "monitoring": ("cloudwatch",),
    "s3": ("s3", "s3control"),
    "ses": ("sesv2", "ses"),
}
"""Where services sign with another name than botocore calls them by."""

_READS = re.compile(
    r"(Describe|Get|List|Head|Lookup|Search|Scan|Query|Select|Filter|View|BatchGet|BatchDescribe|Check|Validate|Verify"
    r"|Estimate|Simulate|Preview|Decode|Detect|Test|Assume|Encrypt|Decrypt|Sign)(?=[A-Z0-9]|$)|(GET|HEAD) "
)
"""Detect: drift detection changes nothing but the drift status. Assume, Sign …: IAM calls them writes, nothing changes."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What a request asks for."""

    service: str
    """Signing name; `s3` where a request is not signed."""
    action: str
    """Name of the API operation; `METHOD /path` where no service model knows it."""
    protocol: str
    """query, ec2, json, rest-json or rest-xml."""
    region: str = ""
    key: str = ""
    """Id of the access key it is signed with; empty where it is not signed."""

    @property
    def mutating(self) -> bool:
        """Whether such a call may change something, judged by the operation's verb as IAM's access levels are."""
        return not _READS.match(self.action)

    @property
    def names(self) -> tuple[str, ...]:
        """What the service may be called: by its signature or by botocore."""
        return (self.service, *_SIGNING_NAMES.get(self.service, ()))


def operation_of(environ: dict[str, Any]) -> Operation:
    """The operation a WSGI request asks for; its body can still be read afterwards."""
    scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", "") or unquote_plus(_presigned(environ)))
    service, region, key = (scope["service"], scope["region"], scope["key"]) if scope else ("s3", "", "")
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return Operation(service, target.rpartition(".")[2], "json", region, key)
    if action := next(iter(form_of(environ).get("Action", ())), None):
        return Operation(service, action, "ec2" if service == "ec2" else "query", region, key)
    action, protocol = _rest(service, environ)
    return Operation(service, action, protocol, region, key)


def form_of(environ: dict[str, Any]) -> dict[str, list[str]]:
    """Query string and form of a request; its body can still be read afterwards."""
    form = str(environ.get("QUERY_STRING", ""))
    if str(environ.get("CONTENT_TYPE", "")).startswith("application/x-www-form-urlencoded"):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        form = f"{form}&{body.decode('utf-8', 'replace')}"
    return parse_qs(form)


def _presigned(environ: Mapping[str, Any]) -> str:
    """A presigned address carries its scope in the query string."""
    return str(environ.get("QUERY_STRING", "")).replace("X-Amz-Credential=", "Credential=")


# ---- rest protocols --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Route:
    """How a request of one operation looks."""

    action: str
    method: str
    path: re.Pattern[str]
    query: Mapping[str, list[str]]
    """Literal parts of the query string, as in `/{Bucket}?list-type=2`."""
    needs: tuple[str, ...]
    """Query keys and `HTTP_…` headers of required members."""

    def weight(self, environ: Mapping[str, Any], query: Mapping[str, list[str]]) -> int | None:
        """How closely a request looks like it; None: not at all."""
        path = environ.get("RAW_URI", environ["PATH_INFO"]).split("?")[0]
        if self.method != environ["REQUEST_METHOD"] or not self.path.fullmatch(path):
            return None
        if any(query.get(key) != value for key, value in self.query.items()):
            return None
        if any(key not in (environ if key.startswith("HTTP_") else query) for key in self.needs):
            return None
        return 2 * len(self.query) + len(self.needs) + (0 if "(.+)" in self.path.pattern else 1)


def _rest(service: str, environ: Mapping[str, Any]) -> tuple[str, str]:
    query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    protocol = "rest-json"
    best, found = -1, ""
    for name in _SIGNING_NAMES.get(service, (service,)):
        protocol, routes = _routes(name)
        for route in routes:
            weight = route.weight(environ, query)
            if weight is not None and weight > best:
                best, found = weight, route.action
        if found:
            return found, protocol
    return f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}", protocol


@cache
def _routes(name: str) -> tuple[str, tuple[_Route, ...]]:
    try:
        model = models.untouched(name)
    except UnknownServiceError:
        return "rest-json", ()
    protocol = str(model.resolved_protocol)
    if not protocol.startswith("rest"):
        return protocol, ()
    return protocol, tuple(_route(model.operation_model(action)) for action in model.operation_names)


def _route(operation: Any) -> _Route:
    path, _, query = operation.http["requestUri"].partition("?")
    pattern = re.sub(r"\\\{[^{}]+?(\\\+)?\\\}", lambda label: "(.+)" if label[1] else "([^/]+)", re.escape(path))
    return _Route(
        action=operation.name,
        method=operation.http["method"],
        path=re.compile(pattern.removesuffix("/") + "/?"),
        query=parse_qs(query, keep_blank_values=True),
        needs=tuple(_needs(operation.input_shape)),
    )


def _needs(shape: Any) -> list[str]:
    needs = []
    for name in shape.required_members if shape else ():
        member = shape.members[name].serialization
        match member.get("location"):
            case "querystring":
                needs.append(member["name"])
            case "header":
                needs.append("HTTP_" + member["name"].upper().replace("-", "_"))
    return needs
