"""Before a first gate: `init` writes a configuration that works, `doctor` finds what is in the way."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.gate import CHECKOUT, LIMIT, pytest_gate
from tests.acceptance.standing import Standing, standing

MODULE_GONE = "import sys\nsys.modules['moto'] = None\n"
OLD_BOTO3 = "Metadata-Version: 2.1\nName: boto3\nVersion: 1.26.0\n"


def command(environment: Mapping[str, str], *arguments: str) -> tuple[int, str]:
    """`python -m upgrade ARGUMENTS`: exit code and output."""
    finished = subprocess.run(
        [sys.executable, "-m", "upgrade", *arguments],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    return finished.returncode, finished.stdout + finished.stderr


@pytest.mark.vendor
@pytest.mark.parametrize("scenario", ["vendor", "vendor-internal"])
def test_init_writes_what_a_first_look_can_use_unchanged(scenario: str, tmp_path: Path) -> None:
    file = tmp_path / "stacks.toml"
    with standing(tmp_path, scenario) as sandbox:
        where = ("--stack-name=codeocean", "--region=us-east-1", f"--stacks-file={file}")
        code, output = command(sandbox.environment, "init", *where)
        assert code == 0, output
        assert f"pytest --stack codeocean --stacks-file={file} --read-only" in output

        named = ("--stack", "codeocean", f"--stacks-file={file}")
        run = pytest_gate(tmp_path / "evidence", *named, "--read-only", **sandbox.environment)
        assert (run.code, run.latest["verdict"]) == (0, "GO"), run.output
        assert "no plan made" in run.output

        again, output = command(sandbox.environment, "init", *where)
        assert again == 4
        assert "is there already and is left alone" in output


def test_init_of_a_stack_that_is_not_there_says_so(healthy: Standing, tmp_path: Path) -> None:
    file = tmp_path / "stacks.toml"
    where = ("--stack-name=nosuch", "--region=us-east-1", f"--stacks-file={file}")
    code, output = command(healthy.environment, "init", *where)

    assert code == 4
    assert "nosuch" in output
    assert "Traceback" not in output
    assert not file.exists()


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    with standing(tmp_path_factory.mktemp("sandbox"), "healthy") as made:
        yield made


@dataclass(frozen=True)
class Planted:
    """Something wrong, and what doctor says of it."""

    words: str
    remedy: str
    knobs: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    """Put where Python looks first."""
    old: str = ""
    new: str = ""
    """Another line of the configuration."""
    evidence: str = "evidence"


def fault(**rule: str) -> dict[str, Any]:
    return {"api": [rule]}


PLANTED = {
    "clock": Planted("clock: off by -", "set the clock (NTP)", knobs={"clock": 600}),
    "endpoint": Planted(
        "http://127.0.0.1:1", "look at the network, a proxy and the endpoint", environment={"PLIMSOLL_SANDBOX": "http://127.0.0.1:1"}
    ),
    "denied reads": Planted(
        "permissions: denied: rds:DescribeDBInstances",
        "allow these to the reading role",
        knobs=fault(service="rds", action="DescribeDBInstances", kind="denied"),
    ),
    "expired token": Planted("identity: ", "sign in again", knobs=fault(kind="expired")),
    "wrong account": Planted(
        "in account 111122223333",
        "use credentials of account 210987654321, or correct account_id",
        old='"111122223333"',
        new='"210987654321"',
    ),
    "missing moto": Planted("moto is not installed", "pip install -e '.[sandbox]'", files={"sitecustomize.py": MODULE_GONE}),
    "old boto3": Planted(
        "boto3: 1.26.0, and ", "pip install --upgrade 'boto3", files={"boto3-1.26.0.dist-info/METADATA": OLD_BOTO3}
    ),
    "unwritable evidence": Planted("can't be written", "make it writable, with 16 MiB free, or choose another with --evidence=DIR", evidence="/dev/null/evidence"),
    "unreachable template": Planted(
        "target: ", "correct ", old='target = "v4.1.0"', new='template_url = "https://codeocean-vpc.s3.amazonaws.com/none.yaml"'
    ),
    "unknown region": Planted(
        "region: us-esat-1 is none that boto3 knows", "correct region", old='"us-east-1"', new='"us-esat-1"'
    ),
}  # fmt: skip


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_doctor_finds_what_is_in_the_way(planted: Planted, sandbox: Standing, tmp_path: Path) -> None:
    standing_by = Path(sandbox.environment["PLIMSOLL_SANDBOX_STACKS"])
    configured = standing_by.read_text()
    assert planted.old in configured
    stacks = standing_by.with_name("planted.toml")  # beside the files it names
    stacks.write_text(configured.replace(planted.old, planted.new, 1) if planted.old else configured)
    for name, text in planted.files.items():
        (tmp_path / "first" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "first" / name).write_text(text)
    environment = {
        **sandbox.environment,
        "PLIMSOLL_SANDBOX_STACKS": str(stacks),
        "PYTHONPATH": str(tmp_path / "first"),
        **planted.environment,
    }
    sandbox.set(api=[], clock=0)
    sandbox.set(**planted.knobs)
    code, output = command(environment, "doctor", "--stack", "demo", f"--evidence={tmp_path / planted.evidence}")

    assert code == 1, output
    assert "Traceback" not in output
    found = [line for line in output.splitlines() if line.startswith("!!")]
    assert any(planted.words in line for line in found), output
    assert f"Do this: {planted.remedy}" in output


def test_where_nothing_is_wrong_doctor_says_so(healthy: Standing, tmp_path: Path) -> None:
    code, output = command(healthy.environment, "doctor", "--stack", "demo", f"--evidence={tmp_path / 'evidence'}")

    assert code == 0, output
    assert output.endswith("no problems found\n")


def test_doctor_needs_a_configuration(tmp_path: Path, healthy: Standing) -> None:
    code, output = command(healthy.environment, "doctor", "--stack", "prod", f"--stacks-file={tmp_path / 'none.toml'}")

    assert code == 4
    assert "no such file" in output
