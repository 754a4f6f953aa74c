import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from reports import supplier
from upgrade.catalogue import catalogue
from upgrade.requirements import known

HEAD = '<testsuites><testsuite name="pytest" hostname="a-laptop">'
CASE = '<testcase classname="tests.checks.preflight.test_check_certificate_is_valid" name="{}">{}</testcase>'


def junit(folder: Path, *cases: str) -> Path:
    path = folder / "own.xml"
    path.write_text(f"{HEAD}{''.join(cases)}</testsuite></testsuites>")
    return path


def passed(name: str = "test_a") -> str:
    return CASE.format(name, "")


def failed(name: str = "test_b") -> str:
    return CASE.format(name, "<failure/>")


def skipped(name: str = "test_c") -> str:
    return CASE.format(name, "<skipped/>")


def packed(folder: Path, *cases: str) -> tuple[Path, int]:
    pack = folder / "pack"
    return pack, supplier.main(["pack", str(pack), f"--junit={junit(folder, *cases)}"])


def report(pack: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((pack / supplier.REPORT).read_text())
    return told


def test_the_pack_is_whole_and_its_hashes_hold(tmp_path: Path) -> None:
    pack, code = packed(tmp_path, passed())

    assert code == 0
    assert {path.name for path in pack.iterdir()} == {
        "requirements.toml", "limits.md", "supplier.md", "tests.xml", "test-report.json", "sbom.cdx.json",
        "files-sha256.txt", "manifest-sha256.txt",
    }  # fmt: skip
    told = subprocess.run(
        ["sha256sum", "--strict", "--quiet", "-c", supplier.MANIFEST], cwd=pack, capture_output=True, check=False
    )
    assert told.returncode == 0, told.stderr


def test_tests_are_traced_to_requirements(tmp_path: Path) -> None:
    pack, _ = packed(tmp_path, passed(), passed("test_b"), skipped())

    told = report(pack)
    assert [each["id"] for each in told["requirements"]] == list(known())
    (check,) = next(each["checks"] for each in told["requirements"] if each["id"] == "URS-35")
    assert check == {"id": "certificate-is-valid", "tests": 3, "passed": 2, "failed": 0, "skipped": 1}
    assert told["totals"] == {"tests": 3, "passed": 2, "failed": 0, "skipped": 1}


def test_a_check_without_a_passed_test_is_named(tmp_path: Path) -> None:
    pack, _ = packed(tmp_path, passed())

    assert set(report(pack)["untested"]) == {info.id for info in catalogue()} - {"certificate-is-valid"}


def test_a_test_that_failed_is_kept_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack, code = packed(tmp_path, passed(), failed())

    assert code == 1
    assert report(pack)["totals"]["failed"] == 1
    assert capsys.readouterr().out.endswith("2 tests, 1 passed, 1 failed\n")


def test_the_machine_of_whoever_made_it_is_not_named(tmp_path: Path) -> None:
    pack, _ = packed(tmp_path, passed())

    assert not [path for path in pack.iterdir() if "a-laptop" in path.read_text()]


@pytest.mark.parametrize("text", ["", "<testsuites/>", "<testsuite"], ids=["empty", "no test", "cut"])
def test_without_a_report_of_tests_there_is_no_pack(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (tmp_path / "own.xml").write_text(text)
    with pytest.raises(SystemExit) as ended:
        supplier.main(["pack", str(tmp_path / "pack"), f"--junit={tmp_path / 'own.xml'}"])

    assert ended.value.code == 4
    assert "own.xml" in capsys.readouterr().err
    assert not (tmp_path / "pack").exists()


def test_this_installation_is_as_the_pack_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack, _ = packed(tmp_path, passed())

    assert supplier.main(["check", str(pack)]) == 0
    assert "all as recorded" in capsys.readouterr().out


def test_a_folder_that_is_no_pack_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        supplier.main(["check", str(tmp_path)])

    assert ended.value.code == 4
    assert "files-sha256.txt" in capsys.readouterr().err


def installation(folder: Path) -> Path:
    for name in ("checks", "upgrade"):
        shutil.copytree(supplier.CHECKOUT / name, folder / name)
    return folder


def test_what_was_changed_removed_or_added_is_named(tmp_path: Path) -> None:
    there = installation(tmp_path)
    before = supplier.installed(there)
    (there / "upgrade" / "clock.py").write_text("")
    (there / "checks" / "requirements.toml").unlink()
    (there / "checks" / "preflight" / "more.py").write_text("")
    (there / "checks" / "__pycache__").mkdir(exist_ok=True)
    (there / "checks" / "__pycache__" / "x.pyc").write_text("")

    assert list(supplier.differences(before, supplier.installed(there))) == [
        "added: checks/preflight/more.py",
        "missing: checks/requirements.toml",
        "changed: upgrade/clock.py",
    ]


def test_the_command_says_what_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack, _ = packed(tmp_path, passed())
    hashes = (pack / supplier.HASHES).read_text()
    (pack / supplier.HASHES).write_text(hashes + f"{'0' * 64}  checks/gone.py\n")

    assert supplier.main(["check", str(pack)]) == 1
    assert "missing: checks/gone.py" in capsys.readouterr().out
