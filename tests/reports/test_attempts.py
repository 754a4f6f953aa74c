from datetime import timedelta
from pathlib import Path
from typing import Any

from reports import attempts
from reports.folder import Folder
from reports.provenance import Attempt
from tests.builders import NOW
from tests.reports import builders
from upgrade.gate.mode import Mode, Verdict

TARGET = builders.evidence().target


def left(folder: Path, hours: int, **changes: Any) -> Path:
    later = NOW + timedelta(hours=hours)
    made = builders.evidence(run_id=f"run-{hours:04}", started=later, finished=later, **changes)
    return Folder(folder).write(made).bundle


def read(folder: Path, **changes: Any) -> tuple[Attempt, ...]:
    asked = {"entry": "prod", "account": builders.evidence().configuration["account_id"], "target": TARGET, **changes}
    return attempts.read(folder, **{"sandbox": False, **asked})


def test_earlier_runs_are_told_the_oldest_first_red_ones_too(tmp_path: Path) -> None:
    second, first = left(tmp_path, 2), left(tmp_path, 1, decision=builders.decision(Verdict.NO_GO))
    found = read(tmp_path)

    assert [each.run for each in found] == ["run-0001", "run-0002"]
    assert [each.verdict for each in found] == ["NO_GO", "UPGRADED"]
    assert [each.bundle for each in found] == [first.name, second.name]
    assert found[0].caller.startswith("arn:aws:")
    assert found[0].root_sha256 != found[1].root_sha256


def test_other_stacks_targets_accounts_sandboxes_and_mere_looks_are_no_attempts(tmp_path: Path) -> None:
    left(tmp_path, 1)
    left(tmp_path, 2, mode=Mode.READ_ONLY, operation=None)

    assert len(read(tmp_path)) == 1
    assert read(tmp_path, entry="val") == ()
    assert read(tmp_path, target="https://elsewhere") == ()
    assert read(tmp_path, account="999999999999") == ()
    assert read(tmp_path, sandbox=True) == ()


def test_evidence_that_tells_too_little_is_left_out(tmp_path: Path) -> None:
    bundle = left(tmp_path, 1)
    (bundle / "bag-info.txt").write_text("External-Identifier: x\n")

    assert read(tmp_path) == ()
    assert read(tmp_path / "nowhere") == ()


def test_a_run_counts_its_attempts(tmp_path: Path) -> None:
    left(tmp_path, 1)
    written = Folder(tmp_path).write(builders.evidence())

    assert (written.record.run.attempt, written.record.run.supersedes) == (2, "run-0001")
