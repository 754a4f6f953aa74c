"""`stacks.toml`: what the user wants, read once, understood completely or refused.

Whatever is wrong ends in a UsageError (exit 4) that names the file, the key, what was found, what was expected and what
to write. Imports neither boto3 nor cfn-lint: it runs before anything else.
"""

import hashlib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from upgrade.config.entry import StackEntry
from upgrade.config.errors import explain, refuse
from upgrade.errors import UsageError

DEMO = "demo"
"""The reserved name of the stack that lives in a sandbox."""

SANDBOX_STACKS = "PLIMSOLL_SANDBOX_STACKS"
"""Environment variable, set by a running sandbox: the stacks file in which `demo` stands."""


def file_for(stack: str, given: Path) -> Path:
    """The stacks file in which an entry stands: of `demo` the running sandbox's, of any other the given one."""
    return Path(os.environ[SANDBOX_STACKS]) if stack == DEMO and SANDBOX_STACKS in os.environ else given


@dataclass(frozen=True, slots=True)
class Stacks:
    """All entries of a file."""

    file: Path
    entries: Mapping[str, StackEntry]
    sha256: str = ""
    """Of the file."""

    def entry(self, name: str) -> StackEntry:
        """The entry of this name.

        Raises:
            UsageError: there is none.
        """
        if name in self.entries:
            return self.entries[name]
        raise UsageError(refuse(self.file, f"stacks.{name}", "no such entry", among=self.entries))


def load(path: Path) -> Stacks:
    """Read and understand a stacks file.

    Raises:
        UsageError: it can't be read, is no TOML, or says something that is not understood.
    """
    text = _read(path)
    document = _parsed(text, path)
    tables = _tables(document, path)
    defaults = document.get("defaults", {})
    if not isinstance(defaults, dict):
        raise UsageError(refuse(path, "defaults", f"found {defaults!r}, expected a table: write [defaults]"))
    entries = {name: _entry(name, table, defaults, path) for name, table in tables.items()}
    _check_references(entries, path)
    return Stacks(path, entries, hashlib.sha256(text.encode()).hexdigest())


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        sandbox = (
            f"; that of the running sandbox is {os.environ[SANDBOX_STACKS]}" if SANDBOX_STACKS in os.environ else ""
        )
        raise UsageError(
            f"{path}: no such file; write one (docs/configuration.md), let `python -m upgrade init` write it, or name it: "
            f"--stacks-file=PATH{sandbox}"
        ) from None
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {error.strerror}; name another one: --stacks-file=PATH") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is no UTF-8 text (byte {error.start}); save it as UTF-8") from None


def _parsed(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: is no valid TOML: {error}; correct that line") from None


def _tables(document: dict[str, Any], path: Path) -> dict[str, dict[str, Any]]:
    for key in document.keys() - {"defaults", "stacks"}:
        raise UsageError(refuse(path, key, "unknown key", among=("defaults", "stacks")))
    tables = document.get("stacks", {})
    if not isinstance(tables, dict) or not tables:
        raise UsageError(refuse(path, "stacks", "no stack is configured: write a table, e.g. [stacks.prod]"))
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise UsageError(
                refuse(path, f"stacks.{name}", f"found {table!r}, expected a table: write [stacks.{name}]")
            )
    return tables


def _entry(name: str, table: dict[str, Any], defaults: dict[str, Any], path: Path) -> StackEntry:
    for origin in (defaults, table):
        if "name" in origin:
            where = "defaults" if origin is defaults else f"stacks.{name}"
            raise UsageError(
                refuse(path, f"{where}.name", "unknown key", among=set(StackEntry.model_fields) - {"name"})
            )
    try:
        return StackEntry.model_validate({**defaults, **table, "name": name})
    except ValidationError as error:
        raise UsageError(
            explain(path, f"stacks.{name}", error, own=table, defaults=defaults, model=StackEntry)
        ) from None


def _check_references(entries: Mapping[str, StackEntry], path: Path) -> None:
    for entry in entries.values():
        for key in ("backup", "deploy_role"):
            other = getattr(getattr(entry, key), "entry", None)
            if other is not None and other not in entries:
                raise UsageError(
                    refuse(path, f"stacks.{entry.name}.{key}", f"names no entry of this file: {other!r}", among=entries)
                )
        _check_cycle(entry, entries, (), path)


def _check_cycle(entry: StackEntry, entries: Mapping[str, StackEntry], seen: tuple[str, ...], path: Path) -> None:
    if entry.name in seen:
        way = " → ".join((*seen[seen.index(entry.name) :], entry.name))
        raise UsageError(
            refuse(path, f"stacks.{entry.name}", f"refers to itself: {way}; remove one of these references")
        )
    for reference in (entry.backup, entry.deploy_role):
        other = getattr(reference, "entry", None)
        if other is not None:
            _check_cycle(entries[other], entries, (*seen, entry.name), path)
