"""The fault matrix runs a real gate in trouble, and says what is wrong with how that ends."""

import subprocess
import sys

import pytest

from bench.fault_matrix import Ended, judge, lines
from bench.troubles import BOTH, GOOD, TROUBLES, UNKNOWN, Trouble
from tests.acceptance.gate import CHECKOUT

FINE = Ended("n", "UPGRADED", executed=1)


def test_a_gate_in_trouble() -> None:
    command = [sys.executable, "-m", "bench.kill_matrix", "--faults", "--only=the answer to ExecuteChangeSet is lost"]
    finished = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=300, check=False)

    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert finished.stdout.startswith("ok      the answer to ExecuteChangeSet is lost")
    assert "troubles  1 of 1\nfailures  0" in finished.stdout


def test_that_no_trouble_has_the_name_is_no_success() -> None:
    command = [sys.executable, "-m", "bench.kill_matrix", "--faults", "--only=no such trouble"]
    assert subprocess.run(command, cwd=CHECKOUT, capture_output=True, timeout=60, check=False).returncode == 1


@pytest.mark.parametrize(
    ("right", "ended", "wrong"),
    [
        (GOOD, FINE, []),
        (UNKNOWN, Ended("n", "UNKNOWN", executed=1), []),
        (BOTH, Ended("n", "REFUSED and UPGRADED", executed=1), []),
        (UNKNOWN, Ended("n", "ROLLED_BACK", executed=1), ["ROLLED_BACK in place of UNKNOWN"]),
        (GOOD, Ended("n", "UPGRADED", executed=2), ["2 change sets were executed"]),
        (GOOD, Ended("n", "UPGRADED", executed=0), ["0 change sets were executed"]),
        (GOOD, Ended("n", "UPGRADED", 1, output="Traceback (most recent call last)"), ["a traceback"]),
    ],
)
def test_what_is_wrong_is_told(right: tuple[str, ...], ended: Ended, wrong: list[str]) -> None:
    assert list(judge(Trouble("n", right), ended)) == wrong


def test_what_is_wrong_stands_below_its_line() -> None:
    assert len(list(lines(FINE, []))) == 1
    first, *below = lines(Ended("n", "UNKNOWN", output="lost contact"), ["UNKNOWN in place of UPGRADED"])
    assert first.split()[:2] == ["FAILED", "n"]
    assert [line.strip() for line in below] == ["UNKNOWN in place of UPGRADED", "| lost contact"]


def test_each_trouble_has_a_name_of_its_own() -> None:
    assert len({each.name for each in TROUBLES}) == len(TROUBLES)
