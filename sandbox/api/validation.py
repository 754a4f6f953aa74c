"""Refusing requests that do not fit the service model, in CloudFormation's words.

boto3 checks types and required members itself; enumerations, patterns and lengths are the service's business.
"""

import re
from collections.abc import Iterator
from typing import Any

from sandbox.engine.errors import ValidationError


def check(shape: Any, value: Any) -> None:
    """Refuse a request.

    Args:
        shape: the operation's input shape of botocore; None if it takes nothing.
        value: the parsed request.

    Raises:
        ValidationError: every finding in one message, as AWS does.
    """
    found = list(_findings(shape, value, "")) if shape is not None else []
    if found:
        noun = "errors" if len(found) > 1 else "error"
        raise ValidationError(f"{len(found)} validation {noun} detected: {'; '.join(found)}")


def _findings(shape: Any, value: Any, path: str) -> Iterator[str]:
    if shape.type_name == "structure" and isinstance(value, dict):
        yield from _structure(shape, value, path)
    elif shape.type_name == "list" and isinstance(value, list):
        for index, item in enumerate(value, 1):
            yield from _findings(shape.member, item, f"{path}.{index}.member")
        yield from _length(shape, len(value), value, path)
    elif shape.type_name == "string" and isinstance(value, str):
        yield from _text(shape, value, path)


def _structure(shape: Any, value: dict[str, Any], path: str) -> Iterator[str]:
    for name, member in shape.members.items():
        inner = f"{path}.{_camel(name)}".lstrip(".")
        if value.get(name) is not None:
            yield from _findings(member, value[name], inner)
        elif name in shape.required_members:
            yield _failed("null", inner, "Member must not be null")


def _text(shape: Any, value: str, path: str) -> Iterator[str]:
    if shape.enum and value not in shape.enum:
        yield _failed(value, path, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")
    pattern = shape.metadata.get("pattern")
    if pattern and not re.fullmatch(pattern, value):
        yield _failed(value, path, f"Member must satisfy regular expression pattern: {pattern}")
    yield from _length(shape, len(value), value, path)


def _length(shape: Any, length: int, value: Any, path: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and length < least:
        yield _failed(value, path, f"Member must have length greater than or equal to {least}")
    if most is not None and length > most:
        yield _failed(value, path, f"Member must have length less than or equal to {most}")


def _failed(value: Any, path: str, constraint: str) -> str:
    shown = str(value)
    return f"Value '{shown[:60]}' at '{path}' failed to satisfy constraint: {constraint}"


def _camel(name: str) -> str:
    return name[0].lower() + name[1:]
