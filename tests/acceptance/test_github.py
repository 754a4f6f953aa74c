"""On GitHub a run annotates what stops it and writes the job's summary; elsewhere it does neither."""

from pathlib import Path

from tests.acceptance.gate import pytest_gate
from tests.acceptance.standing import Standing


def test_blockers_are_annotations_and_the_summary_is_written(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    environment = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    run = pytest_gate(tmp_path / "evidence", "--stack", "demo", "--scenario=role-outdated", **environment)

    assert run.code == 10, run.output
    errors = [line for line in run.output.splitlines() if line.startswith("::error")]
    assert len(errors) == 1
    assert "deploy-role-is-current" in errors[0]
    written = summary.read_text().replace("\\", "")
    assert written.startswith("## NO_GO: codeocean\n")
    assert "deploy-role-is-current" in written


def test_elsewhere_there_are_none(tmp_path: Path, healthy: Standing) -> None:
    summary = tmp_path / "summary.md"
    environment = {**healthy.environment, "GITHUB_ACTIONS": "false", "GITHUB_STEP_SUMMARY": str(summary)}
    run = pytest_gate(tmp_path / "evidence", "--stack", "demo", "--read-only", **environment)

    assert run.code == 0, run.output
    assert "::" not in "".join(line[:2] for line in run.output.splitlines())
    assert not summary.exists()
