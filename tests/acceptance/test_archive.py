"""What a run leaves in the archive is all that another machine needs: it takes the upgrade up as if nothing had happened."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from reports.chain import parse
from tests.acceptance.gate import LIMIT, pytest_gate
from tests.acceptance.killing import killed, reach, records, stack_of, started, updates, upgrade
from tests.acceptance.standing import Standing, standing
from upgrade.facts.journal import Act

BUCKET, PREFIX = "plimsoll-archive", "evidence/"


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Standing]:
    """A world of one's own with an archive, in which an update takes a while."""
    with standing(tmp_path, "archived") as made:
        made.set(pace=0.5)
        yield made


def archived(sandbox: Standing) -> dict[str, bytes]:
    """All that is in the archive, by name."""
    s3 = sandbox.client("s3")
    listed = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=PREFIX)
    keys = [row["Key"] for page in listed for row in page["Contents"]]
    return {key.removeprefix(PREFIX): s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}


def test_another_machine_takes_up_what_was_killed_with_its_baseline(sandbox: Standing, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    first = killed(sandbox, here, "ExecuteChangeSet")
    stack = stack_of(here)

    run = upgrade(sandbox, there)

    assert (run.code, run.latest["verdict"]) == (0, "UPGRADED"), run.output
    assert f"adopted: run {first}'s update" in run.output
    assert updates(sandbox, stack) == 1
    assert {check["outcome"] for check in run.record["checks"]} <= {"pass", "not applicable"}
    chain = [body for name, body in sorted(archived(sandbox).items()) if "/events/" in name]
    held = parse(b"".join(chain))
    assert not held.broken
    assert list(held.records) == records(there)
    assert [record.act.value for record in held.records[-2:]] == ["terminal", "concluded"]


def test_the_same_with_a_plan_that_was_reviewed(sandbox: Standing, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    ahead = pytest_gate(tmp_path / "ahead", "--stack", "demo", "--ahead", **sandbox.environment)
    assert ahead.code == 0, ahead.output
    plan = f"--plan={ahead.evidence / ahead.latest['plan']}"
    sandbox.set(pace=0.5)
    first = killed(sandbox, here, "ExecuteChangeSet", plan)
    stack = stack_of(here)

    run = upgrade(sandbox, there, plan)

    assert (run.code, run.latest["verdict"]) == (0, "UPGRADED"), run.output
    assert f"adopted: run {first}'s update" in run.output
    assert updates(sandbox, stack) == 1
    assert {check["outcome"] for check in run.record["checks"]} <= {"pass", "not applicable"}


def test_another_machine_takes_back_what_was_made_and_not_executed(sandbox: Standing, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    first = killed(sandbox, here, "CreateChangeSet")
    stack = stack_of(here)

    run = upgrade(sandbox, there)

    assert (run.code, run.latest["verdict"]) == (0, "UPGRADED"), run.output
    assert f"run {first} was broken off before it executed anything" in run.output
    assert updates(sandbox, stack) == 1
    assert sandbox.client("cloudformation").list_change_sets(StackName=stack)["Summaries"] == []


def test_a_night_leaves_its_evidence_there_and_nothing_else(sandbox: Standing, tmp_path: Path) -> None:
    run = pytest_gate(tmp_path, "--stack", "demo", "--read-only", **sandbox.environment)

    assert run.code == 0, run.output
    assert set(sandbox.mutations()) == {"PutObject"}
    assert f"s3://{BUCKET}/{PREFIX}{run.latest['bundle']}/" in run.output
    assert {name.partition("/")[0] for name in archived(sandbox)} == {".begun", run.latest["bundle"]}


def test_the_archive_has_what_the_evidence_folder_has(sandbox: Standing, tmp_path: Path) -> None:
    sandbox.set(pace=0.05)
    run = upgrade(sandbox, tmp_path)

    assert run.code == 0, run.output
    found, bundle = archived(sandbox), tmp_path / run.latest["bundle"]
    files = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in bundle.rglob("*") if path.is_file()}
    assert files.items() <= found.items()
    (begun,) = (json.loads(body) for name, body in found.items() if name.startswith(".begun/demo/"))
    assert begun["run"] == run.latest["run"]


def test_where_the_archive_stays_away_nothing_is_asked_for(sandbox: Standing, tmp_path: Path) -> None:
    sandbox.set(api=[{"service": "s3", "action": "PutObject", "kind": "denied"}])

    run = upgrade(sandbox, tmp_path)

    assert run.code == 4, run.output
    assert "stacks.demo.evidence.archive" in run.output
    assert "AccessDenied" in run.output
    assert set(sandbox.operations()) <= {"PutObject"}


def test_an_intent_that_is_not_archived_is_not_followed_by_its_call(sandbox: Standing, tmp_path: Path) -> None:
    sandbox.set(api=[{"service": "s3", "action": "PutObject", "kind": "denied", "after": 1}])

    run = upgrade(sandbox, tmp_path)

    assert (run.code, run.latest["verdict"]) == (11, "CANNOT_TELL"), run.output
    assert not {"CreateChangeSet", "ExecuteChangeSet"} & set(sandbox.operations())


def test_a_verdict_that_is_not_archived_is_not_0_and_the_same_command_mends_it(
    sandbox: Standing, tmp_path: Path
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    with started(sandbox, here) as process:
        reach(here, Act.TERMINAL, "ExecuteChangeSet")
        sandbox.set(api=[{"service": "s3", "action": "PutObject", "kind": "denied"}])
    latest = json.loads((here / "latest.json").read_text())
    assert (process.returncode, latest["verdict"], latest["exit_code"]) == (40, "UPGRADED", 40)
    assert (here / latest["bundle"] / "data/record.json").exists()

    sandbox.set(api=[])
    run = upgrade(sandbox, there)

    assert (run.code, run.latest["verdict"]) == (0, "UPGRADED"), run.output
    assert f"adopted: run {latest['run']}'s update" in run.output
    assert updates(sandbox, stack_of(here)) == 1


def test_an_archive_that_hangs_does_not_hold_a_run_that_was_stopped(sandbox: Standing, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    with started(sandbox, here) as process:
        first = reach(here, Act.ACCEPTED, "ExecuteChangeSet")
        sandbox.set(api=[{"service": "s3", "action": "PutObject", "kind": "latency", "delay": 2 * LIMIT}])
        process.send_signal(signal.SIGINT)
        assert process.wait(LIMIT) == 130
    latest = json.loads((here / "latest.json").read_text())
    assert (latest["verdict"], latest["exit_code"]) == ("INTERRUPTED", 130)
    assert (here / latest["bundle"] / "manifest-sha256.txt").exists()

    sandbox.set(api=[])
    run = upgrade(sandbox, there)

    assert (run.code, run.latest["verdict"]) == (0, "UPGRADED"), run.output
    assert f"adopted: run {first}'s update" in run.output
