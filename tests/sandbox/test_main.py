"""`python -m sandbox` in a process of its own, and the AWS CLI, a client nobody here wrote, led by its env file."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "sandbox"]
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PLIMSOLL_SANDBOX"))}

MISLEADING = {
    "AWS_PROFILE": "production",
    "AWS_SESSION_TOKEN": "token",
    "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
}
"""What a user may have set."""


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=CHECKOUT,
        env={**CLEAN, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_scenarios_are_listed_with_a_sentence_each() -> None:
    listed = run("scenarios")

    assert listed.returncode == 0
    assert listed.stdout.startswith("healthy ")
    assert all(len(line.split(maxsplit=1)) == 2 for line in listed.stdout.splitlines())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("serve", "--scenario=nosuch"), "unknown scenario 'nosuch'; there are: healthy,"),
        (("serve", "--port=x"), "--port"),
        (("serve", "--port=70000"), "--port"),
        (("serve", "--env-file=/nowhere/env", "--scenario=empty"), "--env-file=/nowhere/env: can't be written"),
        ((), "required"),
        (("explode",), "invalid choice"),
    ],
    ids=str,
)
def test_bad_input_is_a_sentence_and_exit_4(arguments: tuple[str, ...], words: str) -> None:
    refused = run(*arguments)

    assert refused.returncode == 4
    assert words in refused.stderr
    assert "Traceback" not in refused.stderr


def test_without_moto_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "moto").mkdir()
    (tmp_path / "moto" / "__init__.py").write_text("raise ModuleNotFoundError(\"No module named 'moto'\", name='moto')")
    refused = run("serve", PYTHONPATH=str(tmp_path))

    assert refused.returncode == 4
    assert "the sandbox needs moto, which is not installed; type: pip install -e '.[sandbox]'" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_without_the_vendors_templates_it_says_what_to_set(tmp_path: Path) -> None:
    refused = run("serve", "--scenario=vendor", PLIMSOLL_VENDOR_TEMPLATES=str(tmp_path))

    assert refused.returncode == 4
    assert "PLIMSOLL_VENDOR_TEMPLATES=PATH" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A standing sandbox and its env file."""
    file = tmp_path / "sandbox.env"
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port=0", "--scenario=empty", f"--env-file={file}"],
        cwd=CHECKOUT,
        env=CLEAN,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert "scenario empty at http://127.0.0.1:" in process.stderr.readline()
    yield process, file
    process.kill()
    process.wait()


def test_the_aws_cli_goes_where_the_env_file_leads(served: tuple[subprocess.Popen[str], Path]) -> None:
    process, file = served
    aws = f"{Path(sys.executable).parent}/aws"
    script = f". {file} && {aws} sts get-caller-identity --query Account --output text && {aws} s3 mb s3://cli-bucket"
    answered = subprocess.run(
        ["/bin/sh", "-c", script],
        env={**CLEAN, **MISLEADING},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    process.send_signal(signal.SIGTERM)
    printed, told = process.communicate(timeout=30)

    assert answered.stdout.split("\n")[:2] == ["111122223333", "make_bucket: cli-bucket"], answered.stderr
    assert process.returncode == 0
    assert printed == file.read_text()
    assert "Traceback" not in told


def test_ctrl_c_ends_it_cleanly(served: tuple[subprocess.Popen[str], Path]) -> None:
    process, file = served
    stacks = next(line for line in file.read_text().splitlines() if "PLIMSOLL_SANDBOX_STACKS" in line).partition("=")[2]
    existed = Path(stacks).exists()
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)

    assert process.returncode == 0
    assert existed
    assert not Path(stacks).exists()
    assert "Traceback" not in told
