"""What is known of a resource type: the provider schemas that cfn-lint ships.

The only module that touches cfn-lint's schema manager, which is no promised API.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from cfnlint.schema import PROVIDER_SCHEMA_MANAGER
from cfnlint.schema.manager import ResourceNotFoundError

REGION = "us-east-1"
"""The region whose schemas are used: it has every type."""

Recreation = Literal["Never", "Conditionally", "Always"]


@dataclass(frozen=True, slots=True)
class Schema:
    """A resource type. Paths are those of its properties, `/A/*/B`, `*` for any item of a list."""

    type: str
    properties: frozenset[str]
    """Names of all top-level properties, read-only ones too."""
    required: frozenset[str]
    create_only: frozenset[str]
    conditional_create_only: frozenset[str]
    write_only: frozenset[str]
    read_only: frozenset[str]
    primary_identifier: tuple[str, ...]
    tag_property: str | None
    """Name of the property that holds the tags; None: it can't be tagged."""
    handlers: Mapping[str, tuple[str, ...]]
    """create, read, update, delete, list: the IAM actions each needs. A handler there is not is absent."""
    document: Mapping[str, Any]
    """The whole schema."""


@cache
def schema(resource_type: str) -> Schema | None:
    """The schema of a type; None for one that nobody published (`Custom::*` too)."""
    try:
        document: Mapping[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, resource_type).schema
    except ResourceNotFoundError:
        return None
    return Schema(
        type=resource_type,
        properties=frozenset(document.get("properties", {})),
        required=frozenset(document.get("required", ())),
        create_only=_paths(document.get("createOnlyProperties", ())),
        conditional_create_only=_paths(document.get("conditionalCreateOnlyProperties", ())),
        write_only=_paths(document.get("writeOnlyProperties", ())),
        read_only=_paths(document.get("readOnlyProperties", ())),
        primary_identifier=tuple(sorted(_paths(document.get("primaryIdentifier", ())))),
        tag_property=_tag_property(document),
        handlers={
            name: tuple(handler.get("permissions", ())) for name, handler in document.get("handlers", {}).items()
        },
        document=document,
    )


def recreation(resource_type: str, path: str) -> Recreation:
    """Whether a change at this path, `/Properties/A/0/B`, recreates the resource.

    A change to a whole also changes its parts, and a change to a part changes the whole.
    """
    known = schema(resource_type)
    if known is None:
        return "Never"
    changed = re.sub(r"/\d+(?=/|$)", "/*", path.removeprefix("/Properties"))
    if _touches(changed, known.create_only):
        return "Always"
    return "Conditionally" if _touches(changed, known.conditional_create_only) else "Never"


def _touches(changed: str, declared: Iterable[str]) -> bool:
    return any(f"{changed}/".startswith(f"{path}/") or f"{path}/".startswith(f"{changed}/") for path in declared)


def _paths(pointers: Iterable[str]) -> frozenset[str]:
    return frozenset(pointer.removeprefix("/properties") for pointer in pointers)


def _tag_property(document: Mapping[str, Any]) -> str | None:
    tagging = document.get("tagging", {})
    if tagging.get("taggable") is False or document.get("taggable") is False:
        return None
    found = str(tagging.get("tagProperty", "/properties/Tags")).removeprefix("/properties/")
    return found if found in document.get("properties", {}) else None
