"""Whatever becomes of the evidence, the verdict stays, the failure has its line, and `python -m reports seal` completes it."""

import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from reports.seal.signer import fingerprint, read_public
from reports.verify import verify
from tests.acceptance.gate import CHECKOUT, pytest_gate
from tests.acceptance.killing import reach, started
from tests.acceptance.standing import Standing, standing
from upgrade.facts.journal import Act

DENIED = {"kind": "denied", "service": "kms", "action": "Sign"}


@pytest.fixture
def kms(tmp_path: Path) -> Iterator[Standing]:
    with standing(tmp_path, "kms-sealed") as made:
        yield made


def reports(sandbox: Standing, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """`python -m reports ARGUMENTS`."""
    return subprocess.run(
        [sys.executable, "-m", "reports", *map(str, arguments)],
        cwd=CHECKOUT,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(CHECKOUT), **sandbox.environment},
        capture_output=True,
        text=True,
        check=False,
    )


def public(sandbox: Standing, folder: Path) -> Path:
    """The public key as the KMS console shows it, brought by other means than the bundle."""
    stacks = tomllib.loads(Path(sandbox.environment["PLIMSOLL_SANDBOX_STACKS"]).read_text())
    key = stacks["stacks"]["demo"]["evidence"]["kms_key_id"]
    der = sandbox.client("kms").get_public_key(KeyId=key)["PublicKey"]
    path = folder / "registered.pub.pem"
    command = ["openssl", "pkey", "-pubin", "-inform", "DER", "-out", str(path)]
    subprocess.run(command, input=der, check=True, capture_output=True)
    return path


def test_a_run_is_sealed_by_kms_and_the_call_log_says_so(kms: Standing, tmp_path: Path) -> None:
    run = pytest_gate(tmp_path / "e", "--stack", "demo", **kms.environment)
    bundle, key = tmp_path / "e" / run.latest["bundle"], public(kms, tmp_path)

    assert run.code == 0, run.output
    assert verify(bundle, read_public(key)).is_whole
    assert run.record["integrity"]["seal"] == "AWS KMS"
    assert run.record["integrity"]["fingerprint"] == fingerprint(read_public(key))
    done = reports(kms, "verify", bundle, f"--key={key}", "--json")
    assert (done.returncode, json.loads(done.stdout)["whole"]) == (0, True)


def test_a_seal_that_kms_denies_is_told_ends_in_40_and_is_made_good_later(kms: Standing, tmp_path: Path) -> None:
    kms.set(api=[DENIED])
    run = pytest_gate(tmp_path / "e", "--stack", "demo", "--upgrade", **kms.environment)
    bundle = tmp_path / "e" / run.latest["bundle"]

    assert (run.code, run.latest["verdict"], run.latest["exit_code"]) == (40, "UPGRADED", 40), run.output
    assert "EVIDENCE NOT COMPLETE  the evidence is not sealed: KMS key" in run.output
    assert f"python -m reports seal {bundle}" in run.output
    assert run.record["conclusion"]["exit_code"] == 0, "of the verdict"
    assert not verify(bundle).is_whole

    assert reports(kms, "seal", bundle).returncode == 40
    kms.set(api=[])
    done = reports(kms, "seal", bundle)
    assert done.returncode == 0, done.stderr
    assert verify(bundle, read_public(public(kms, tmp_path))).is_whole
    assert json.loads((tmp_path / "e/latest.json").read_text())["exit_code"] == 0


def test_a_no_go_stays_one_without_its_seal(kms: Standing, tmp_path: Path) -> None:
    kms.set(api=[DENIED])
    run = pytest_gate(tmp_path / "e", "--stack", "demo", "--to=v9.9.9", **kms.environment)

    assert (run.code, run.latest["exit_code"]) == (10, 10), run.output
    assert "EVIDENCE NOT COMPLETE" in run.output


def test_an_evidence_folder_that_is_lost_while_the_update_runs_costs_no_verdict(tmp_path: Path) -> None:
    with standing(tmp_path, "healthy") as sandbox:
        sandbox.set(pace=0.3)
        folder = tmp_path / "e"
        said = tmp_path / "said"
        with said.open("wb") as terminal, started(sandbox, folder, stdout=terminal) as process:
            reach(folder, Act.ACCEPTED, "ExecuteChangeSet")
            shutil.rmtree(folder)
            folder.write_text("in its way")
        output = said.read_text()
        assert process.returncode == 40, output
        assert "UPGRADED  " in output
        assert f"EVIDENCE NOT COMPLETE  {folder} can't be written" in output
        bundle = Path(output.split("python -m reports seal ")[1].split()[0])
        folder.unlink()
        done = reports(sandbox, "seal", bundle, f"--evidence={folder}")

    assert done.returncode == 0, done.stderr
    assert not bundle.exists()
    assert verify(folder / bundle.name).broken == ()


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "No such file or directory"), (b"nonsense", "can't be understood")],
    ids=["not there", "no key"],
)
def test_a_key_that_is_not_there_at_the_start_is_4(content: bytes | None, told: str, tmp_path: Path) -> None:
    with standing(tmp_path, "healthy") as sandbox:
        key = Path(sandbox.environment["PLIMSOLL_SANDBOX_STACKS"]).with_name("seal.pem")
        key.unlink() if content is None else key.write_bytes(content)
        run = pytest_gate(tmp_path / "e", "--stack", "demo", **sandbox.environment)

        assert run.code == 4, run.output
        assert "evidence.signing_key" in run.output
        assert told in run.output
        assert sandbox.calls() == [] or not sandbox.mutations()
