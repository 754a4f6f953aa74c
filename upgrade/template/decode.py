"""The text of a template as built-in types: JSON, or YAML with CloudFormation's short tags in their long form.

What CloudFormation does not take is refused here: aliases, hash merges, a key twice, types that JSON lacks, absurd depth.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html

cfn-lint has a decoder too. It loads sympy and networkx with it, 60 MiB and a second of every gate.
"""

import json
from collections import Counter
from typing import Any, NoReturn

import yaml

from upgrade.errors import PlimsollError

DEEPEST = 200
"""Levels of nesting; CloudFormation's own templates stay below 30, the parser recurses on every level."""

_Fast: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # some systems' PyYAML comes without libyaml


class MalformedTemplate(PlimsollError):  # noqa: N818  # what it is, not what went wrong in us
    """This text is no template; the message says why."""


def decode(text: str) -> object:
    """What the text says, in dicts with text as keys, lists, texts, numbers, booleans and None.

    Raises:
        MalformedTemplate: it is neither JSON nor YAML, or nothing that CloudFormation takes.
    """
    # Not all JSON is YAML, where a character beyond the first 65,536 is not escaped as two.
    body = _json(text) if text.lstrip().startswith("{") else None
    return _yaml(text) if body is None else body


def _json(text: str) -> object:
    """A JSON document; None for what is none, which may be YAML all the same."""
    try:
        body = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        return None
    _check_depth(body)
    return body


def _check_depth(node: object, depth: int = 1) -> None:
    if depth > DEEPEST:
        raise _too_deep()
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _check_depth(child, depth + 1)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    for key, number in Counter(key for key, _ in pairs).items():
        if number > 1:
            raise MalformedTemplate(f"Duplicate found {key!r}")
    return dict(pairs)


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def _yaml(text: str) -> object:
    try:
        _check_events(text)
        return yaml.load(text, Loader=_Loader)  # noqa: S506  # a safe loader
    except yaml.MarkedYAMLError as error:
        raise MalformedTemplate(f"{_line(error.problem_mark)}{error.problem}") from None
    except (yaml.YAMLError, ValueError, LookupError) as error:  # an explicit type that its value is not of, `!!int x`
        raise MalformedTemplate(" ".join(str(error).split())) from None


def _check_events(text: str) -> None:
    """Refuse aliases, which may expand without bound, and absurd depth: on the parser's events, before anything is built."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=_Fast):
        if isinstance(event, yaml.AliasEvent):
            raise MalformedTemplate(
                f"{_line(event.start_mark)}YAML alias *{event.anchor}: CloudFormation takes no aliases"
            )
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        documents += isinstance(event, yaml.DocumentStartEvent)
        if depth > DEEPEST:
            raise _too_deep()
        if documents > 1:
            raise MalformedTemplate(f"{_line(event.start_mark)}a second YAML document begins; a template is one")


def _too_deep() -> MalformedTemplate:
    return MalformedTemplate(f"nested more than {DEEPEST} levels deep")


def _line(mark: Any) -> str:
    return f"line {mark.line + 1}: " if mark else ""


class _Loader(_Fast):  # type: ignore[misc]  # one of two
    """PyYAML's safe loader, for CloudFormation's kind of YAML."""


def _mapping(loader: Any, node: Any) -> dict[str, Any]:
    if not isinstance(node, yaml.MappingNode):
        _refused(loader, node)
    lines: dict[str, Any] = {}
    mapping = {}
    for key_node, value_node in node.value:
        tag = key_node.tag
        if not isinstance(key_node, yaml.ScalarNode) or tag.startswith("!") or tag.endswith((":null", ":merge")):
            raise MalformedTemplate(f"{_line(key_node.start_mark)}this key is no text, as CloudFormation's must be")
        key = str(loader.construct_object(key_node))
        if key in mapping:
            raise MalformedTemplate(f"{_line(lines[key])}Duplicate found {key!r}")
        lines[key] = key_node.start_mark
        mapping[key] = loader.construct_object(value_node, deep=True)
    return mapping


def _sequence(loader: Any, node: Any) -> list[Any]:
    if not isinstance(node, yaml.SequenceNode):
        _refused(loader, node)
    return [loader.construct_object(item, deep=True) for item in node.value]


def _short(loader: Any, tag: str, node: Any) -> dict[str, Any]:
    """`!Sub x` is {"Fn::Sub": "x"}, `!GetAtt a.b.c` is {"Fn::GetAtt": ["a", "b.c"]}."""
    name = tag if tag in {"Ref", "Condition"} else f"Fn::{tag}"
    value = _VALUES[type(node)](loader, node)
    return {name: value.split(".", 1) if name == "Fn::GetAtt" and isinstance(value, str) else value}


def _refused(_: Any, node: Any) -> NoReturn:
    name = node.tag.rpartition(":")[2]
    raise MalformedTemplate(f"{_line(node.start_mark)}the YAML type !!{name} can't stand here in a template")


_VALUES = {
    yaml.ScalarNode: lambda loader, node: loader.construct_scalar(node),
    yaml.SequenceNode: _sequence,
    yaml.MappingNode: _mapping,
}
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:seq", _sequence)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_yaml_str)  # an unquoted 2010-09-09 is text
for _tag in ("binary", "omap", "pairs", "set"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_tag}", _refused)
_Loader.add_multi_constructor("!", _short)
