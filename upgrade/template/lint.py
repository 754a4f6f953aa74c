"""cfn-lint over one template, in a process of its own: it takes seconds of computing that nothing else should wait for.

The same template is linted once: what was found is kept in the user's cache folder, by the digest of all it follows from.
https://github.com/aws-cloudformation/cfn-lint; `cfnlint.api` is its promised interface.
"""

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

from upgrade.errors import NotSettled, ServiceFailed
from upgrade.facts.lint import LintError

CHECKOUT = Path(__file__).parents[2]

SECONDS = 10 * 60
"""The largest templates take a quarter of a minute; what takes longer than this has hung."""


def errors(text: str, region: str) -> tuple[LintError, ...]:
    """The errors of a template.

    Raises:
        NotSettled: it took too long.
        ServiceFailed: cfn-lint itself failed.
    """
    kept = _cache(text, region)
    rows = _rows(_kept(kept))
    if rows is None:
        found = _run(text, region)
        rows = _rows(found)
        if rows is None:
            raise ServiceFailed(f"cfn-lint gave no list of errors but {found[:200]!r}")
        _keep(kept, found)
    return rows


def lint_version() -> str:
    """The version of cfn-lint."""
    return version("cfn-lint")


def _run(text: str, region: str) -> str:
    command = [sys.executable, "-m", "upgrade.template.lint", region]
    try:
        ended = subprocess.run(  # noqa: S603  # ourselves
            command, input=text, capture_output=True, encoding="utf-8", timeout=SECONDS, check=False, cwd=CHECKOUT
        )
    except subprocess.TimeoutExpired:
        raise NotSettled(f"cfn-lint has not ended within {SECONDS // 60} minutes") from None
    if ended.returncode:
        last = ended.stderr.strip().rpartition("\n")[2]
        raise ServiceFailed(f"cfn-lint failed: {last or f'exit code {ended.returncode}'}")
    return ended.stdout


def _cache(text: str, region: str) -> Path | None:
    """Where the errors of this template are kept: https://specifications.freedesktop.org/basedir-spec/latest/

    None for a user without a home, as in a container whose user id is in no passwd file.
    """
    try:
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:
        return None
    key = f"{lint_version()}\n{sys.version}\n{region}\n{text}"
    return home / "plimsoll" / "lint" / f"{hashlib.sha256(key.encode()).hexdigest()}.json"


def _kept(path: Path | None) -> str:
    """What the file says; empty without one that can be read."""
    try:
        return path.read_text(encoding="utf-8") if path else ""
    except (OSError, UnicodeDecodeError):
        return ""


def _rows(text: str) -> tuple[LintError, ...] | None:
    """What was found; None if the text is something else, the rest of a file whose disk was full, say."""
    try:
        rows = json.loads(text)
    except ValueError:
        return None
    return tuple(LintError(**row) for row in rows) if isinstance(rows, list) and all(map(_is_row, rows)) else None


def _is_row(row: Any) -> bool:
    return (
        isinstance(row, dict)
        and row.keys() == {field.name for field in fields(LintError)}
        and all(isinstance(value, str) for value in row.values())
    )


def _keep(path: Path | None, found: str) -> None:
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_suffix(f".{os.getpid()}")
        part.write_text(found, encoding="utf-8")
        part.replace(path)
    except OSError:
        pass  # a home that can't be written to: it is linted again next time


def _lint(text: str, region: str) -> list[dict[str, str]]:
    from cfnlint.api import ManualArgs, lint  # noqa: PLC0415  # a second

    # Without a file of its own it would read ~/.cfnlintrc, where somebody may have switched rules off, and what is not
    # mandatory a template's own metadata switches off: https://github.com/aws-cloudformation/cfn-lint#metadata
    found = lint(text, config=ManualArgs(regions=[region], config_file=os.devnull, mandatory_checks=["E"]))
    rows = {(match.rule.id, "/".join(map(str, match.path or [])), match.message) for match in found}
    return [
        {"rule": rule, "path": path, "message": message} for rule, path, message in sorted(rows) if rule.startswith("E")
    ]


if __name__ == "__main__":
    json.dump(_lint(sys.stdin.read(), sys.argv[1]), sys.stdout)
