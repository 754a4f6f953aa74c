"""Which upgrades of another stack an evidence folder tells of: those of that stack, whole, and of this kind of account."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reports import rehearsals
from reports.folder import Folder
from reports.views import RECORD
from tests.builders import ACCOUNT
from tests.reports import builders
from upgrade.gate.evidence import Evidence
from upgrade.gate.mode import Mode


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path


def written(root: Path, **changes: Any) -> tuple[Evidence, Path]:
    evidence = builders.evidence(**changes)
    return evidence, Folder(root).write(evidence).bundle


def read(root: Path, entry: str, **changes: Any) -> tuple[Any, ...]:
    return rehearsals.read(root, entry, **{"account": ACCOUNT, "sandbox": False, **changes})


def test_an_upgrade_is_told_with_its_verdict_and_its_template(root: Path) -> None:
    evidence, bundle = written(root)
    [found] = read(root, evidence.entry)
    assert evidence.before is not None
    assert (found.bundle, found.verdict, found.finished) == (
        bundle.name,
        evidence.decision.verdict,
        evidence.finished,
    )
    assert found.template_sha256 == evidence.before.target.value.sha256


def test_of_several_the_newest_comes_first(root: Path) -> None:
    evidence = builders.evidence()
    times = [evidence.finished, evidence.finished.replace(year=2027), evidence.finished.replace(year=2025)]
    for number, time in enumerate(times):
        Folder(root).write(replace(evidence, finished=time, run_id=f"run-{number}"))
    assert [each.finished.year for each in read(root, evidence.entry)] == [2027, times[0].year, 2025]


@pytest.mark.parametrize("changes", [{"entry": "other"}, {"account": "999999999999"}, {"sandbox": True}])
def test_another_stack_account_or_a_sandbox_is_no_rehearsal(root: Path, changes: dict[str, Any]) -> None:
    evidence, _ = written(root)
    assert read(root, changes.pop("entry", evidence.entry), **changes) == ()


def test_a_gate_is_no_rehearsal(root: Path) -> None:
    evidence, _ = written(root, mode=Mode.GATE, operation=None, after=None)
    assert read(root, evidence.entry) == ()


def test_a_record_that_was_edited_is_no_rehearsal(root: Path) -> None:
    evidence, bundle = written(root)
    record = bundle / RECORD
    record.write_text(record.read_text() + "\n")
    assert read(root, evidence.entry) == ()


def test_a_bundle_without_manifest_is_no_rehearsal(root: Path) -> None:
    evidence, bundle = written(root)
    (bundle / "manifest-sha256.txt").unlink()
    assert read(root, evidence.entry) == ()


def test_an_empty_folder_tells_of_none(root: Path) -> None:
    assert read(root, "prod") == ()
