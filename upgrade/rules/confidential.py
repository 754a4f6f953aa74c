"""What is secret although nothing declares it so: by the name it stands under, or as the password in an address. Pure.

NoEcho hides a parameter where CloudFormation lists it, and nowhere else: outputs, metadata and tags show what they hold.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from upgrade.facts.drift import Drift
from upgrade.template.resolve import MASKED

REDACTED = "[REDACTED:"
"""How what the evidence holds in place of a secret begins."""

SHORTEST = 8
"""Characters. A shorter value is hidden where it stands under its name, and looked for nowhere else."""

_SOUNDS = re.compile(r"pass(?:word|wd|phrase|code)|secret|token|credential", re.IGNORECASE)
_KEY = re.compile(r"key", re.IGNORECASE)
"""Most keys are names of keys: only what can't be one is a secret."""

_ABOUT = re.compile(
    r"(?:arn|name|id|ids|alias|type|types|policy|path|prefix|url|uri|version|stage|length|days|minutes|seconds|hours|enabled"
    r"|required|status|algorithm|characters|attachment|region|regions|key ?pair|env)$",
    re.IGNORECASE,
)
"""How names end that tell something about a secret, and not the secret."""

_HARMLESS = re.compile(
    r"\*+|[0-9.]*|true|false|yes|no|none|null|enabled|disabled|required|optional|\{\{resolve:[^{}]*\}\}|arn:[^\s]+|alias/\S+"
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z]{2,12}-(?:[0-9a-f]{8}|[0-9a-f]{17})|\[REDACTED:[^\]]*\]",
    re.IGNORECASE,
)
"""Values that are no secret, whatever they are called: switches, numbers, references, ids and ARNs."""

_RESOLVED = ("{{resolve:secretsmanager:", "{{resolve:ssm-secure:")
_LONG = 16
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}://(?!\[REDACTED:)[^\s/@:\"'<>]*:(?P<password>[^\s/@\"'<>]+)@")


def is_named(name: str, value: str) -> bool:
    """Whether a value must not be told because of the name it stands under.

    Args:
        name: of a parameter, tag, output or property, or a path that ends in it.
        value: what stands there.
    """
    last = re.split(r"[/.]", name.rstrip("/."))[-1]
    if _ABOUT.search(last) or _HARMLESS.fullmatch(value):
        return False
    return bool(_SOUNDS.search(last)) or (bool(_KEY.search(last)) and len(value) >= _LONG and _is_mixed(value))


def distinctive(value: str) -> bool:
    """Whether a value may be looked for everywhere: a word would be found where it is none."""
    return len(value) >= SHORTEST and _is_mixed(value)


def secrets_in(node: Any) -> Iterator[str]:
    """Values below a structure, at any depth, that are secret by their name and can be looked for everywhere.

    A template is such a structure; of its parameters those declared NoEcho have their default looked for, too.
    """
    match node:
        case Mapping():
            if str(node.get("NoEcho", "")).lower() == "true" and distinctive(str(node.get("Default", ""))):
                yield str(node["Default"])
            for name, child in node.items():
                if not isinstance(child, str):
                    yield from secrets_in(child)
                elif distinctive(child) and is_named(str(name), child):
                    yield child
                else:
                    yield from passwords_in(child)
        case list() | tuple():
            for child in node:
                yield from secrets_in(child)
        case str():
            yield from passwords_in(node)


def resolved_in(template: Mapping[str, Any], drift: Drift) -> Iterator[str]:
    """Values that drift detection shows of properties that the template has CloudFormation resolve from a secret."""
    resources = template.get("Resources", {})
    for row in drift.rows:
        properties = resources.get(row.logical_id, {}).get("Properties", {})
        for each in row.differences:
            written = repr(properties.get(each.path.split("/")[1], ""))
            if any(mark in written for mark in _RESOLVED):
                yield from (value for value in (each.expected, each.actual) if distinctive(value) and "{{" not in value)


def passwords_in(text: str) -> Iterator[str]:
    """Passwords in addresses (`https://user:password@host`), as they are written and as they are meant."""
    if "://" not in text:
        return
    for found in _ADDRESS.finditer(text):
        yield from {found["password"], unquote(found["password"])}


def hidden(name: str, value: str) -> str:
    """The value, or CloudFormation's own mask in its place."""
    return MASKED if is_named(name, value) else value


def _is_mixed(value: str) -> bool:
    kinds = (str.isalpha, str.isdigit, lambda each: not each.isalnum() and each not in "-_./: ")
    return sum(any(map(kind, value)) for kind in kinds) > 1
