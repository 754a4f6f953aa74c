"""What a run leaves in the archive is all that another machine needs: it takes the upgrade up as if nothing had happened."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reports.chain import parse
from tests.acceptance.approving import asked_for_approval, digest
from tests.acceptance.checkout import copied
from tests.acceptance.gate import CHECKOUT, LIMIT, gate_in, pytest_gate
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


def whole(sandbox: Standing, bundle: str, folder: Path) -> Path:
    """A run's evidence, brought from the archive and found to be whole."""
    for name, body in archived(sandbox).items():
        if name.startswith(f"{bundle}/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(body)
    subprocess.run(["sha256sum", "--strict", "-c", "manifest-sha256.txt"], cwd=folder / bundle, check=True)
    return folder / bundle


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


def test_planned_approved_killed_and_taken_up_on_three_machines_and_a_desk(sandbox: Standing, tmp_path: Path) -> None:
    other, desk = copied(tmp_path), tmp_path / "desk"
    stacks = Path(sandbox.environment["PLIMSOLL_SANDBOX_STACKS"])
    stacks.write_text(f"{stacks.read_text()}\n[stacks.demo.change]\nrequire_approvals = 1\n")
    sandbox.set(pace=0.05)
    command = ("--stack", "demo", "--ahead")
    ahead = gate_in(other, tmp_path / "noon", *command, environment=sandbox.environment)
    assert (ahead.code, ahead.latest["verdict"]) == (0, "PLANNED"), ahead.output

    assert f"s3://{BUCKET}/{PREFIX}{ahead.latest['bundle']}/" in ahead.output
    plan = whole(sandbox, ahead.latest["bundle"], desk) / "data/plan.json"
    asked_for_approval(plan, stacks.with_name("ada.pem"), f"--digest={digest(plan)}")
    approved = (f"--plan={plan}", f"--approval={plan.with_name('adaapprover.approval.json')}")

    sandbox.set(pace=0.5)
    first = killed(sandbox, tmp_path / "night", "ExecuteChangeSet", *approved)
    stack = stack_of(tmp_path / "night")
    run = upgrade(sandbox, tmp_path / "morning", *approved, root=other)

    assert (run.code, run.latest["verdict"]) == (0, "UPGRADED"), run.output
    assert f"adopted: run {first}'s update" in run.output
    assert updates(sandbox, stack) == 1
    assert sandbox.client("cloudformation").list_change_sets(StackName=stack)["Summaries"] == []
    assert {check["outcome"] for check in run.record["checks"]} <= {"pass", "not applicable"}
    (approval,) = run.record["review"]["approvals"]
    assert (approval["name"], approval["authenticated"]) == ("Ada Approver", True)
    assert approval["envelope"] == plan.with_name("adaapprover.approval.json").read_text()
    held = parse((whole(sandbox, run.latest["bundle"], desk) / "data/events.jsonl").read_bytes())
    assert not held.broken
    assert [record.act.value for record in held.records] == ["intent", "accepted", "adopted", "terminal"]
    assert {record.run for record in held.records} == {first, run.latest["run"]}

    again = pytest_gate(tmp_path / "noon again", "--stack", "demo", "--verify", **sandbox.environment)
    assert (again.code, again.latest["verdict"]) == (0, "VERIFIED"), again.output


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


def retained(sandbox: Standing, bucket: str) -> None:
    """Have the evidence retained for ten days in another bucket."""
    stacks = Path(sandbox.environment["PLIMSOLL_SANDBOX_STACKS"])
    archive = f'archive = "s3://{BUCKET}/evidence"'
    assert archive in stacks.read_text()
    stacks.write_text(stacks.read_text().replace(archive, f'archive = "s3://{bucket}/evidence"\nretain_days = 10'))


def test_evidence_is_retained_and_an_upload_that_was_broken_off_is_gone_on_with(
    sandbox: Standing, tmp_path: Path
) -> None:
    s3 = sandbox.client("s3")
    s3.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    retained(sandbox, "locked")
    sandbox.set(api=[{"service": "s3", "action": "PutObject", "kind": "denied", "after": 9}])
    run = pytest_gate(tmp_path, "--stack", "demo", "--read-only", **sandbox.environment)
    assert (run.code, run.latest["verdict"]) == (40, "GO"), run.output
    receipt = tmp_path / f"{run.latest['bundle']}.receipt.json"
    assert not receipt.exists()

    sandbox.set(api=[])
    stacks = sandbox.environment["PLIMSOLL_SANDBOX_STACKS"]
    seal = [sys.executable, "-m", "reports", "seal", str(tmp_path / run.latest["bundle"]), f"--stacks-file={stacks}"]
    subprocess.run(seal, cwd=CHECKOUT, env={**os.environ, **sandbox.environment}, check=True)

    told = json.loads(receipt.read_text())
    assert json.loads((tmp_path / "latest.json").read_text())["exit_code"] == 0
    files = {path.relative_to(tmp_path).as_posix() for path in (tmp_path / told["bundle"]).rglob("*") if path.is_file()}
    assert {row["name"] for row in told["objects"]} == files
    for row in told["objects"]:
        body = s3.get_object(Bucket="locked", Key=f"evidence/{row['name']}", VersionId=row["version_id"])
        assert (row["mode"], body["ObjectLockMode"]) == ("GOVERNANCE", "GOVERNANCE")
        assert hashlib.sha256(body["Body"].read()).hexdigest() == row["sha256"]
        until = datetime.fromisoformat(row["retain_until"]) - datetime.now(UTC)
        assert timedelta(days=9) < until < timedelta(days=10)


def test_where_nothing_can_be_retained_no_run_begins(sandbox: Standing, tmp_path: Path) -> None:
    retained(sandbox, BUCKET)

    run = upgrade(sandbox, tmp_path)

    assert run.code == 4, run.output
    assert "stacks.demo.evidence.retain_days" in run.output
    assert "has no Object Lock" in run.output
    assert sandbox.mutations() == []


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
