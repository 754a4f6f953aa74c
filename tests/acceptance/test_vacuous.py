"""Ways in which pytest goes green by accident: none of them ends in 0 here."""

from pathlib import Path

import pytest

from tests.acceptance.gate import CHECKOUT, pytest_gate
from tests.acceptance.standing import Standing


@pytest.mark.parametrize(
    "arguments",
    [
        ("-k", "stack"),
        ("--collect-only",),
        ("--setup-only",),
        ("--setup-plan",),
        ("checks/preflight/check_stack_is_at_rest.py",),
        ("checks/preflight",),
        ("--deselect", "checks/preflight/check_drift_is_understood.py"),
        ("--ignore", "checks/preflight"),
        ("--ignore-glob", "*/check_d*"),
        ("-n", "2"),
    ],
)
def test_a_part_of_the_checks_is_no_gate(arguments: tuple[str, ...], tmp_path: Path, healthy: Standing) -> None:
    run = pytest_gate(tmp_path, "--stack", "demo", "--upgrade", *arguments, **healthy.environment)

    assert run.code in {4, 11}, run.output
    assert "Traceback" not in run.output
    assert "ExecuteChangeSet" not in healthy.operations()


@pytest.mark.parametrize("addopts", ["--collect-only", "-k nothing", "-p no:upgrade.gate.gatekeeper"])
def test_options_from_the_environment_neither(addopts: str, tmp_path: Path, healthy: Standing) -> None:
    run = pytest_gate(tmp_path, "--stack", "demo", PYTEST_ADDOPTS=addopts, **healthy.environment)

    assert run.code in {4, 11}, run.output


def test_a_check_file_that_is_broken_shuts_the_gate(tmp_path: Path, healthy: Standing) -> None:
    broken = CHECKOUT / "checks" / "preflight" / f"check_broken_{tmp_path.name.replace('-', '_')}.py"
    broken.write_text("raise RuntimeError('broken')\n")
    try:
        run = pytest_gate(tmp_path, "--stack", "demo", **healthy.environment)
    finally:
        broken.unlink()

    assert run.code == 4
    assert "can't be imported" in run.output
    assert "Traceback" not in run.output
