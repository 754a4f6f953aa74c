"""Bad input: a message a person can act on, exit 4, nothing called, nothing lost."""

import json
from pathlib import Path

import pytest

from tests.acceptance.gate import pytest_gate

STACKS = """
[stacks.prod]
product = "codeocean"
stack_name = "codeocean"
region = "us-east-1"
account_id = "210987654321"
target = "v3.8.2"
"""
NO_CREDENTIALS = {
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
}


def refused(tmp_path: Path, *arguments: str, **environment: str) -> str:
    """The one error of a run that ends in 4 and has touched nothing."""
    run = pytest_gate(tmp_path / "evidence", *arguments, **{**NO_CREDENTIALS, **environment})
    assert run.code == 4, run.output
    assert "Traceback" not in run.output
    return run.output


def stacks(tmp_path: Path, text: str = STACKS) -> str:
    path = tmp_path / "stacks.toml"
    path.write_text(text)
    return f"--stacks-file={path}"


def test_no_stacks_file(tmp_path: Path) -> None:
    assert "no such file" in refused(tmp_path, "--stack", "prod", f"--stacks-file={tmp_path}/none.toml")


def test_broken_toml(tmp_path: Path) -> None:
    assert "line 3" in refused(tmp_path, "--stack", "prod", stacks(tmp_path, "[stacks.prod]\nregion = 'x'\n= 3\n"))


def test_unknown_stack_names_the_known_ones(tmp_path: Path) -> None:
    output = refused(tmp_path, "--stack", "prd", stacks(tmp_path))

    assert "prod" in output
    assert "stacks.prd" in output


def test_unknown_key(tmp_path: Path) -> None:
    output = refused(tmp_path, "--stack", "prod", stacks(tmp_path, STACKS + 'regoin = "x"\n'))

    assert "did you mean 'region'" in output


def test_no_credentials(tmp_path: Path) -> None:
    assert "credentials" in refused(tmp_path, "--stack", "prod", stacks(tmp_path)).lower()


def test_unknown_scenario(tmp_path: Path) -> None:
    assert "healthy" in refused(tmp_path, "--stack", "demo", "--scenario=nosuch")


def test_moto_missing(tmp_path: Path) -> None:
    (tmp_path / "moto").mkdir()
    (tmp_path / "moto" / "__init__.py").write_text("raise ModuleNotFoundError(\"No module named 'moto'\", name='moto')")

    assert "[sandbox]" in refused(tmp_path, "--stack", "demo", PYTHONPATH=str(tmp_path))


def test_an_evidence_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("a file where the folder should be")

    assert "evidence" in refused(tmp_path, "--stack", "demo")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--upgrade", "--cancel-on-timeout"), "needs may_cancel = true"),
        (("--skip=DataVolume",), "--skip goes with --recover"),
        (("--recover", "--acknowledge=skip:DataVolume"), "nothing of this name can be acknowledged"),
    ],
)
def test_wishes_that_cannot_be_granted(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    assert said in refused(tmp_path, "--stack", "demo", *options)


def test_a_path_under_tests_with_a_stack(tmp_path: Path) -> None:
    assert "tests Plimsoll itself" in refused(tmp_path, "--stack", "demo", "tests")


def test_neither_stack_nor_tests(tmp_path: Path) -> None:
    assert "pytest --stack NAME" in refused(tmp_path)


def test_a_path_option_with_a_space_leads_to_another_ini(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    output = refused(tmp_path, "--stack", "demo", "--stacks-file", str(tmp_path / "outside"))

    assert "--stacks-file=PATH" in output


def test_help_needs_no_stack(tmp_path: Path) -> None:
    run = pytest_gate(tmp_path, "--help")

    assert run.code == 0
    assert "--stack=NAME" in run.output


def test_a_refused_run_leaves_no_older_verdict_behind(tmp_path: Path) -> None:
    evidence = tmp_path / "evidence"
    evidence.mkdir()
    (evidence / "latest.json").write_text('{"verdict": "GO", "exit_code": 0}')

    refused(tmp_path, "--stack", "prd", stacks(tmp_path))

    assert json.loads((evidence / "latest.json").read_text())["verdict"] is None
    assert [path.name for path in evidence.iterdir() if path.is_dir()] == []
