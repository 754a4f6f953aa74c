"""From text to template: YAML or JSON, short tags in their long form, the structure checked."""

import datetime as dt
import json
import re
from functools import lru_cache
from typing import Any

import yaml
from cfnlint.decode import cfn_yaml

from sandbox.template.check import check, check_submitted
from sandbox.template.errors import TemplateError
from sandbox.template.functions import text as as_text
from sandbox.template.transforms import declared


@lru_cache(maxsize=32)
def load(text: str) -> dict[str, Any]:
    """The template as plain dicts, lists and scalars, with `!Ref` and the like as `Ref`, `Fn::…`.

    One that declares transforms is checked only as far as that can be done before they are run.
    A text is parsed once; nobody changes what it gives.

    Raises:
        TemplateError: worded as CloudFormation's ValidationError.
    """
    try:
        body = _json(text) if text.lstrip().startswith("{") else _yaml(text)
        if not isinstance(body, dict):
            raise TemplateError("Template format error: unsupported structure.")
        if declared(body):
            check_submitted(body)
        else:
            check(body)
    except RecursionError:
        raise TemplateError("Template format error: the template is nested too deeply.") from None
    return body


def _json(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        raise TemplateError(
            f"Template format error: JSON not well-formed. (line {error.lineno}, column {error.colno})"
        ) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise TemplateError("Template format error: JSON not well-formed. (duplicate key)")
    return found


def _yaml(text: str) -> Any:
    try:
        if "&" in text or "*" in text:
            _refuse_aliases(text)
        return _plain(cfn_yaml.loads(text))
    except cfn_yaml.CfnParseError as error:
        match = error.matches[0]
        raise TemplateError(
            f"Template format error: YAML not well-formed. (line {match.linenumber}, column {match.columnnumber})"
        ) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        raise TemplateError(f"Template format error: YAML not well-formed.{where}") from None
    except yaml.YAMLError:
        raise TemplateError("Template format error: YAML not well-formed.") from None


def _refuse_aliases(text: str) -> None:
    """CloudFormation accepts anchors, not aliases, so a template can't expand."""
    if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text, Loader=cfn_yaml.FastLoader)):
        raise TemplateError("Template error: YAML aliases are not allowed in CloudFormation templates")


def _key(node: Any) -> str:
    key = _plain(node)
    if isinstance(key, dict | list) or key is None:
        raise TemplateError("Template format error: YAML not well-formed. (a key is no scalar)")
    return as_text(key)


def _plain(node: Any) -> Any:
    """Without cfn-lint's node classes; dates as the text they are in CloudFormation."""
    match node:
        case dict():
            return {_key(key): _plain(value) for key, value in node.items()}
        case list():
            return [_plain(value) for value in node]
        case str():
            return str(node)
        case dt.date():
            return re.sub(r"\+00:00$", "Z", node.isoformat())
        case None | bool() | int() | float():
            return node
    raise TemplateError("Template format error: YAML not well-formed. (a value is no text, number, list or map)")
