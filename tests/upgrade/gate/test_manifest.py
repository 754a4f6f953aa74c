"""A check that is gone, strange or changed is missed before anything is called."""

from dataclasses import replace
from pathlib import Path

import pytest

from upgrade.catalogue import CHECKS, Phase, Severity, When, catalogue
from upgrade.errors import UsageError
from upgrade.gate import manifest

ROW = '[[checks]]\nid = "a-b"\nphase = "plan"\nwhen = "start"\nseverity = "blocker"\n'


@pytest.fixture
def checks(tmp_path: Path) -> Path:
    """A checks folder with one check and its manifest."""
    (tmp_path / "preflight").mkdir()
    (tmp_path / "preflight/check_a_b.py").touch()
    (tmp_path / "manifest.toml").write_text(ROW)
    return tmp_path


def test_the_committed_manifest_is_the_one_of_the_checks() -> None:
    assert (CHECKS / "manifest.toml").read_text(encoding="utf-8") == manifest.text(catalogue()), manifest.REGENERATE


def test_it_is_read_as_it_is_written(checks: Path) -> None:
    (checks / "manifest.toml").write_text(manifest.text(catalogue()))
    for info in catalogue():
        path = checks / Path(info.file).relative_to("checks")
        path.parent.mkdir(exist_ok=True)
        path.touch()
    (checks / "preflight/check_a_b.py").unlink()

    manifest.compare(manifest.read(checks), catalogue())


def test_a_manifest_and_its_files_agree(checks: Path) -> None:
    (listed,) = manifest.read(checks)

    assert (listed.id, listed.phase, listed.when, listed.severity) == (
        "a-b",
        Phase.PLAN,
        When.START,
        Severity.BLOCKER,
    )


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("preflight/check_c.py", "check_c.py is not in"),
        ("postflight/check_a_b.py", "postflight/check_a_b.py is not in"),
        ("preflight/conftest.py", "preflight/conftest.py could change what checks say"),
        ("conftest.py", "conftest.py could change what checks say"),
    ],
)
def test_a_file_nobody_listed_is_refused(checks: Path, file: str, said: str) -> None:
    (checks / file).parent.mkdir(exist_ok=True)
    (checks / file).touch()

    with pytest.raises(UsageError, match=said):
        manifest.read(checks)


def test_a_file_that_is_gone_is_missed(checks: Path) -> None:
    (checks / "preflight/check_a_b.py").unlink()

    with pytest.raises(UsageError, match=r"preflight/check_a_b\.py is gone.*git checkout"):
        manifest.read(checks)


@pytest.mark.parametrize(
    "text", ["", "checks = []", "[[checks]]\nid = 1", ROW.replace("plan", "plans"), "checks = 3", "= 3"]
)
def test_a_manifest_that_lists_nothing_is_refused(checks: Path, text: str) -> None:
    (checks / "manifest.toml").write_text(text)

    with pytest.raises(UsageError, match="git checkout"):
        manifest.read(checks)


def test_a_missing_manifest_is_refused(checks: Path) -> None:
    (checks / "manifest.toml").unlink()

    with pytest.raises(UsageError, match="can't be read"):
        manifest.read(checks)


@pytest.mark.parametrize("change", [{"severity": Severity.WARNING}, {"when": When.START}, {"phase": Phase.POSTFLIGHT}])
def test_a_check_that_is_not_as_listed_is_refused(change: dict[str, object]) -> None:
    changed = (replace(catalogue()[0], **change), *catalogue()[1:])  # type: ignore[arg-type]  # by name

    with pytest.raises(UsageError, match=f"{catalogue()[0].id} is not as the manifest says"):
        manifest.compare(manifest.read(), changed)


def test_a_check_that_is_not_in_the_catalogue_is_missed() -> None:
    with pytest.raises(UsageError, match="is not as the manifest says"):
        manifest.compare(manifest.read(), catalogue()[1:])
