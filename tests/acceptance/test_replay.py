"""Of a run's own evidence today's checks say what they said."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.gate import CHECKOUT, LIMIT, pytest_gate
from tests.acceptance.standing import standing


@pytest.mark.parametrize(
    ("scenario", "option", "code"),
    [("healthy", "--upgrade", 0), ("healthy", "--read-only", 0), ("rds-autoscaled", "", 10)],
)
def test_a_run_replayed_says_the_same(tmp_path: Path, scenario: str, option: str, code: int) -> None:
    with standing(tmp_path, scenario) as made:
        run = pytest_gate(tmp_path / "evidence", "--stack", "demo", *filter(None, [option]), **made.environment)
        assert run.code == code, run.output
        replayed = subprocess.run(
            [sys.executable, "-m", "checks", "replay", str(run.evidence / run.latest["bundle"])],
            cwd=CHECKOUT,
            env={**os.environ, **made.environment},
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
    assert (replayed.returncode, replayed.stderr) == (0, "")
    verdict, *rest = replayed.stdout.splitlines()
    unable = {line.rpartition(": ")[2] for line in rest}
    ran = len(run.record["checks"])
    assert verdict.startswith(f"SAME  {ran - len(unable)} checks replayed"), replayed.stdout
    assert unable == {"backup-stack-is-upgraded-first", "deploy-role-is-current"} | (
        {"upgrade"} if option == "--upgrade" else set()
    )
