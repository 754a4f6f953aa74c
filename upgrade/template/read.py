"""Bytes to a Template, or one clear sentence why they are none.

What CloudFormation does not take is refused: bytes that are no text, texts too large, documents that are no template.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from upgrade.facts.stack import Template
from upgrade.template.decode import MalformedTemplate, decode

LIMIT = 1_000_000
"""Bytes of a template in S3.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""

_MACROS = frozenset({"Transform", "Fn::Transform"})
"""Sections by which a macro may make the resources.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-transform.html"""


def parse(data: bytes, source: str) -> Template:
    """Parse a template.

    Args:
        data: the bytes as they came.
        source: where they came from, for messages and the record.

    Raises:
        MalformedTemplate: they are no template.
    """
    try:
        text = _text(data)
        body = _body(text)
    except MalformedTemplate as problem:
        raise MalformedTemplate(f"{source}: {problem}") from None
    return Template(source, hashlib.sha256(data).hexdigest(), len(data), body, text)


def _text(data: bytes) -> str:
    if len(data) > LIMIT:
        raise MalformedTemplate(f"more than {LIMIT:,} bytes, the most CloudFormation takes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedTemplate(f"is no UTF-8 text (byte {error.start})") from None
    if not text.strip():
        raise MalformedTemplate("is empty")
    if re.match(r"\s*<(!doctype|html|head|\?xml|error)", text, re.IGNORECASE):
        raise MalformedTemplate("is a web page or an XML answer, not a template; is the address right?")
    return text


@lru_cache(maxsize=4)  # the target is read twice: from its address and from the change set
def _body(text: str) -> Mapping[str, Any]:
    body = decode(text)
    if not isinstance(body, dict):
        raise MalformedTemplate("is no mapping at its top level, so no template")
    _check_characters(body)
    if "Resources" not in body and body.keys() & _MACROS:
        body["Resources"] = {}  # all there is only CloudFormation makes
    _check_shape(body)
    return body


def _check_characters(body: Mapping[str, Any]) -> None:
    """Refuse half a character (one such escape without the other), which nothing can write down again."""
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise MalformedTemplate("holds half a character (a \\u escape without its other half)") from None


def _check_shape(body: Mapping[str, Any]) -> None:
    resources = body.get("Resources")
    if not isinstance(resources, dict) or not (resources or body.keys() & _MACROS):
        raise MalformedTemplate("has no Resources, so it is no template")
    for name, resource in _written(resources):
        if not isinstance(resource, dict) or not ("Fn::Transform" in resource or isinstance(resource.get("Type"), str)):
            raise MalformedTemplate(f"resource {name} has no Type")
    for section in ("Parameters", "Conditions", "Mappings", "Metadata", "Outputs", "Rules"):
        if not isinstance(body.get(section, {}), dict):
            raise MalformedTemplate(f"{section} is no mapping")
    for name, parameter in _written(body.get("Parameters", {})):
        if not isinstance(parameter, dict):
            raise MalformedTemplate(f"parameter {name} is no mapping")


def _written(section: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What a section declares itself; what a loop or a macro stands for only CloudFormation makes."""
    return [(name, each) for name, each in section.items() if not name.startswith("Fn::")]
