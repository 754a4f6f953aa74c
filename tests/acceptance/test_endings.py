"""A run whose output nobody reads any more goes on to its verdict, its evidence and its own exit code."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.gate import CHECKOUT
from tests.acceptance.standing import standing


@pytest.mark.parametrize("way", [os.pipe, os.openpty], ids=["pipe", "terminal"])
@pytest.mark.parametrize("options", [(), ("-s",)], ids=["", "-s"])
def test_its_reader_is_gone_in_the_middle(
    way: Callable[[], tuple[int, int]], options: tuple[str, ...], tmp_path: Path
) -> None:
    with standing(tmp_path, "healthy") as sandbox:
        reader, writer = way()
        command = [
            sys.executable,
            "-m",
            "pytest",
            "--stack=demo",
            "--upgrade",
            f"--evidence={tmp_path / 'e'}",
            *options,
        ]
        environment = {**os.environ, **sandbox.environment}
        with subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdout=writer, stderr=writer) as run:
            os.close(writer)
            while b"planning" not in os.read(reader, 4096):
                assert run.poll() is None
            os.close(reader)
            code = run.wait(120)

    latest = json.loads((tmp_path / "e/latest.json").read_text())
    assert (code, latest["verdict"]) == (0, "UPGRADED")
    assert (tmp_path / "e" / latest["report"]).exists()
