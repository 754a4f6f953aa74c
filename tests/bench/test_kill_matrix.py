"""The kill matrix kills a real gate, starts it again, and says how that ended."""

import subprocess
import sys

from bench.kill_matrix import lines
from bench.kills import Ended, Kill
from tests.acceptance.gate import CHECKOUT

KILL = Kill("cloudformation", "ExecuteChangeSet", 1, 1, answered=True, forgotten=True)


def test_a_gate_is_killed_and_run_again() -> None:
    command = [sys.executable, "-m", "bench.kill_matrix", "--only=before sts:GetCallerIdentity 1 of", "--seed=7"]
    finished = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=300, check=False)

    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "seed 7" in finished.stdout
    assert "before sts:GetCallerIdentity 1 of" in finished.stdout
    assert "cases     1 of 1\nfailures  0" in finished.stdout


def test_what_is_wrong_stands_below_its_case() -> None:
    first, *below = lines((12, KILL), Ended("REFUSED", output="somebody else"), ["REFUSED in place of UPGRADED"])

    assert first.split()[:2] == ["FAILED", "12"]
    assert "after  cloudformation:ExecuteChangeSet 1 of 1, no journal" in first
    assert [line.strip() for line in below] == ["REFUSED in place of UPGRADED", "| somebody else"]


def test_a_case_that_ends_well_is_one_line() -> None:
    assert len(list(lines((1, KILL), Ended("UPGRADED"), []))) == 1
