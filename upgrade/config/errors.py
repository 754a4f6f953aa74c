"""Says what is wrong in `stacks.toml` so that a person can correct it without looking anything up."""

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

LATER = {
    "staging": "put the template into S3 yourself and name its address in template_url",
    "rollback_triggers": "those on the stack stay in force",
    "may_cancel": "nothing is ever cancelled",
    "change": "approvals and change windows are not asked for",
    "health": "health is judged by the load balancer's target groups",
    "evidence": "evidence is written below the folder of --evidence=DIR, unsigned",
    "checks": "every check of the catalogue is in force",
    "acknowledge": "no check asks for an acknowledgement",
    "waivers": "no finding can be waived",
    "recovery_point_max_age_hours": "the age of recovery points is not looked at",
}
"""Keys of the contract whose part is not built yet, and what holds without them."""

SECRET_TABLES = frozenset({"parameters"})
"""Tables whose values are never repeated in a message."""


def refuse(file: Path, key: str, what: str, among: Iterable[str] | None = None) -> str:
    """One refusal: file, key, what is wrong; `among` lists the names that exist and guesses which was meant."""
    text = f"{file}: {key}: {what}"
    if among is None:
        return text
    known = sorted(among)
    close = difflib.get_close_matches(key.rsplit(".", 1)[-1], known, n=1)
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
    holder, description = _field(model, path)
    match problem["type"]:
        case "extra_forbidden" if path[-1] in LATER:
            return refuse(file, key, f"not built yet; remove it (today {LATER[path[-1]]})")
        case "extra_forbidden":
            return refuse(file, key, "unknown key", among=set(holder.model_fields) - {"name"})
        case "missing":
            return refuse(file, key, f"is missing; expected {description or 'a value'}")
        case "value_error":
            return refuse(file, key, _found(path, problem) + str(problem["ctx"]["error"]))
    expected = description or str(problem["msg"]).removeprefix("Input should be ")
    return refuse(file, key, f"{_found(path, problem)}expected {expected}")


def _found(path: list[Any], problem: dict[str, Any]) -> str:
    if not path:  # a rule over the whole entry names what it found itself
        return ""
    value = problem["input"]
    if path[0] in SECRET_TABLES:
        return f"found a {type(value).__name__}, "
    text = repr(value)
    return f"found {text if len(text) <= 80 else text[:79] + '…'}, "  # noqa: PLR2004  # one terminal line


def _field(model: type[BaseModel], path: list[Any]) -> tuple[type[BaseModel], str | None]:
    """The model that holds the last key of a path, and the description of that key's field, if it has one."""
    description: str | None = None
    for part in path:
        field = model.model_fields.get(part) if isinstance(part, str) else None
        if field is None:
            continue
        description = field.description or _described(field.metadata, field.annotation)
        nested = _model_in(field.annotation)
        if nested is not None and part is not path[-1]:
            model = nested
    return model, description


def _described(metadata: Iterable[Any], annotation: Any) -> str | None:
    for meta in (*metadata, *getattr(annotation, "__metadata__", ())):
        text = getattr(meta, "description", None)
        if text:
            return str(text)
    return next((found for part in getattr(annotation, "__args__", ()) if (found := _described((), part))), None)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in getattr(annotation, "__args__", ()) if (found := _model_in(part))), None)
