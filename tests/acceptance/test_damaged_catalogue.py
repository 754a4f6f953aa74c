"""A catalogue that is not as its manifest says runs nothing, and says what is wrong with which file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.checkout import copied, refused
from tests.acceptance.gate import gate_in
from tests.acceptance.standing import Standing

VICTIM = "preflight/check_drift_is_understood.py"


def replaced(old: str, new: str) -> Callable[[Path], object]:
    """Damage a check by other words in it."""

    def damage(checks: Path) -> None:
        text = (checks / VICTIM).read_text()
        assert old in text
        (checks / VICTIM).write_text(text.replace(old, new, 1))

    return damage


def written(name: str, text: str) -> Callable[[Path], object]:
    """Damage by a file with this text."""
    return lambda checks: (checks / name).write_text(text)


def renamed(name: str) -> Callable[[Path], object]:
    """Damage by another name."""
    return lambda checks: (checks / VICTIM).rename(checks / "preflight" / name)


def emptied(checks: Path) -> None:
    """Damage by deleting every check."""
    for each in checks.glob("*/check_*.py"):
        each.unlink()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        pytest.param(lambda checks: (checks / VICTIM).unlink(), "check_drift_is_understood.py is gone", id="gone"),
        pytest.param(renamed("check_drift.py"), "is gone", id="renamed"),
        pytest.param(renamed("drift_is_understood.py"), "is gone", id="without the prefix"),
        pytest.param(
            written("preflight/check_more.py", "def check_more(): pass\n"), "check_more.py is not in", id="added"
        ),
        pytest.param(written(VICTIM, "def (:\n"), "can't be imported", id="P8 syntax error"),
        pytest.param(replaced("from", "import nosuchmodule\nfrom"), "can't be imported", id="P9 import error"),
        pytest.param(replaced("@check(", "_ = dict("), "holds no function", id="P13 no decorator"),
        pytest.param(written(VICTIM, ""), "holds no function", id="P13 no function"),
        pytest.param(replaced("Severity.BLOCKER", "Severity.WARNING"), "is not as the manifest says", id="severity"),
        pytest.param(written("conftest.py", ""), "could change what checks say", id="P36 conftest"),
        pytest.param(written("manifest.toml", "checks = []\n"), "lists no check", id="empty manifest"),
        pytest.param(lambda checks: (checks / "manifest.toml").unlink(), "can't be read", id="no manifest"),
        pytest.param(emptied, "is gone", id="empty folder"),
        pytest.param(lambda checks: (checks / "requirements.toml").unlink(), "can't be read", id="no requirements"),
        pytest.param(
            replaced("requirements=(", 'requirements=("URS-999",'), "no requirement 'URS-999'", id="requirement"
        ),
    ],
)
def test_a_damaged_catalogue_is_refused(
    damage: Callable[[Path], object], words: str, tmp_path: Path, healthy: Standing
) -> None:
    root = copied(tmp_path)
    damage(root / "checks")

    refused(gate_in(root, tmp_path / "e", "--stack", "demo", environment=healthy.environment), words)
    assert not [path for path in (tmp_path / "e").iterdir() if path.is_dir()]
