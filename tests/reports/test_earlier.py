"""What earlier runs have left is found by whoever comes next, and only that of the same stack."""

from pathlib import Path

import pytest

from reports.earlier import Earlier
from reports.folder import Folder
from tests.builders import ACCOUNT, NOW
from tests.reports import builders
from upgrade.catalogue import Outcome
from upgrade.facts.journal import Act, Record
from upgrade.facts.operation import Ending
from upgrade.gate.mode import Verdict

EVIDENCE = builders.evidence()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def earlier(folder: Folder) -> Earlier:
    return Earlier(folder, EVIDENCE.entry)


def test_of_an_empty_folder_nothing_is_known(earlier: Earlier) -> None:
    assert list(earlier.journals()) == []
    assert earlier.journal("run-0").records() == ()
    assert earlier.baseline("run-0") is None
    assert earlier.newest(ACCOUNT) is None
    assert not earlier.made_evidence("run-0")
    assert not earlier.has_judged("plimsoll-1")
    assert earlier.judged("run-0", ()) == {}


def test_the_journals_are_those_of_the_stack(folder: Folder, earlier: Earlier) -> None:
    for entry in (EVIDENCE.entry, "another"):
        for run in ("Run-0", "Run-1"):
            folder.chain(entry, run).append(Record(Act.INTENT, NOW, f"{run} of {entry}", "service:Call", {}))
    found = {record.run for journal in earlier.journals() for record in journal.records()}
    assert found == {f"Run-0 of {EVIDENCE.entry}", f"Run-1 of {EVIDENCE.entry}"}
    assert earlier.journal("Run-1").records()[0].run == f"Run-1 of {EVIDENCE.entry}"


def test_how_things_were_and_what_was_judged_is_found_by_the_run(folder: Folder, earlier: Earlier) -> None:
    folder.keep(EVIDENCE)
    was, kept = EVIDENCE.before, earlier.baseline(EVIDENCE.run_id)
    assert was is not None
    assert kept is not None
    assert kept.snapshot.stack.value == was.stack.value
    checks = [entry.check for entry in EVIDENCE.entries]
    judged = earlier.judged(EVIDENCE.run_id, checks[:2])
    assert list(judged) == [check.id for check in checks[:2]]
    for before in EVIDENCE.entries[:2]:
        after = judged[before.check.id]
        assert (after.check, after.outcome, after.findings) == (before.check, before.outcome, before.findings)
        assert after.detail.startswith(f"judged by run {EVIDENCE.run_id}")
    assert earlier.judged("run-0", checks) == {}
    assert Outcome.PASS in {entry.outcome for entry in judged.values()}


@pytest.mark.parametrize(
    ("changes", "is_judged"),
    [
        ({}, True),
        ({"operation": builders.operation(ending=Ending.ROLLED_BACK)}, True),
        ({"operation": builders.operation(token="Console-1")}, False),
        ({"operation": builders.operation(ending=Ending.UNKNOWN)}, False),
        ({"operation": None}, False),
        ({"decision": builders.decision(Verdict.INTERRUPTED)}, False),
        ({"decision": builders.decision(Verdict.UNKNOWN)}, False),
    ],
    ids=["complete", "rolled back", "another's", "end not seen", "none", "interrupted", "unknown"],
)
def test_an_update_is_judged_where_its_end_was_seen(
    folder: Folder, earlier: Earlier, changes: dict[str, object], *, is_judged: bool
) -> None:
    evidence = builders.evidence(**changes)
    folder.write(evidence)
    assert evidence.run_id
    assert earlier.has_judged("plimsoll-1") is is_judged
    assert earlier.made_evidence(evidence.run_id)
    assert not earlier.made_evidence("another")


def test_a_bundle_has_the_journal_of_the_run_whose_update_it_tells_of(folder: Folder) -> None:
    record = Record(Act.ADOPTED, NOW, EVIDENCE.run_id, "service:Call", {})
    folder.chain(EVIDENCE.entry, "run-0").append(record)
    written = folder.write(builders.evidence(adopted_from="run-0"))
    assert '"act":"adopted"' in (written.bundle / "data/events.jsonl").read_text()
