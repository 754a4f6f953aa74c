"""What happens at the wrong moment: between judgement and execution, and in the middle of an update."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reports import baseline
from reports.chain import Chain
from tests.acceptance.gate import CHECKOUT, LIMIT, Run
from tests.acceptance.standing import Standing, standing
from upgrade.facts.journal import Act
from upgrade.run.journal import EXECUTE, open_intent


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Standing]:
    """A healthy world of one's own."""
    with standing(tmp_path, "healthy") as made:
        yield made


def upgrade(sandbox: Standing, folder: Path, meanwhile: Callable[[subprocess.Popen[str]], None]) -> Run:
    """Start an upgrade, do something meanwhile, and wait for its end."""
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", "--stack", "demo", "--upgrade", f"--evidence={folder}"],
        cwd=CHECKOUT,
        env=sandbox.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=_hears_ctrl_c,  # noqa: PLW1509  # no threads here
    ) as process:
        meanwhile(process)
        output, _ = process.communicate(timeout=LIMIT)
        return Run(process.returncode, output, folder)


def _hears_ctrl_c() -> None:
    """A shell starts background jobs deaf to SIGINT, and their children with them."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def seen(sandbox: Standing, operation: str) -> None:
    """Wait until the sandbox was asked for this operation."""
    deadline = time.monotonic() + LIMIT
    while operation not in sandbox.operations():
        assert time.monotonic() < deadline, f"{operation} never came"
        time.sleep(0.1)  # noqa: TID251  # another process is at work


def test_a_database_that_grows_after_the_judgement_refuses(sandbox: Standing, tmp_path: Path) -> None:
    sandbox.set(change_set_delay=4)
    rds = sandbox.client("rds")

    def grow(_: subprocess.Popen[str]) -> None:
        seen(sandbox, "CreateChangeSet")
        identifier = rds.describe_db_instances()["DBInstances"][0]["DBInstanceIdentifier"]
        rds.modify_db_instance(DBInstanceIdentifier=identifier, AllocatedStorage=60, ApplyImmediately=True)

    run = upgrade(sandbox, tmp_path / "evidence", grow)

    assert (run.code, run.latest["verdict"]) == (12, "REFUSED"), run.output
    assert "allocated_storage was 20, now it is 60" in run.output
    assert "ExecuteChangeSet" not in sandbox.operations()
    assert "DeleteChangeSet" in sandbox.operations()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_in_the_middle_of_an_update_leaves_evidence(
    sandbox: Standing, tmp_path: Path, number: signal.Signals
) -> None:
    sandbox.set(pace=2)

    def stop(process: subprocess.Popen[str]) -> None:
        seen(sandbox, "ExecuteChangeSet")
        looks = sandbox.operations().count("DescribeStackEvents")
        while sandbox.operations().count("DescribeStackEvents") < looks + 2:
            time.sleep(0.1)  # noqa: TID251  # another process is at work
        process.send_signal(number)

    run = upgrade(sandbox, tmp_path / "evidence", stop)

    assert (run.code, run.latest["exit_code"]) == (128 + number, 128 + number), run.output
    assert run.latest["verdict"] == "INTERRUPTED"
    assert "Traceback" not in run.output
    assert run.record["operation"]["ending"] == "unknown"
    assert run.record["operation"]["events"][0]["status"] == "UPDATE_IN_PROGRESS"
    assert "CancelUpdateStack" not in sandbox.operations()


def test_a_second_upgrade_is_told_of_the_first_and_a_killed_one_leaves_what_is_needed_to_take_it_up(
    sandbox: Standing, tmp_path: Path
) -> None:
    sandbox.set(pace=60)
    second = list[Run]()

    def kill(process: subprocess.Popen[str]) -> None:
        seen(sandbox, "ExecuteChangeSet")
        before = sandbox.operations()
        second.append(upgrade(sandbox, tmp_path / "second", lambda _: None))
        assert sandbox.operations().count("ExecuteChangeSet") == 1
        assert sandbox.operations().count("CreateChangeSet") == before.count("CreateChangeSet")
        process.kill()

    killed = upgrade(sandbox, tmp_path / "evidence", kill)

    run_id = killed.latest["run"]
    assert killed.latest["verdict"] is None
    assert (second[0].code, second[0].latest["verdict"]) == (12, "REFUSED"), second[0].output
    assert f"run {run_id} is upgrading this stack" in second[0].output
    (journal,) = (tmp_path / "evidence").glob(".journal/demo/*/events.jsonl")
    opened = open_intent(Chain(journal).records())
    assert opened is not None
    assert (opened.call, opened.act, opened.run) == (EXECUTE, Act.ACCEPTED, run_id)
    kept = baseline.read(journal.parent / "baseline").snapshot
    assert kept.stack.value.status == "CREATE_COMPLETE"
    assert baseline.newest(tmp_path / "evidence", "demo", kept.identity.value.account) is None


ANSWERED = 10
"""Calls that are answered before the others hang."""


@pytest.mark.parametrize("pause", [0.1, 1.0])
def test_an_impatient_second_ctrl_c_leaves_evidence_though_a_call_hangs(
    sandbox: Standing, tmp_path: Path, pause: float
) -> None:
    sandbox.set(api=[{"action": "*", "kind": "latency", "delay": 60, "after": ANSWERED}])

    def stop(process: subprocess.Popen[str]) -> None:
        while len(sandbox.operations()) < ANSWERED:
            time.sleep(0.1)  # noqa: TID251  # another process is at work
        process.send_signal(signal.SIGINT)
        time.sleep(pause)  # noqa: TID251  # a person's
        process.send_signal(signal.SIGINT)

    run = upgrade(sandbox, tmp_path / "evidence", stop)

    assert run.code == 130, run.output
    assert len(sandbox.operations()) == ANSWERED  # nobody has waited for the others
    assert run.latest["verdict"] == "INTERRUPTED"
    assert "Traceback" not in run.output
