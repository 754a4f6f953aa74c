"""The page about stacks.toml knows every key, and claims none that is not there."""

import re
import typing

import pytest
from pydantic import BaseModel

from tests.acceptance.gate import CHECKOUT
from upgrade.config.entry import StackEntry

PAGE = (CHECKOUT / "docs/configuration.md").read_text()
TABLES_WITH_TEXT = {"health"}
"""Tables that are told in sentences."""


def keys(model: type[BaseModel]) -> set[str]:
    """Keys of a table and of the tables in it."""
    found: set[str] = set()
    for name, field in model.model_fields.items():
        found.add(field.alias or name)
        if name not in TABLES_WITH_TEXT:
            for inner in models(field.annotation):
                found |= keys(inner)
    return found


def models(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in typing.get_args(annotation) for model in models(argument)]


KEYS = sorted(keys(StackEntry) - {"name"})


@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_told(key: str) -> None:
    assert re.search(rf"`[^`]*\b{re.escape(key)}\b[^`]*`|^{re.escape(key)}\s+=", PAGE, re.MULTILINE), key


def test_nothing_is_told_that_is_not_there() -> None:
    rows = re.findall(r"^\| (`[^|]+`) \|", PAGE, re.MULTILINE)
    told = {name.rpartition(".")[2] for row in rows for name in re.findall(r"`([^`]+)`", row)}

    assert told <= set(KEYS)
