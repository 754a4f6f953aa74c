"""Says what is wrong in `stacks.toml` so that a person can correct it without looking anything up."""

import difflib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from upgrade.config.tables import Expected

SECRET_TABLES = frozenset({"parameters"})
"""Tables whose values are never repeated in a message."""


def refuse(file: Path, key: str, what: str, among: Iterable[str] | None = None, meant: str | None = None) -> str:
    """One refusal: file, key, what is wrong; `among` lists the names that exist and guesses which was meant.

    What was meant is the key's last part, unless it is told.
    """
    text = f"{file}: {key}: {what}"
    if among is None:
        return text
    known = sorted(among)
    close = difflib.get_close_matches(meant or key.rsplit(".", 1)[-1], known, n=1)
    guess = f"; did you mean {close[0]!r}?" if close else ""
    return f"{text}; there {'is' if len(known) == 1 else 'are'}: {', '.join(known)}{guess}"


def explain(
    file: Path,
    table: str,
    error: ValidationError,
    *,
    own: Mapping[str, Any],
    defaults: Mapping[str, Any],
    model: type[BaseModel],
) -> str:
    """Everything that is wrong with one entry, one line each.

    Args:
        file: the stacks file.
        table: the entry's table, e.g. `stacks.prod`.
        error: what pydantic found.
        own: the entry's own keys.
        defaults: the keys of `[defaults]`, to name the table a wrong value really stands in.
        model: the entry's model.
    """
    lines: dict[str, None] = {}
    for problem in error.errors(include_url=False):
        path = [part for part in problem["loc"] if part != "[key]"]
        inherited = bool(path) and path[0] not in own and path[0] in defaults
        key = ".".join(["defaults" if inherited else table, *map(str, path)])
        lines[_line(file, key, path, dict(problem), model)] = None
    return "\n".join(lines)


def _line(file: Path, key: str, path: list[Any], problem: dict[str, Any], model: type[BaseModel]) -> str:
    holder, field = _field(model, path)
    what = _expected(field.metadata, field.annotation) if field else None
    match problem["type"]:
        case "extra_forbidden":
            return refuse(file, key, "unknown key", among=_keys(holder))
        case "missing":
            return refuse(file, key, f"is missing; expected {what or 'a value'}")
        case "value_error":
            # A rule over a whole table names what it found itself.
            is_table = field is None or _model_in(field.annotation) is not None
            found = "" if is_table else _found(path, problem)
            return refuse(file, key, found + str(problem["ctx"]["error"]))
    return refuse(file, key, f"{_found(path, problem)}expected {what or _said(problem)}")


def _said(problem: dict[str, Any]) -> str:
    return str(problem["msg"]).removeprefix("Input should be ")


def _found(path: list[Any], problem: dict[str, Any]) -> str:
    value = problem["input"]
    if path[0] in SECRET_TABLES:
        return f"found a {type(value).__name__}, "
    text = value.isoformat() if isinstance(value, date) else repr(value)
    return f"found {text if len(text) <= 80 else text[:79] + '…'}, "  # noqa: PLR2004  # one terminal line


def _field(model: type[BaseModel], path: list[Any]) -> tuple[type[BaseModel], FieldInfo | None]:
    """The model that holds the last key of a path, and that key's field; indices of lists are no keys."""
    last: FieldInfo | None = None
    for part in path:
        field = _named(model, part)
        if field is None:
            continue
        last, nested = field, _model_in(field.annotation)
        if nested is not None and part is not path[-1]:
            model = nested
    return model, last


def _keys(model: type[BaseModel]) -> set[str]:
    """The keys a table may have."""
    return {field.alias or name for name, field in model.model_fields.items()} - {"name"}


def _named(model: type[BaseModel], key: object) -> FieldInfo | None:
    """The field behind a key of the file, which may be a word of Python's own, such as `from`."""
    return next((field for name, field in model.model_fields.items() if key in {name, field.alias}), None)


def _expected(metadata: Iterable[Any], annotation: Any) -> str | None:
    """What to write, as the field's type says it (upgrade.config.tables.Expected), through unions and the like."""
    for meta in (*metadata, *getattr(annotation, "__metadata__", ())):
        if isinstance(meta, Expected):
            return meta.text
    return next((found for part in getattr(annotation, "__args__", ()) if (found := _expected((), part))), None)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in getattr(annotation, "__args__", ()) if (found := _model_in(part))), None)
