"""The benchmark of worlds runs the real gate and counts honestly: a world that nobody tells is a missed one."""

import subprocess
import sys

import pytest

from bench.catalogue import Result, Said, lines, totals
from bench.worlds import World
from tests.acceptance.gate import CHECKOUT

PROGRAM = """
from bench.catalogue import main
from bench.worlds import blocks

@blocks("Somebody believes the gate to see this.", "unheard-of")
def never_told(stage): pass

@blocks("This world can't be made.")
def never_built(stage): raise KeyError("no such thing")

raise SystemExit(main(["untouched", "maintenance-unstated", "never-told", "never-built"]))
"""


def test_worlds_are_run_and_counted() -> None:
    finished = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=CHECKOUT, capture_output=True, text=True, timeout=300, check=False
    )
    told = {line.split()[2]: line for line in finished.stdout.splitlines() if " healthy " in line or " hazard " in line}

    assert finished.returncode == 1, finished.stdout + finished.stderr
    assert told["untouched"].startswith("ok ")
    assert told["maintenance-unstated"].startswith("ok ")
    assert told["never-told"].startswith("MISSED ")
    assert "not built: KeyError" in told["never-built"]
    assert "1 of 3   (recall 33%)" in finished.stdout
    assert "1 of 1   (false alarms 0)" in finished.stdout


def result(ended: str, *said: str, stopping: bool = False, **changes: object) -> Result:
    facts = {"name": "w", "sentence": "s", "build": lambda _: None, **changes}
    told = tuple(Said("a", stopping, {"found": text}) for text in said)
    return Result(World(**facts), ended, told)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (result("GO", healthy=True), True),
        (result("NO_GO", healthy=True), False),
        (result("GO", "Volume is full", words=("volume", "FULL")), True),
        (result("GO", "Volume", "full", words=("volume", "full")), False),
        (result("NO_GO", "Volume", stopping=True, verdict="NO_GO", words=("volume",)), True),
        (result("NO_GO", "Volume", verdict="NO_GO", words=("volume",)), False),
        (result("CANNOT_TELL", "Volume", stopping=True, verdict="NO_GO", words=("volume",)), False),
    ],
    ids=["go", "false alarm", "warned", "in two findings", "stopped", "only warned", "another verdict"],
)
def test_a_world_is_told_by_one_finding_and_its_verdict(found: Result, told: bool) -> None:
    assert found.told is told


def test_a_false_alarm_is_named_with_what_was_said() -> None:
    first, *rest = lines(result("NO_GO", "stop", stopping=True, healthy=True))

    assert first.startswith("FALSE ALARM")
    assert "said: a: stop" in rest[-1]


def test_totals_tell_hazards_and_healthy_ones_apart() -> None:
    told = "\n".join(totals([result("GO", healthy=True), result("NO_GO", healthy=True), result("GO", words=("x",))]))

    assert "0 of 1   (recall 0%)" in told
    assert "1 of 2   (false alarms 1)" in told
