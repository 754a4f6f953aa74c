"""`checks/manifest.toml`: which checks there must be, generated from the catalogue, committed and shipped.

The ledger of what ran is compared with it, so that a check file that is gone is missed. Light: it is read before
anything heavy is imported.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from upgrade.catalogue import CHECKS, CheckInfo, Phase, Severity, When
from upgrade.errors import UsageError

REGENERATE = "python -m checks manifest"

_HEAD = f"""# Generated: {REGENERATE}
# Every check that a gate of this checkout must have run. A diff here is a change of what is checked: review it as such.
"""


_FOLDERS = {
    Phase.UPGRADE: "upgrade",
    Phase.POSTFLIGHT: "postflight",
    Phase.STUCK: "recovery",
    Phase.RECOVERY: "recovery",
    Phase.RECOVERED: "recovery",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One check that must exist."""

    id: str
    phase: Phase
    when: When
    severity: Severity

    @property
    def file(self) -> str:
        """Where it stands, below the checks folder."""
        return f"{_FOLDERS.get(self.phase, 'preflight')}/check_{self.id.replace('-', '_')}.py"


def read(checks: Path = CHECKS) -> tuple[Listed, ...]:
    """The manifest, which every check file on disk must stand in, and no other.

    Raises:
        UsageError: it can't be read or lists nothing, or it and the files differ.
    """
    listed = _read(checks / "manifest.toml")
    wanted = {each.file for each in listed}
    found = {path.relative_to(checks).as_posix() for path in checks.glob("*/check_*.py")}
    if missing := sorted(wanted - found):
        raise UsageError(
            f"{checks.name}/{missing[0]} is gone, and the manifest requires it: bring it back (git checkout); "
            f"if it was removed on purpose, {REGENERATE}"
        )
    if strange := sorted(found - wanted):
        raise UsageError(
            f"{checks.name}/{strange[0]} is not in {checks.name}/manifest.toml: {REGENERATE}, and have the diff reviewed"
        )
    if helper := next(checks.rglob("conftest.py"), None):
        raise UsageError(f"{checks.name}/{helper.relative_to(checks)} could change what checks say: remove it")
    return listed


def compare(listed: Iterable[Listed], catalogue: Iterable[CheckInfo]) -> None:
    """Make sure that the checks are as the manifest says.

    Raises:
        UsageError: one is not.
    """
    actual = {info.id: _listed(info) for info in catalogue}
    for each in listed:
        if actual.get(each.id) != each:
            raise UsageError(
                f"check {each.id} is not as the manifest says ({each.phase}, {each.when}, {each.severity}): "
                f"bring it back (git checkout); if it was changed on purpose, {REGENERATE}"
            )


def text(catalogue: Iterable[CheckInfo]) -> str:
    """The manifest of these checks."""
    return _HEAD + "".join(
        f'\n[[checks]]\nid = "{each.id}"\nphase = "{each.phase}"\nwhen = "{each.when}"\nseverity = "{each.severity}"\n'
        for each in map(_listed, catalogue)
    )


def _listed(info: CheckInfo) -> Listed:
    return Listed(info.id, info.phase, info.when, info.severity)


def _read(path: Path) -> tuple[Listed, ...]:
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))["checks"]
        listed = tuple(
            Listed(row["id"], Phase(row["phase"]), When(row["when"]), Severity(row["severity"])) for row in rows
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path}: can't be read ({error}): bring it back (git checkout)") from None
    if not listed:
        raise UsageError(f"{path}: lists no check, and a gate without checks opens for everything: git checkout")
    return listed
