import hashlib
import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from reports import attachments
from reports.__main__ import main
from reports.folder import Folder
from tests.reports import builders


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Folder(tmp_path_factory.mktemp("evidence")).write(builders.no_go()).bundle


def test_report_junit_and_the_whole_bundle_are_attached(bundle: Path, tmp_path: Path) -> None:
    listed = attachments.write(bundle, tmp_path / "out")

    assert [(each.name, each.media_type) for each in listed] == [
        (f"{bundle.name}.html", "text/html"),
        (f"{bundle.name}.xml", "application/xml"),
        (f"{bundle.name}.zip", "application/zip"),
    ]
    told = json.loads((tmp_path / "out" / attachments.LIST).read_text())
    assert told["bundle"] == bundle.name
    for each in told["attachments"]:
        content = (tmp_path / "out" / each["name"]).read_bytes()
        assert (each["size"], each["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())


def test_it_lies_outside_of_the_bundle(bundle: Path, tmp_path: Path) -> None:
    before = sorted(bundle.rglob("*"))
    attachments.write(bundle, tmp_path)

    assert sorted(bundle.rglob("*")) == before


def test_the_zip_is_the_same_each_time(bundle: Path, tmp_path: Path) -> None:
    copied = tmp_path / bundle.name
    shutil.copytree(bundle, copied)
    for path in copied.rglob("*"):
        path.chmod(0o700)
        os.utime(path, (1, 1))

    assert attachments.zipped(copied) == attachments.zipped(bundle)


def test_another_program_finds_the_bundle_in_it(bundle: Path, tmp_path: Path) -> None:
    attachments.write(bundle, tmp_path)
    with zipfile.ZipFile(tmp_path / f"{bundle.name}.zip") as archive:
        archive.extractall(tmp_path / "out")

    unpacked = tmp_path / "out" / bundle.name
    told = subprocess.run(
        ["sha256sum", "--strict", "--quiet", "-c", "manifest-sha256.txt"],
        cwd=unpacked,
        capture_output=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert (unpacked / "manifest-sha256.txt").read_bytes() == (bundle / "manifest-sha256.txt").read_bytes()


def test_a_bundle_that_is_not_whole_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(attachments.attachments(tmp_path))


def test_the_command_writes_the_set(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(["render", str(bundle), "--attachments=attach"]) == 0
    assert f"attach/{bundle.name}.zip" in capsys.readouterr().out.splitlines()
    assert (tmp_path / "attach" / attachments.LIST).is_file()


def test_the_set_never_goes_into_the_bundle(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(["render", str(bundle), f"--attachments={bundle / 'attach'}"]) == 4
    assert "lies in the bundle" in capsys.readouterr().err
    assert not (bundle / "attach").exists()
