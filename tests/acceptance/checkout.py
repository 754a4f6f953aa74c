"""A checkout of one's own, to damage."""

import shutil
from pathlib import Path

from tests.acceptance.gate import CHECKOUT, Run

OWN = """
import pytest
from upgrade.catalogue import Finding, Severity, check, fail, not_applicable, warn

def declared(id_):
    return check(id=id_, title="Ours holds", severity=Severity.BLOCKER, why="w", remedy="r")

"""
"""How a file with checks of the user's own begins."""

PARTS = ("checks", "products", "reports", "sandbox", "upgrade", "conftest.py", "pytest.ini")


def copied(folder: Path) -> Path:
    """Copy what a gate runs from; the copy's path."""
    root = folder / "checkout"
    for part in PARTS:
        source = CHECKOUT / part
        if source.is_dir():
            shutil.copytree(source, root / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, root / part)
    return root


def refused(run: Run, *words: str) -> None:
    """Assert that the command line or the catalogue was refused, in these words."""
    assert run.code == 4, run.output
    no_success(run)
    for word in words:
        assert word in run.output


def no_success(run: Run) -> None:
    """Assert that nothing that CI looks at says that all is well."""
    assert "Traceback" not in run.output
    if (run.evidence / "latest.json").exists():
        assert run.latest["exit_code"] != 0
