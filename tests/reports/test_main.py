"""`python -m reports`, as it is typed."""

import json
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest

from reports.__main__ import main
from tests.acceptance.gate import CHECKOUT
from tests.reports.sealed import edited, sealed, signer


@pytest.fixture
def bundle(tmp_path: Path) -> tuple[Path, Path]:
    folder, _ = sealed(tmp_path)
    key = tmp_path / "registered.pub.pem"
    key.write_bytes((folder / "signatures/signer.pub.pem").read_bytes())
    return folder, key


def test_verify_ends_in_0_and_says_the_verdict(bundle: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    folder, key = bundle
    assert main(["verify", str(folder), f"--key={key}"]) == 0
    assert capsys.readouterr().out.startswith("WHOLE  run ")
    assert main(["verify", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "UPGRADED"


def test_verify_ends_in_1_where_something_is_broken(bundle: tuple[Path, Path], tmp_path: Path) -> None:
    folder, key = bundle
    signer(tmp_path / "other")
    assert main(["verify", str(folder), f"--key={tmp_path / 'other/seal.pub.pem'}"]) == 1
    edited(folder, lambda told: told["conclusion"].update(verdict="GO"))
    assert main(["verify", str(folder), f"--key={key}"]) == 1
    assert main(["verify", str(folder)]) == 1


def test_of_an_evidence_folder_the_newest_run_is_verified(bundle: tuple[Path, Path], tmp_path: Path) -> None:
    folder, _ = bundle
    latest = tmp_path / "latest.json"
    latest.write_text(json.dumps({"bundle": folder.name, "verdict": "UPGRADED"}))
    assert main(["verify", str(tmp_path)]) == 0
    latest.write_text(json.dumps({"run": "r", "verdict": None, "exit_code": None}))
    assert main(["verify", str(tmp_path)]) == 4


@pytest.mark.parametrize("inside", ["absolute", "nested", "plain"])
def test_no_file_in_a_bundle_leads_to_another_one(inside: str, bundle: tuple[Path, Path], tmp_path: Path) -> None:
    folder, key = bundle
    good = Path(copytree(folder, tmp_path / "good"))
    copytree(folder, folder / "nested")
    where = {"absolute": str(good), "nested": "nested", "plain": "."}[inside]
    (folder / "latest.json").write_text(json.dumps({"bundle": where}))
    assert main(["verify", str(folder), f"--key={key}"]) == 1


@pytest.mark.parametrize("where", ["/etc", "../x", "a/b", "", None, 7])
def test_an_evidence_folder_leads_to_its_own_runs_alone(where: object, tmp_path: Path) -> None:
    (tmp_path / "latest.json").write_text(json.dumps({"bundle": where}))
    assert main(["verify", str(tmp_path)]) == 4


@pytest.mark.parametrize("option", ["key", "authority"])
def test_a_key_from_inside_the_folder_is_refused(
    option: str, bundle: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = bundle
    assert main(["verify", str(folder), f"--{option}={folder / 'signatures/signer.pub.pem'}"]) == 4
    assert "so it proves nothing" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["verify", "render", "seal"])
def test_a_folder_that_is_none_is_4(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, str(tmp_path / "nowhere")]) == 4
    assert "name the folder of a run" in capsys.readouterr().err


def test_what_is_no_option_is_4(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["verify"])
    assert ended.value.code == 4
    assert "usage: python -m reports verify" in capsys.readouterr().err


def test_the_page_is_rendered_again_as_it_was_and_never_into_the_bundle(
    bundle: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = bundle
    again = tmp_path / "again.html"
    assert main(["render", str(folder), f"--html={again}"]) == 0
    assert again.read_bytes() == (folder / "data/report/report.html").read_bytes()
    assert main(["render", str(folder), f"--html={folder / 'again.html'}"]) == 4
    assert "would no longer be whole" in capsys.readouterr().err
    assert main(["render", str(folder), f"--html={tmp_path}/nowhere/again.html"]) == 4


def test_two_runs_are_compared(bundle: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, _ = bundle
    other = Path(copytree(folder, tmp_path / "other"))
    edited(other, lambda told: told["checks"][0].update(outcome="warn"))
    assert main(["diff", str(folder), str(other)]) == 0
    assert "account-is-the-expected-one: pass → warn" in capsys.readouterr().out


def test_seal_needs_the_configuration_of_the_entry(bundle: tuple[Path, Path], tmp_path: Path) -> None:
    folder, _ = bundle
    assert main(["seal", str(folder), f"--stacks-file={tmp_path / 'absent.toml'}"]) == 4


def test_verifying_imports_nothing_heavy() -> None:
    code = "import sys, reports.__main__; print([name for name in ('boto3', 'pytest', 'moto') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
