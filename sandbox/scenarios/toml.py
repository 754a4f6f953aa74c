"""Writes TOML: tables, arrays of tables, texts, numbers, booleans, dates and lists. The standard library only reads it."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def dumps(document: Mapping[str, Any]) -> str:
    """A document as TOML. What is a mapping inside a list is written on one line, but for the items of `[[a.b]]`.

    Raises:
        TypeError: a value of another kind than those above.
    """
    return "\n".join(_table(document, ())) + "\n"


def _table(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    plain = {key: value for key, value in table.items() if not isinstance(value, Mapping) and not _is_tables(value)}
    if path and (plain or not table):
        yield f"\n[{_dotted(path)}]"
    yield from _lines(plain)
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _table(value, (*path, key))
        elif _is_tables(value):
            for item in value:
                yield f"\n[[{_dotted((*path, key))}]]"
                yield from _lines(item)


def _is_tables(value: object) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(item, Mapping) for item in value)


def _lines(table: Mapping[str, Any]) -> Iterator[str]:
    for key, value in table.items():
        yield f"{_key(key)} = {_value(value)}"


def _dotted(path: tuple[str, ...]) -> str:
    return ".".join(map(_key, path))


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _value(key)


def _value(value: object) -> str:
    match value:
        case str():  # JSON's texts are TOML's basic strings, but for one control character
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case bool() | int():
            return json.dumps(value)
        case float():
            return repr(value)
        case datetime() | date() | time():
            return value.isoformat()
        case list() | tuple():
            return f"[{', '.join(_value(item) for item in value)}]"
        case Mapping():
            return f"{{ {', '.join(_lines(value))} }}" if value else "{}"
    raise TypeError(f"no TOML for {value!r}")
