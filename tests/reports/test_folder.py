import errno
import hashlib
import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import baseline, disk, latest
from reports.chain import parse
from reports.folder import Folder
from reports.latest import ROOM, safe_name
from reports.record import Record as RunRecord
from reports.record import schema
from reports.redact import LeakError
from tests.builders import ACCOUNT, NOW, snapshot
from tests.reports import builders
from upgrade.errors import UsageError
from upgrade.facts.journal import Act, Record
from upgrade.gate.mode import Mode, Verdict

NAME = "nochange_prod_20261123t120704z_0000abcd"


def test_a_run_that_began_has_no_verdict_yet(tmp_path: Path) -> None:
    root = tmp_path / "not" / "there"
    latest.begin(root, "run-1", "prod")

    for name in ("latest.json", "latest-prod.json"):
        assert json.loads((root / name).read_text()) == {"run": "run-1", "verdict": None, "exit_code": None}
    assert len(list(root.iterdir())) == 2


def test_a_new_run_replaces_the_verdict_of_the_last_one(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write(builders.evidence())
    latest.begin(folder.root, "run-2", "prod")

    assert json.loads((tmp_path / "latest.json").read_text())["verdict"] is None


def test_another_stack_keeps_its_own_latest(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write(builders.evidence())
    latest.begin(folder.root, "run-2", "val")

    assert json.loads((tmp_path / "latest-prod.json").read_text())["verdict"] == "UPGRADED"
    assert json.loads((tmp_path / "latest.json").read_text())["run"] == "run-2"


def test_a_folder_that_cannot_be_written_is_told_before_anything_else(tmp_path: Path) -> None:
    in_the_way = tmp_path / "evidence"
    in_the_way.write_text("a file")

    with pytest.raises(UsageError, match=r"the evidence folder .*evidence can't be written \(.+\).*--evidence=DIR"):
        latest.begin(in_the_way, "run-1", "prod")


def test_latest_tells_where_everything_is(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    latest.begin(folder.root, builders.RUN, "prod")
    written = folder.write(builders.evidence())

    told = json.loads((tmp_path / "latest.json").read_text())
    assert told == {
        "run": builders.RUN,
        "bundle": NAME,
        "plan": None,
        "report": f"{NAME}/data/report/report.html",
        "junit": f"{NAME}/data/report/junit.xml",
        "verdict": "UPGRADED",
        "exit_code": 0,
        "stack": "prod",
        "mode": "upgrade",
        "sandbox": False,
    }
    assert json.loads((tmp_path / "latest-prod.json").read_text()) == told
    assert written.bundle == tmp_path / NAME
    assert all((tmp_path / told[key]).exists() for key in ("bundle", "report", "junit"))


def test_what_a_killed_run_left_is_swept_and_what_is_being_written_is_not(tmp_path: Path) -> None:
    bundle = Folder(tmp_path).write(builders.evidence()).bundle
    old, young = tmp_path / ".old.partial", tmp_path / ".young.partial"
    for path, age in ((old, 7200), (young, 60)):
        shutil.copytree(bundle, path)
        os.utime(path, (NOW.timestamp() - age,) * 2)

    Folder(tmp_path).sweep(NOW - timedelta(hours=1))

    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == [young.name, bundle.name]


def test_room_for_the_evidence_is_held_until_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, write = Folder(tmp_path), disk.write
    folder.reserve()
    held = folder._room
    assert held is not None
    assert os.fstat(held.fileno()).st_blocks * 512 >= ROOM
    assert list(tmp_path.iterdir()) == []

    def on_a_full_disk(path: Path, text: str) -> None:
        if not held.closed:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(path, text)

    monkeypatch.setattr(disk, "write", on_a_full_disk)
    assert folder.write(builders.evidence()).bundle.exists()


def test_the_journal_is_in_the_evidence_and_in_its_manifest(tmp_path: Path) -> None:
    folder, evidence = Folder(tmp_path), builders.evidence()
    folder.chain(evidence.entry, evidence.run_id).append(Record(Act.INTENT, NOW, evidence.run_id, "service:Call", {}))
    bundle = folder.write(evidence).bundle

    assert [each.act for each in parse((bundle / "data/events.jsonl").read_bytes()).records] == [Act.INTENT]
    assert "  data/events.jsonl\n" in (bundle / "manifest-sha256.txt").read_text()


def test_how_things_were_is_kept_as_a_baseline_until_it_is_no_longer_needed(tmp_path: Path) -> None:
    folder, before, evidence = Folder(tmp_path), snapshot(), builders.evidence(mode=Mode.UPGRADE, before=snapshot())
    folder.keep(evidence)
    kept = folder.chain(evidence.entry, evidence.run_id).path.parent / "baseline"

    assert baseline.read(kept).snapshot.stack == before.stack
    assert baseline.newest(tmp_path, evidence.entry, ACCOUNT) is None
    folder.release(evidence.entry, evidence.run_id)
    assert not kept.exists()


def test_a_baseline_that_would_hold_a_secret_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    evidence = builders.evidence(target="https://hush-hush")
    monkeypatch.setattr("reports.folder.redact", lambda record, _: record)
    with pytest.raises(LeakError):
        Folder(tmp_path).keep(evidence, ["hush-hush"])
    assert not list(tmp_path.rglob("record.json"))


def test_the_folder_holds_these_files_and_no_others(tmp_path: Path) -> None:
    bundle = Folder(tmp_path).write(builders.evidence()).bundle

    assert sorted(path.relative_to(bundle).as_posix() for path in bundle.rglob("*") if path.is_file()) == [
        "VERIFY.md",
        "bag-info.txt",
        "bagit.txt",
        "data/record.json",
        "data/record.schema.json",
        "data/redaction.json",
        "data/report/ctrf.json",
        "data/report/junit-strict.xml",
        "data/report/junit.xml",
        "data/report/oscal-assessment-results.json",
        "data/report/report.html",
        "data/spec/manifest.toml",
        "data/spec/template.deployed.txt",
        "data/spec/template.target.txt",
        "data/traceability/matrix.csv",
        "data/traceability/matrix.json",
        "manifest-sha256.txt",
        "tagmanifest-sha256.txt",
    ]
    assert (bundle / "data/record.schema.json").read_text() == schema()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["latest-prod.json", "latest.json", NAME]


@pytest.mark.parametrize("verdict", list(Verdict), ids=str)
def test_every_ending_leaves_evidence_that_reads_back(verdict: Verdict, tmp_path: Path) -> None:
    written = Folder(tmp_path).write(builders.of_verdict(verdict))

    text = (written.bundle / "data/record.json").read_text()
    assert RunRecord.model_validate_json(text) == written.record
    assert json.loads((tmp_path / "latest.json").read_text())["verdict"] == verdict


def test_sha256sum_verifies_the_manifest_and_sees_a_change(tmp_path: Path) -> None:
    bundle = Folder(tmp_path).write(builders.hostile()).bundle
    command = ["sha256sum", "--strict", "-c", "manifest-sha256.txt"]

    assert subprocess.run(command, cwd=bundle, capture_output=True, check=False).returncode == 0
    with (bundle / "data/record.json").open("a") as file:
        file.write(" ")
    assert subprocess.run(command, cwd=bundle, capture_output=True, check=False).returncode == 1


def test_the_views_name_the_record_they_were_made_from(tmp_path: Path) -> None:
    written = Folder(tmp_path).write(builders.evidence())

    sha256 = hashlib.sha256((written.bundle / "data/record.json").read_bytes()).hexdigest()
    assert sha256 in written.report.read_text()
    assert sha256 in written.junit.read_text()


def test_a_configured_secret_is_in_no_file(tmp_path: Path) -> None:
    secret = "correct-horse-battery"
    finding = builders.finding(found=f"the password is {secret}")
    evidence = builders.evidence(entries=(builders.entry("stack-is-at-rest", findings=(finding,)),))
    written = Folder(tmp_path).write(evidence, [secret])

    for path in written.bundle.rglob("*.*"):
        assert path.is_dir() or secret not in path.read_text()
    assert "[REDACTED:secret#" in written.report.read_text()


def test_a_leak_leaves_no_file_and_no_verdict(tmp_path: Path) -> None:
    """The run's id is told in places no redaction reaches: if it holds a secret, nothing may be left."""
    secret = "2026-11-23T12:07"
    folder = Folder(tmp_path)
    latest.begin(folder.root, builders.RUN, "prod")

    with pytest.raises(LeakError, match=r"data/record\.json holds a secret \(rule secret\)"):
        folder.write(builders.evidence(), [secret])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["latest-prod.json", "latest.json"]
    assert json.loads((tmp_path / "latest.json").read_text())["verdict"] is None


def test_the_sandbox_is_told_in_latest(tmp_path: Path) -> None:
    Folder(tmp_path).write(replace(builders.evidence(), calls=(builders.call(endpoint="http://127.0.0.1:1"),)))

    assert json.loads((tmp_path / "latest.json").read_text())["sandbox"] is True


@given(st.text(max_size=80))
def test_names_are_safe_everywhere(name: str) -> None:
    safe = safe_name(name)

    assert safe.isascii()
    assert safe == safe.lower()
    assert 0 < len(safe) <= 70
    assert not set(safe) & set(' ./\\:*?"<>|_\n')


@given(st.text(max_size=20), st.text(max_size=20))
def test_two_names_never_become_one(one: str, other: str) -> None:
    assert (safe_name(one) == safe_name(other)) == (one == other)


def test_ordinary_names_stay_readable() -> None:
    assert safe_name("prod-eu-1") == "prod-eu-1"
    assert safe_name("Prod EU").startswith("prod-eu-")


@pytest.mark.parametrize("variable", ["", "CI_PROJECT_DIR", "WORKSPACE"])
def test_what_ci_attaches_lies_where_ci_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    (tmp_path / "plimsoll").mkdir()
    for name in ("CI_PROJECT_DIR", "WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    if variable:
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.chdir(tmp_path / "plimsoll" if variable else tmp_path)
    told = Folder(tmp_path / "evidence").write(builders.no_go()).junit.read_text()

    attached = re.findall(r"\[\[ATTACHMENT\|(.+)\]\]", told)
    assert attached
    assert all(not Path(path).is_absolute() and (tmp_path / path).is_file() for path in attached)


def test_nothing_outside_of_where_ci_works_is_attached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI_PROJECT_DIR", str(tmp_path / "checkout"))

    assert "ATTACHMENT" not in Folder(tmp_path / "evidence").write(builders.no_go()).junit.read_text()


@pytest.mark.parametrize("word", ["reviewed-controls", "assessment-results", "reportFormat", "could not tell"])
def test_a_secret_that_is_a_word_of_every_view_costs_no_evidence(tmp_path: Path, word: str) -> None:
    assert Folder(tmp_path).write(builders.evidence(), secrets=[word]).junit.is_file()


def test_where_the_folder_cannot_be_written_the_evidence_is_elsewhere_and_that_is_told(tmp_path: Path) -> None:
    root = tmp_path / "evidence"
    root.write_text("in its way")
    written = Folder(root).write(builders.evidence())

    assert not written.bundle.is_relative_to(root)
    assert written.problems == (f"{root} can't be written (Not a directory); the evidence is in {written.bundle}",)
    assert (written.bundle / "VERIFY.md").exists()
    assert written.bundle.parent.stat().st_mode & 0o077 == 0, "nobody else looks into it"
    shutil.rmtree(written.bundle.parent)
