"""`latest.json` and `latest-<stack>.json`: what CI asks. Light, because the first act of every run is to empty them."""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

from reports import disk
from upgrade.errors import UsageError

ROOM = 16 * 2**20
"""Bytes that are held for the evidence of an upgrade: it takes less than one MiB, and several after hours of watching."""


def begin(root: Path, run_id: str, stack: str) -> None:
    """Say that a run has begun and has no verdict: whoever reads `latest.json` now can't take an old one for it.

    Args:
        root: the evidence folder; made if it is not there.
        run_id: the run.
        stack: name of the entry in stacks.toml.

    Raises:
        UsageError: the folder can't be written.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        fill(root, stack, {"run": run_id, "verdict": None, "exit_code": None})
    except OSError as error:
        raise UsageError(
            f"the evidence folder {root} can't be written ({error.strerror}), and without evidence there is no "
            "upgrade: make it writable, or choose another with --evidence=DIR"
        ) from error


def probe(root: Path) -> None:
    """Make sure that the folder takes the evidence of an upgrade, and leave in it what is there.

    Raises:
        UsageError: it can't.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        disk.hold(root, ROOM).close()
    except OSError as error:
        raise UsageError(f"{root} can't be written ({error.strerror})") from error


def correct(root: Path, stack: str, run_id: str, told: Mapping[str, object]) -> bool:
    """Put this into those of both files that still tell of this run; whether any does. Raises OSError."""
    names = [name for name in _names(stack) if _run_in(root / name) == run_id]
    for name in names:
        disk.replace(root / name, _text(told))
    return bool(names)


def fill(root: Path, stack: str, told: Mapping[str, object]) -> None:
    """Put this into both files. Raises OSError."""
    for name in _names(stack):
        disk.replace(root / name, _text(told))


def _names(stack: str) -> tuple[str, str]:
    return "latest.json", f"latest-{safe_name(stack)}.json"


def _text(told: Mapping[str, object]) -> str:
    return json.dumps(told, indent=1) + "\n"


def _run_in(file: Path) -> str:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(told.get("run", "")) if isinstance(told, dict) else ""


def safe_name(name: str) -> str:
    """The name fit for a file on any system: ASCII, lower case; two names never become one."""
    safe = re.sub(r"[^a-z0-9-]+", "-", name.lower()).strip("-")[:60]
    return name if safe and safe == name else f"{safe or 'x'}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
