"""Dynamic references of a template: which resource takes a value from SSM or Secrets Manager when it is made or updated.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from upgrade.template.functions import Unresolved
from upgrade.template.resolve import DYNAMIC, Resolver

SSM, SSM_SECURE, SECRETS_MANAGER = "ssm", "ssm-secure", "secretsmanager"

_REFERENCE = re.compile(r"\{\{resolve:([a-z-]+):([^{}]+)\}\}")
_VERSION = re.compile(r"(?P<name>.+):(?P<version>\d+)")
_SECRET = re.compile(r"(?P<id>arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:[^:]+|[^:]+)(?P<rest>:.*)?")
_VERSION_ID = 4
"""Place of the version id behind a secret: `:SecretString:KEY:STAGE:VERSION_ID`."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference."""

    service: str
    """`ssm`, `ssm-secure` or `secretsmanager`."""
    name: str
    """Of the SSM parameter or the secret, or its ARN."""
    fixed: bool
    """Whether it names a version; else it follows the newest."""


def references(resolver: Resolver, logical_id: str) -> Iterator[Reference | Unresolved]:
    """The references in the properties of one resource; unresolved where its name is made of what only AWS knows.

    Args:
        resolver: one that leaves references as they stand (`dynamic`).
        logical_id: of the resource.
    """
    return _below(resolver.property(logical_id))


def in_text(text: str) -> Iterator[Reference]:
    """The references in a text."""
    for service, key in _REFERENCE.findall(text):
        if service in {SSM, SSM_SECURE}:
            versioned = _VERSION.fullmatch(key)
            yield Reference(service, versioned["name"] if versioned else key, fixed=versioned is not None)
        elif service == SECRETS_MANAGER and (secret := _SECRET.fullmatch(key)):
            rest = (secret["rest"] or "").split(":")
            yield Reference(service, secret["id"], fixed=len(rest) > _VERSION_ID and rest[_VERSION_ID] != "")


def _below(value: Any) -> Iterator[Reference | Unresolved]:
    match value:
        case str():
            yield from in_text(value)
        case Unresolved():
            known = list(_below(value.form))
            yield from known
            if not known and DYNAMIC in repr(value.form):
                yield value
        case Mapping():
            for child in value.values():
                yield from _below(child)
        case list():
            for child in value:
                yield from _below(child)
