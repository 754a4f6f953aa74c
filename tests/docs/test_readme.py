"""The README's commands, as they stand there, in the order they stand there."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.checkout import copied
from tests.acceptance.gate import CHECKOUT, LIMIT
from tests.acceptance.standing import Standing, standing
from upgrade.gate.decision import EXIT_CODES

README = (CHECKOUT / "README.md").read_text()


def commands(heading: str) -> list[str]:
    """The commands in the blocks below a heading or a paragraph that begins so, but those that install."""
    section = README[README.index(heading) + len(heading) :].partition("\n## ")[0]
    blocks = re.findall(r"^ *```\n(.*?)^ *```$", section, re.DOTALL | re.MULTILINE)
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if "pip install" not in line]


def ran(command: str, root: Path, sandbox: Standing) -> str:
    """The output of a command that ends in 0."""
    if not (root / ".venv").exists():
        (root / ".venv").symlink_to(sys.prefix)
    (root / "sandbox.env").touch()
    finished = subprocess.run(
        ["bash", "-c", command],
        cwd=root,
        env={**sandbox.environment, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert finished.returncode == 0, f"{command}\n{finished.stdout}{finished.stderr}"
    return finished.stdout


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return copied(tmp_path)


@pytest.fixture
def sandbox(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Standing]:
    with standing(tmp_path, request.param) as made:
        yield made


@pytest.mark.parametrize("sandbox", ["healthy"], indirect=True)
def test_the_first_stack_of_ones_own(root: Path, sandbox: Standing) -> None:
    init, doctor, look, judge, upgrade = commands("## A first stack of your own, in ten minutes")

    assert "is written" in ran(init, root, sandbox)
    assert "no problems found" in ran(doctor, root, sandbox)
    assert "\nGO  no plan made" in ran(look, root, sandbox)
    assert "\nGO  " in ran(judge, root, sandbox)
    assert "\nUPGRADED  " in ran(upgrade, root, sandbox)


@pytest.mark.parametrize("sandbox", ["outdated"], indirect=True)
def test_stack_after_stack(root: Path, sandbox: Standing) -> None:
    source, *upgrades = commands("**A deployment is several stacks**")

    assert source == ". ./sandbox.env"
    assert len(upgrades) == 3
    for command in upgrades:
        assert "\nUPGRADED  " in ran(command, root, sandbox)


def test_every_exit_code_and_verdict_is_told() -> None:

    for verdict, code in EXIT_CODES.items():
        rows = [line for line in README.splitlines() if f"`{verdict}`" in line and line.startswith("|")]
        assert any(str(code) in row.split("|")[1] for row in rows), verdict
