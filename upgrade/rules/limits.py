"""CloudFormation's quotas for a template, for a tree of them and for an update. Pure.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from upgrade.facts.stack import Template
from upgrade.rules.parameters import declarations
from upgrade.template.functions import literal
from upgrade.template.resolve import DYNAMIC
from upgrade.template.tree import Branch

IN_TREE = 2500
"""Resources that one operation may make, change or delete in a stack and all that are nested in it."""

TAGS, TRIGGERS = 50, 5
"""Tags and rollback triggers of a stack."""

_SECTIONS = {"Resources": 500, "Parameters": 200, "Outputs": 200, "Mappings": 200}
_ATTRIBUTES = 200
_NAME = 255
"""Characters of a logical id, and of a parameter's, an output's or a mapping's name."""
_VALUE = 4096
_DESCRIPTION = 1024
"""Bytes."""
_DYNAMIC = 60
"""Dynamic references in one template."""


@dataclass(frozen=True, slots=True)
class Excess:
    """Something there is too much of."""

    what: str
    """`resources`, say."""
    found: int
    most: int


def excesses(template: Template) -> Iterator[Excess]:
    """What one template has too much of, as it is written."""
    body: Any = template.body
    for section, most in _SECTIONS.items():
        names = [name for name in body.get(section, {}) if not name.startswith("Fn::")]
        yield from _over(section.lower(), len(names), most)
        for name in names:
            yield from _over(f"characters in the name {name[:40]}…", len(name), _NAME)
    for name, mapping in body.get("Mappings", {}).items():
        for key, values in mapping.items() if isinstance(mapping, Mapping) else ():
            found = len(values) if isinstance(values, Mapping) else 0
            yield from _over(f"attributes of {key} in mapping {name}", found, _ATTRIBUTES)
    for name, parameter in declarations(template).items():
        yield from _over(f"bytes in the default of parameter {name}", _bytes(parameter.get("Default", "")), _VALUE)
    yield from _over("bytes in its Description", _bytes(body.get("Description", "")), _DESCRIPTION)
    yield from _over("dynamic references", str(body.get("Resources")).count(DYNAMIC), _DYNAMIC)


def size_of(branch: Branch) -> int:
    """Resources of one template that exist for its parameters, or may."""
    return sum(exists is not False for exists in branch.resolver.active().values())


def _over(what: str, found: int, most: int) -> Iterator[Excess]:
    if found > most:
        yield Excess(what, found, most)


def _bytes(text: object) -> int:
    return len(literal(text).encode("utf-8", "surrogatepass"))
