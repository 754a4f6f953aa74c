"""What a run stands on: versions, the CI's names for it, and a digest that no change of a check escapes."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from upgrade.catalogue import CHECKS
from upgrade.code import checks_sha256
from upgrade.run.environment import CI_VARIABLES, PACKAGES, environment, package_version

FIRST = "preflight/check_a.py"


@pytest.fixture
def checks(tmp_path: Path) -> Path:
    folder = tmp_path / "checks"
    for name, text in {FIRST: "a = 1\n", "preflight/check_b.py": "b = 2\n", "manifest.toml": "[checks]\n"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def swap(folder: Path) -> None:
    one, two = folder / FIRST, folder / "preflight/check_b.py"
    first = one.read_text()
    one.write_text(two.read_text())
    two.write_text(first)


def cut(folder: Path) -> None:
    """Move the end of one file to the beginning of the next."""
    (folder / FIRST).write_text("a = 1")
    (folder / "preflight/check_b.py").write_text("\nb = 2\n")


CHANGES: dict[str, Callable[[Path], object]] = {
    "content": lambda folder: (folder / FIRST).write_text("a = 2\n"),
    "white space": lambda folder: (folder / FIRST).write_text("a = 1\n\n"),
    "line ends": lambda folder: (folder / FIRST).write_bytes(b"a = 1\r\n"),
    "name": lambda folder: (folder / FIRST).rename(folder / "preflight/check_c.py"),
    "folder": lambda folder: (folder / FIRST).rename(folder / "check_a.py"),
    "one more": lambda folder: (folder / "preflight/check_c.py").write_text(""),
    "one less": lambda folder: (folder / FIRST).unlink(),
    "swapped": swap,
    "cut elsewhere": cut,
    "manifest": lambda folder: (folder / "manifest.toml").write_text("[checks]\nmore = 1\n"),
    "conftest": lambda folder: (folder / "conftest.py").write_text("x = 1"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_any_change_of_the_checks_changes_their_digest(checks: Path, change: Callable[[Path], object]) -> None:
    before = checks_sha256(checks)
    change(checks)

    assert checks_sha256(checks) != before


def test_where_they_lie_and_what_python_makes_of_them_does_not(checks: Path, tmp_path: Path) -> None:
    before = checks_sha256(checks)
    cache = checks / "preflight/__pycache__"
    cache.mkdir()
    (cache / "check_a.cpython-311.pyc").write_bytes(b"x")
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(checks, elsewhere)

    assert checks_sha256(checks) == checks_sha256(elsewhere) == before


def test_it_is_that_of_the_checks_on_disk() -> None:
    assert len(checks_sha256()) == 64
    assert checks_sha256() == checks_sha256(CHECKS)


def test_without_a_manifest_there_is_none(checks: Path) -> None:
    (checks / "manifest.toml").unlink()

    with pytest.raises(FileNotFoundError):
        checks_sha256(checks)


@pytest.mark.parametrize(("endpoint", "told"), [(None, "AWS"), ("http://127.0.0.1:4566", "http://127.0.0.1:4566")])
def test_where_calls_went_is_told(endpoint: str | None, told: str) -> None:
    assert environment(endpoint)["endpoint"] == told


def test_versions_are_told() -> None:
    found = environment(None)

    assert {"python", "platform", "checks_sha256", *PACKAGES} <= found.keys()
    assert found["checks_sha256"] == checks_sha256()
    assert all(found[name] == package_version(name) != "not installed" for name in PACKAGES)


def test_a_package_that_is_not_there_is_told() -> None:
    assert package_version("no-such-package-of-ours") == "not installed"


def test_the_ci_names_the_run_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in CI_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    assert not set(CI_VARIABLES) & environment(None).keys()
    monkeypatch.setenv("GITHUB_RUN_ID", "17")
    monkeypatch.setenv("GITHUB_SHA", "")
    monkeypatch.setenv("GITHUB_TOKEN", "ghs_secret")
    found = environment(None)

    assert set(CI_VARIABLES) & found.keys() == {"GITHUB_RUN_ID"}
    assert "ghs_secret" not in found.values()
