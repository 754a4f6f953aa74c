"""Digests of our own code: which checks have judged, and what has reported."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from upgrade.catalogue import CHECKS


def checks_sha256(folder: Path = CHECKS) -> str:
    """Of the code of all checks and the manifest, names included."""
    return _sha256(folder, [*folder.rglob("*.py"), folder / "manifest.toml"])


def code_sha256(checkout: Path = CHECKS.parent) -> str:
    """Of the code that judges and reports, names included."""
    return _sha256(checkout, [path for folder in ("upgrade", "reports") for path in (checkout / folder).rglob("*.py")])


def _sha256(root: Path, files: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in sorted(files):
        name = path.relative_to(root).as_posix().encode()
        total.update(len(name).to_bytes(4, "big") + name + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
