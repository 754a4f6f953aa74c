"""A run that was killed is taken up by the same command: nothing is asked of AWS twice, and one chain tells it all."""

from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree

import pytest

from reports.chain import Chain
from tests.acceptance.killing import killed, stack_of, updates, upgrade
from tests.acceptance.standing import Standing, standing
from upgrade.run.journal import CREATE, open_intent

MISSES_THE_BASELINE = {
    "alarms-are-quiet-again",
    "backups-still-cover-everything",
    "changes-are-as-planned",
    "database-is-intact",
    "nothing-is-left-behind",
    "services-run-the-target-image",
    "stack-is-protected-again",
    "stateful-identities-are-kept",
    "tags-are-as-planned",
    "targets-are-healthy-again",
}
"""What can't be judged without how things were before."""


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Standing]:
    """A healthy world of one's own, in which an update takes a while."""
    with standing(tmp_path, "healthy") as made:
        made.set(pace=0.5)
        yield made


def test_an_upgrade_that_was_killed_is_taken_up_and_judged(sandbox: Standing, tmp_path: Path) -> None:
    evidence = tmp_path / "evidence"
    first = killed(sandbox, evidence, "ExecuteChangeSet")
    stack = stack_of(evidence)

    run = upgrade(sandbox, evidence)

    assert (run.code, run.latest["verdict"]) == (0, "UPGRADED"), run.output
    assert f"adopted: run {first}'s update" in run.output
    assert updates(sandbox, stack) == 1
    assert run.record["operation"]["adopted_from"] == first
    (journal,) = evidence.glob(".journal/demo/*/events.jsonl")
    told = [(record.act.value, record.run == first) for record in Chain(journal).records() if record.call != CREATE]
    assert told == [("intent", True), ("accepted", True), ("adopted", False), ("terminal", False), ("concluded", False)]
    assert (evidence / run.latest["bundle"] / "data/events.jsonl").read_text() in journal.read_text()
    judged = [check for check in run.record["checks"] if check["phase"] in {"facts", "plan"}]
    assert {check["detail"][:13] for check in judged[1:]} == {"judged by run"}


def test_without_its_journal_only_what_compares_with_the_baseline_is_missing(sandbox: Standing, tmp_path: Path) -> None:
    evidence = tmp_path / "evidence"
    first = killed(sandbox, evidence, "ExecuteChangeSet")
    stack = stack_of(evidence)
    rmtree(evidence / ".journal")

    run = upgrade(sandbox, evidence)

    assert (run.code, run.latest["verdict"]) == (30, "UNHEALTHY"), run.output
    assert f"adopted: run {first}'s update" in run.output
    assert updates(sandbox, stack) == 1
    outcomes = {check["id"]: check["outcome"] for check in run.record["checks"]}
    assert {id_ for id_, outcome in outcomes.items() if outcome == "error"} == MISSES_THE_BASELINE
    assert "fail" not in outcomes.values()
    assert {check["detail"] for check in run.record["checks"] if check["outcome"] == "blocked"} == {
        "the update had begun before this run"
    }


def test_what_was_made_and_not_executed_is_taken_back(sandbox: Standing, tmp_path: Path) -> None:
    evidence = tmp_path / "evidence"
    first = killed(sandbox, evidence, "CreateChangeSet")
    stack = stack_of(evidence)

    run = upgrade(sandbox, evidence)

    assert (run.code, run.latest["verdict"]) == (0, "UPGRADED"), run.output
    assert "adopted" not in run.output
    assert updates(sandbox, stack) == 1
    left = sandbox.client("cloudformation").list_change_sets(StackName=stack)["Summaries"]
    assert left == []
    assert f"run {first} was broken off before it executed anything" in run.output
    journals = [Chain(path).records() for path in evidence.glob(".journal/demo/*/events.jsonl")]
    assert [open_intent(journal) for journal in journals] == [None, None]
