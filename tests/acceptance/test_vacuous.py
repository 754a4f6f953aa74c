"""Ways in which pytest goes green by accident: none of them ends in 0 without every required check in the ledger.

The numbers P1 to P36 are those of a study of pytest as a gate. What a user, an option, a plugin or a check file can cause
is tried here on the real command line; of the others this is what rules them out:

- P3 `empty_parameter_set_mark=xfail`: the ini in force is ours, and `-o` is refused (P2, P4).
- P16 a lazy baseline: facts before the upgrade are read by the gatekeeper before any check runs, and a baseline of another
  run says when it was taken (tests/upgrade/run/test_observe.py).
- P18, P19, P21, P27, P28 xdist in all its forms: a gate is one process; `-n`, `--dist`, `--tx` are refused (P17).
- P20, P22 pytest-dependency, pytest-order: no check uses them; order is the gatekeeper's own, and the ledger is compared
  with the manifest, whatever was skipped.
- P24, P25, P26 signals: tests/acceptance/test_moments.py.
- P29 pytest-timeout: a check calls nothing and waits for nothing; what AWS does not answer in time is a fact (ERROR).
- P34 reading AWS while collecting: checks judge facts, and no client but the gate's own changes anything (P35: nothing
  is cached from run to run).
- P36 a verdict recomputed from counters: it comes from the ledger alone (tests/upgrade/gate/test_decision.py).

`--version` is answered by pytest before any plugin is loaded and ends in 0: CI trusts `latest.json` in a fresh folder.
"""

from pathlib import Path

import pytest

from tests.acceptance.checkout import OWN, copied, refused
from tests.acceptance.gate import gate_in
from tests.acceptance.standing import Standing


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("-k", "stack"), id="P4 -k"),
        pytest.param(("-k", "nothing"), id="P5 nothing matches"),
        pytest.param(("-m", "vendor"), id="P4 -m"),
        pytest.param(("checks/preflight/check_stack_is_at_rest.py::check_stack_is_at_rest",), id="P4 node id"),
        pytest.param(("checks/preflight/check_stack_is_at_rest.py",), id="P4 file"),
        pytest.param(("checks/preflight",), id="P4 folder"),
        pytest.param(("--deselect", "checks/preflight/check_drift_is_understood.py"), id="P4 --deselect"),
        pytest.param(("--ignore", "checks/preflight"), id="P4 --ignore"),
        pytest.param(("--ignore-glob=*/check_d*",), id="P4 --ignore-glob"),
        pytest.param(("--collect-only",), id="P6 --collect-only"),
        pytest.param(("--co",), id="P6 --co"),
        pytest.param(("--setup-only",), id="P6 --setup-only"),
        pytest.param(("--setup-plan",), id="P6 --setup-plan"),
        pytest.param(("--help",), id="P7 --help"),
        pytest.param(("-h",), id="P7 -h"),
        pytest.param(("--markers",), id="P7 --markers"),
        pytest.param(("--fixtures",), id="P7 --fixtures"),
        pytest.param(("--fixtures-per-test",), id="P7 --fixtures-per-test"),
        pytest.param(("--version", "--version"), id="P7 --version twice"),
        pytest.param(("--continue-on-collection-errors",), id="P8"),
        pytest.param(("--assert=plain",), id="P12 --assert=plain"),
        pytest.param(("--runxfail",), id="P14 --runxfail"),
        pytest.param(("-n", "2"), id="P17 -n"),
        pytest.param(("--dist", "loadgroup", "--tx", "2*popen"), id="P19 --dist"),
        pytest.param(("--reruns", "2"), id="P23 --reruns"),
        pytest.param(("--lf",), id="P30 --lf"),
        pytest.param(("--sw",), id="P30 --sw"),
        pytest.param(("--nf",), id="P30 --nf"),
        pytest.param(("-x",), id="P31 -x"),
        pytest.param(("--maxfail=1",), id="P31 --maxfail"),
        pytest.param(("-o", "python_files=none_*.py"), id="-o python_files"),
        pytest.param(("-o", "testpaths=docs"), id="-o testpaths"),
        pytest.param(("-o", "empty_parameter_set_mark=xfail"), id="P3 -o empty_parameter_set_mark"),
        pytest.param(("-c", "/dev/null"), id="-c"),
        pytest.param(("--rootdir=/",), id="--rootdir"),
        pytest.param(("--confcutdir=/",), id="--confcutdir"),
        pytest.param(("--noconftest",), id="--noconftest"),
        pytest.param(("--import-mode=append",), id="--import-mode"),
        pytest.param(("--pyargs",), id="--pyargs"),
        pytest.param(("-p", "no:upgrade.plugin"), id="-p no:upgrade.plugin"),
        pytest.param(("-p", "no:upgrade.gatekeeper"), id="-p no:upgrade.gatekeeper"),
        pytest.param(("-p", "no:upgrade.last_word"), id="-p no:upgrade.last_word"),
        pytest.param(("-p", "no:terminal"), id="-p no:terminal"),
        pytest.param(("-W", "ignore"), id="-W"),
        pytest.param(("tests",), id="tests"),
        pytest.param(("--stacks-file", "/etc"), id="a path option with a space"),
    ],
)
@pytest.mark.parametrize("mode", [(), ("--upgrade",)], ids=["gate", "upgrade"])
def test_an_option_that_takes_something_away_is_refused(
    arguments: tuple[str, ...], mode: tuple[str, ...], root: Path, tmp_path: Path, healthy: Standing
) -> None:
    refused(gate_in(root, tmp_path, "--stack", "demo", *mode, *arguments, environment=healthy.environment))


def test_an_option_out_of_a_file_is_refused(root: Path, tmp_path: Path, healthy: Standing) -> None:
    (tmp_path / "more").write_text("-k\nstack\n")

    refused(gate_in(root, tmp_path / "e", "--stack", "demo", f"@{tmp_path}/more", environment=healthy.environment))


@pytest.mark.parametrize(
    "addopts",
    ["--collect-only", "-k nothing", "-p no:upgrade.gatekeeper", "-o python_files=x", "--assert=plain", "-n2"],
)
def test_options_from_the_environment_are_refused(addopts: str, root: Path, tmp_path: Path, healthy: Standing) -> None:
    run = gate_in(root, tmp_path, "--stack", "demo", environment={**healthy.environment, "PYTEST_ADDOPTS": addopts})

    refused(run)


@pytest.mark.parametrize("flag", ["-O", "-OO"])
def test_python_without_assertions_is_refused(flag: str, root: Path, tmp_path: Path, healthy: Standing) -> None:
    """P12."""
    refused(gate_in(root, tmp_path, "--stack", "demo", python=(flag,), environment=healthy.environment), "without it")


def test_a_missing_plugin_is_an_unknown_option(root: Path, tmp_path: Path, healthy: Standing) -> None:
    """Neither named by a conftest.py nor found as an entry point: `--stack` does not exist then."""
    alone = {**healthy.environment, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    run = gate_in(root, tmp_path, "--stack", "demo", "--noconftest", environment=alone)

    refused(run, "--stack")


def test_without_other_plugins_everything_runs(root: Path, tmp_path: Path, healthy: Standing) -> None:
    alone = {**healthy.environment, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    run = gate_in(root, tmp_path, "--stack", "demo", environment=alone)

    assert run.code == 0, run.output
    assert run.record["totals"]["not run"] == 0


def test_in_another_folder_it_is_refused(root: Path, tmp_path: Path, healthy: Standing) -> None:
    refused(
        gate_in(root, tmp_path / "e", "--stack", "demo", cwd=tmp_path, environment=healthy.environment), f"cd {root}"
    )


@pytest.mark.parametrize("folder", ["checks", "checks/preflight", "upgrade"])
def test_in_a_folder_of_the_checkout_everything_runs(
    folder: str, root: Path, tmp_path: Path, healthy: Standing
) -> None:
    run = gate_in(root, tmp_path, "--stack", "demo", cwd=root / folder, environment=healthy.environment)

    assert run.code == 0, run.output
    assert run.record["totals"]["not run"] == 0


def test_display_is_the_users_own_affair(root: Path, tmp_path: Path, healthy: Standing) -> None:
    own = tmp_path / "own.xml"
    run = gate_in(
        root, tmp_path, "--stack", "demo", "-q", "-rA", "--tb=short", "--color=yes", f"--junitxml={own}", "--no-header",
        environment=healthy.environment,
    )  # fmt: skip

    assert run.code == 0, run.output
    assert own.read_text() == (run.evidence / run.latest["junit"]).read_text()


def test_a_junit_file_that_can_not_be_written_is_told_before_anything_is_done(
    root: Path, tmp_path: Path, healthy: Standing
) -> None:
    (tmp_path / "file").write_text("")
    before = healthy.operations()
    for path in (tmp_path / "file" / "junit.xml", tmp_path):
        wanted = ("--stack", "demo", f"--junitxml={path}")
        refused(gate_in(root, tmp_path / "e", *wanted, environment=healthy.environment), "--junitxml")
    assert healthy.operations() == before


@pytest.mark.parametrize("name", ["pytest.ini", "pytest.toml", ".pytest.ini", "tox.ini", "pyproject.toml"])
def test_an_ini_of_the_users_is_refused(name: str, tmp_path: Path, healthy: Standing) -> None:
    """In place of ours, before ours, or beside checks of one's own that are named first."""
    section = {"tox.ini": "[pytest]", "pyproject.toml": "[tool.pytest.ini_options]", "pytest.toml": "[pytest]"}
    own = tmp_path / "acme_checks"
    own.mkdir()
    (own / "check_ours.py").write_text(OWN + "@declared('ours')\ndef check_ours(before): pass\n")
    empty = "" if name.endswith(".toml") else "addopts =\n"
    (own / name).write_text(f"{section.get(name, '[pytest]')}\n{empty}")

    root = copied(tmp_path)
    named = (str(own), "checks", "--stack", "demo")
    refused(gate_in(root, tmp_path / "e", *named, environment=healthy.environment), "pytest.ini")
    if name in {"pytest.toml", ".pytest.ini"}:
        (root / name).write_text((own / name).read_text())
        outcome = gate_in(root, tmp_path / "e", "--stack", "demo", environment=healthy.environment)
        # pytest reads .pytest.ini only where there is no pytest.ini.
        assert outcome.code == (4 if name == "pytest.toml" else 0), outcome.output
