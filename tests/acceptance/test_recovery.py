"""A stack that is stuck in its rollback is taken back to rest, and nothing is skipped that nobody has acknowledged."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from reports.chain import Chain
from tests.acceptance.gate import CHECKOUT, LIMIT, Run, pytest_gate
from tests.acceptance.standing import Standing, standing
from upgrade.facts.journal import Act, Record

STUCK = "BatchSpotComputeEnvironment"


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Standing]:
    """A world in which an upgrade has failed, and its rollback, too."""
    with standing(tmp_path, "rollback-fails") as made:
        run = pytest_gate(tmp_path / "evidence", "--stack", "demo", "--upgrade", **made.environment)
        assert (run.code, run.latest["verdict"]) == (21, "NEEDS_OPERATOR"), run.output
        yield made


def recover(sandbox: Standing, evidence: Path, *options: str) -> Run:
    return pytest_gate(evidence, "--stack", "demo", "--recover", *options, **sandbox.environment)


def journal(evidence: Path) -> list[Record]:
    """What the recoveries have kept."""
    kept = [record for path in evidence.glob(".journal/demo/*/events.jsonl") for record in Chain(path).read().records]
    runs = {record.run for record in kept if record.call.endswith("ContinueUpdateRollback")}
    return [record for record in kept if record.run in runs]


def test_only_what_failed_and_was_acknowledged_is_skipped(sandbox: Standing, tmp_path: Path) -> None:
    evidence = tmp_path / "evidence"
    ends = {
        "unacknowledged": recover(sandbox, evidence, f"--skip={STUCK}"),
        "healthy": recover(sandbox, evidence, "--skip=DataVolume", "--acknowledge=skip:DataVolume"),
    }
    assert {run.code for run in ends.values()} == {10}
    assert "CloudFormation marks it UPDATE_COMPLETE and leaves it as it is" in ends["unacknowledged"].output
    assert "DataVolume was not left in UPDATE_FAILED by the rollback" in ends["healthy"].output
    assert "ContinueUpdateRollback" not in sandbox.operations()

    again = recover(sandbox, evidence)
    assert (again.code, again.latest["verdict"]) == (21, "NEEDS_OPERATOR"), again.output
    assert again.record["operation"]["diagnosis"]["cause"]["resource"] == STUCK

    run = recover(sandbox, evidence, f"--skip={STUCK}", f"--acknowledge=skip:{STUCK}")
    assert (run.code, run.latest["verdict"]) == (0, "RECOVERED"), run.output
    assert f"{STUCK} was skipped and is MODIFIED" in run.output
    operation = run.record["operation"]
    assert (operation["skipped"], operation["events"][-1]["status"]) == ([STUCK], "UPDATE_ROLLBACK_COMPLETE")
    assert {event["token"] for event in operation["events"]} == {f"plimsoll-{run.latest['run']}"}
    assert [row["logical_id"] for row in run.record["after"]["drift"]["value"]["rows"]] == [STUCK]


def test_a_recovery_that_was_killed_is_taken_up(sandbox: Standing, tmp_path: Path) -> None:
    evidence = tmp_path / "evidence"
    sandbox.set(resources={}, pace=1)
    command = [sys.executable, "-m", "pytest", "--stack", "demo", "--recover", f"--evidence={evidence}"]
    with subprocess.Popen(
        command, cwd=CHECKOUT, env=sandbox.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    ) as process:
        deadline = time.monotonic() + LIMIT
        while Act.ACCEPTED not in {record.act for record in journal(evidence)}:
            assert time.monotonic() < deadline, "the rollback was never continued"
            time.sleep(0.05)  # noqa: TID251  # another process is at work
        process.send_signal(signal.SIGKILL)

    run = recover(sandbox, evidence)
    assert (run.code, run.latest["verdict"]) == (0, "RECOVERED"), run.output
    assert "adopted: run" in run.output
    assert sandbox.operations().count("ContinueUpdateRollback") == 1
    assert [record.act.value for record in journal(evidence)] == [
        "intent",
        "accepted",
        "adopted",
        "terminal",
        "concluded",
    ]

    again = recover(sandbox, evidence)
    assert (again.code, again.latest["verdict"]) == (10, "NO_GO"), again.output
    assert "codeocean is UPDATE_ROLLBACK_COMPLETE" in again.output
