"""Bytes to a Template, or one clear sentence why they are none.

cfn-lint's decoder does the parsing of YAML (short tags to long form, duplicate keys refused). What it lets through and
CloudFormation does not is refused here: aliases, documents too large, documents that are no template.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from upgrade.errors import PlimsollError
from upgrade.facts.stack import Template

LIMIT = 1_000_000
"""Bytes of a template in S3.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""

_MACROS = frozenset({"Transform", "Fn::Transform"})
"""Sections by which a macro may make the resources.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-transform.html"""

_DEEPEST = 200
"""Levels of nesting; CloudFormation's own templates stay below 30, the parser recurses on every level."""


class MalformedTemplate(PlimsollError):  # noqa: N818  # what it is, not what went wrong in us
    """These bytes are no template; the text says why."""


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


def prepare() -> None:
    """Load the decoder, which takes half a second: best done while a first answer is awaited."""
    _body("Resources: {A: {Type: T}}")


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
    body = _json(text) if text.lstrip().startswith("{") else None
    if body is None:
        body = _yaml(text)
    if not isinstance(body, dict):
        raise MalformedTemplate("is no mapping at its top level, so no template")
    plain = {str(key): _plain(value) for key, value in body.items()}
    _check_characters(plain)
    if "Resources" not in plain and plain.keys() & _MACROS:
        plain["Resources"] = {}  # all there is only CloudFormation makes
    _check_shape(plain)
    return plain


def _json(text: str) -> object:
    """A JSON document; None for what is none, which may be YAML all the same.

    Not all JSON is YAML, where a character beyond the first 65,536 is not escaped as two.
    """
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except RecursionError:
        raise MalformedTemplate(f"nested more than {_DEEPEST} levels deep") from None
    except ValueError:
        return None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    for key, number in Counter(key for key, _ in pairs).items():
        if number > 1:
            raise MalformedTemplate(f"Duplicate found {key!r}")
    return dict(pairs)


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def _yaml(text: str) -> object:
    # Imported late: a usage error and most tests never need it.
    from cfnlint.decode.decode import decode_str  # noqa: PLC0415

    _check_events(text)
    body, problems = decode_str(text)
    if problems:
        raise MalformedTemplate(_problem(problems[0]))
    return body


def _plain(node: object, depth: int = 1) -> object:
    """The decoder's nodes as built-in types; a date (an unquoted `2010-09-09`) as the text CloudFormation sees."""
    if depth > _DEEPEST:
        raise MalformedTemplate(f"nested more than {_DEEPEST} levels deep")
    match node:
        case dict():
            return {str(key): _plain(value, depth + 1) for key, value in node.items()}
        case list():
            return [_plain(item, depth + 1) for item in node]
        case date():
            return node.isoformat()
        case str():
            return str(node)
    return node


def _check_events(text: str) -> None:
    """Refuse aliases, which CloudFormation refuses too and which may expand without bound, and absurd depth.

    Works on the parser's events, before anything is built. What is no YAML at all (a tab in JSON, say) is left to the
    decoder's words.
    """
    import yaml  # noqa: PLC0415  # loaded with cfn-lint

    depth = 0
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.AliasEvent):
                where = f" in line {event.start_mark.line + 1}" if event.start_mark else ""
                raise MalformedTemplate(f"YAML alias *{event.anchor}{where}: CloudFormation takes no aliases")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                raise MalformedTemplate(f"nested more than {_DEEPEST} levels deep")
    except yaml.YAMLError:
        return


def _check_characters(body: Mapping[str, Any]) -> None:
    """Refuse half a character (one such escape without the other), which nothing can write down again."""
    try:
        json.dumps(body, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        raise MalformedTemplate("holds half a character (a \\u escape without its other half)") from None


def _problem(match: Any) -> str:
    line = f"line {match.linenumber}: " if match.linenumber else ""
    return f"{line}{match.message}"


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
