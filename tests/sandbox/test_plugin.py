"""The pytest plugin alone, in a project that is not this one: what it sets, what it refuses."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sandbox.test_main import MISLEADING

CHECKOUT = Path(__file__).parents[2]

CONFTEST = """
def pytest_addoption(parser):
    parser.addoption("--stack")
"""
TESTS = """
import os
import urllib.request

def test_what_is_seen():
    assert os.environ["AWS_ENDPOINT_URL"] == os.environ["PLIMSOLL_SANDBOX"]
    assert "AWS_PROFILE" not in os.environ
    assert "AWS_ENDPOINT_URL_S3" not in os.environ
    assert os.path.exists(os.environ["PLIMSOLL_SANDBOX_STACKS"])
    urllib.request.urlopen(os.environ["PLIMSOLL_SANDBOX"] + "/__sandbox__/calls").read()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_seen.py").write_text(TESTS)
    return tmp_path


def pytest_in(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PLIMSOLL", "PYTEST"))}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:upgrade.plugin", "-p", "sandbox.plugin", *arguments],
        cwd=project,
        env={**env, "PYTHONPATH": str(CHECKOUT), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_sandbox_is_started_and_told(project: Path) -> None:
    ran = pytest_in(project, "--stack", "demo", "--scenario=empty", **MISLEADING)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    first = ran.stdout.splitlines()[0]
    assert first.startswith("sandbox: starting scenario empty ... ready in ")
    assert " at http://127.0.0.1:" in first


@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        (("--stack", "demo", "--scenario=nosuch"), {}, "unknown scenario 'nosuch'; there are: healthy,"),
        (("--stack", "prod", "--scenario=healthy"), {}, "goes with --stack demo only"),
        (("--scenario=healthy",), {}, "goes with --stack demo only"),
        (
            ("--stack", "demo", "--scenario=healthy"),
            {"PLIMSOLL_SANDBOX": "http://127.0.0.1:1"},
            "the sandbox at http://127.0.0.1:1 has its scenario already",
        ),
    ],
    ids=str,
)
def test_what_is_refused(project: Path, arguments: tuple[str, ...], environment: dict[str, str], words: str) -> None:
    ran = pytest_in(project, *arguments, **environment)

    assert ran.returncode == 4
    assert words in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stdout + ran.stderr


def test_a_standing_sandbox_is_used_as_it_is(project: Path) -> None:
    (project / "test_seen.py").write_text(
        "import os\n\ndef test_url():\n    assert os.environ['PLIMSOLL_SANDBOX'] == 'x'\n"
    )
    ran = pytest_in(project, "--stack", "demo", PLIMSOLL_SANDBOX="x")

    assert ran.returncode == 0, ran.stdout
    assert "sandbox: starting" not in ran.stdout


def test_nothing_is_started_for_other_stacks_and_nothing_heavy_imported(project: Path) -> None:
    (project / "test_seen.py").write_text(
        "import sys\n\ndef test_light():\n    assert not {'moto', 'boto3', 'cfnlint', 'werkzeug'} & set(sys.modules)\n"
    )
    ran = pytest_in(project)

    assert ran.returncode == 0, ran.stdout
