"""No secret is told, whatever the verdict: random ones in every place, looked for in every form in all that a run leaves."""

import base64
import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from queue import SimpleQueue
from shutil import copytree
from threading import Thread
from typing import Any
from urllib.parse import quote

import pytest

from reports.redact import Secrets
from reports.views import TARGET
from tests.acceptance import canary
from tests.acceptance.canary import Canaries, below, hits
from tests.acceptance.checkout import OWN
from tests.acceptance.gate import CHECKOUT, LIMIT, Run, pytest_gate
from tests.acceptance.killing import reach
from tests.acceptance.standing import Standing, standing
from upgrade.facts.journal import Act

OF_ONES_OWN = f"""{OWN}
import logging, os, sys, warnings
import boto3

@declared("ours")
def check_ours(before, record_property):
    secret = os.environ["CANARY_AWKWARD"]
    boto3.set_stream_logger("")
    logging.basicConfig(level=logging.DEBUG)
    logging.getLogger("botocore.auth").setLevel(logging.DEBUG)
    boto3.client("sts", endpoint_url=os.environ["PLIMSOLL_SANDBOX"]).get_caller_identity()
    logging.getLogger("ours").warning("it is %s", secret)
    warnings.warn(secret)
    print(secret, os.environ["AWS_SESSION_TOKEN"])
    print(secret, file=sys.stderr)
    record_property("secret", secret)
    {{ends}}
"""


BATCH = "BatchSpotComputeEnvironment"


class Aviary:
    """A sandbox with canaries in it, and the gates that are run there."""

    def __init__(self, sandbox: Standing, folder: Path) -> None:
        self.sandbox, self.folder, self.canaries = sandbox, folder, Canaries()
        canary.release(sandbox, self.canaries)
        github = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
        self.environment = {**sandbox.environment, **self.canaries.environment, **github}

    def own(self, ends: str) -> str:
        """A check of the user's own that tells all it knows, and how it ends."""
        path = self.folder / "own" / "check_ours.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(OF_ONES_OWN.replace("{ends}", ends))
        return str(path)

    def gate(self, name: str, *arguments: str) -> Run:
        """Run one; what it has printed and pytest's own report lie beside its evidence."""
        junit = self.folder / f"{name}.xml"
        run = pytest_gate(self.folder / name, *arguments, "--stack=demo", f"--junitxml={junit}", **self.environment)
        (self.folder / f"{name}.log").write_text(run.output)
        return run

    def found(self) -> list[str]:
        """Canaries in what was left so far. What the user has written himself is his."""
        kept = {"own", "env", "stacks"}
        values = {**self.canaries.values(), "health_token": self.environment["PLIMSOLL_SANDBOX_TOKEN"]}
        return [hit for path in self.folder.iterdir() if path.name not in kept for hit in _in(values, path)]


def _in(values: Mapping[str, str], path: Path) -> list[str]:
    return below(values, path) if path.is_dir() else list(hits(values, path.name, path.read_bytes()))


@pytest.fixture(scope="module")
def aviary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aviary]:
    with standing(tmp_path_factory.mktemp("sandbox"), "healthy") as sandbox:
        sandbox.set(pace=0.0, change_set_delay=0.0, drift_delay=0.0, health_delay=0.0)
        yield Aviary(sandbox, tmp_path_factory.mktemp("aviary"))


def _interrupted(aviary: Aviary) -> Run:
    """On a terminal, where what goes on is shown on a live line."""
    evidence = aviary.folder / "interrupted"
    command = [sys.executable, "-m", "pytest", "--stack=demo", "--upgrade", f"--evidence={evidence}"]
    aviary.sandbox.set(change_set_delay=LIMIT)
    ours, its = os.openpty()
    told = SimpleQueue[bytes]()
    with subprocess.Popen(
        command, cwd=CHECKOUT, env={**os.environ, **aviary.environment}, stdout=its, stderr=its
    ) as run:
        os.close(its)
        Thread(target=lambda: told.put(_read(ours))).start()
        reach(evidence, Act.ACCEPTED, "CreateChangeSet")
        run.send_signal(signal.SIGINT)
        run.wait(LIMIT)
    output = told.get(timeout=LIMIT).decode(errors="replace")
    os.close(ours)
    aviary.sandbox.set(change_set_delay=0.0)
    (aviary.folder / "interrupted.log").write_text(output)
    return Run(run.returncode, output, evidence)


def _read(terminal: int) -> bytes:
    """All that is written to a terminal until nobody has it open any more."""
    read = b""
    with suppress(OSError):  # how Linux tells the end
        while more := os.read(terminal, 65536):
            read += more
    return read


def _made_afterwards(aviary: Aviary) -> None:
    """What is made of a bundle for a change request, and as PDF where that is installed."""
    made = aviary.folder / "made"
    made.mkdir()
    command = [sys.executable, "-m", "reports", "render", str(_bundle(aviary, "rolled-back"))]
    command += [f"--html={made / 'report.html'}", f"--attachments={made / 'attachments'}"]
    if find_spec("weasyprint"):
        command.append(f"--pdf={made / 'report.pdf'}")
    subprocess.run(command, cwd=CHECKOUT, env={**os.environ, **aviary.environment}, check=True, capture_output=True)


def _refused(aviary: Aviary) -> Run:
    """The plan is that of `planned`, and a tag has changed since."""
    cloudformation = aviary.sandbox.client("cloudformation")
    live = cloudformation.describe_stacks(StackName="codeocean")["Stacks"][0]
    tags = [*live["Tags"], {"Key": "api-token", "Value": aviary.canaries.noecho}]
    kept = [{"ParameterKey": row["ParameterKey"], "UsePreviousValue": True} for row in live["Parameters"]]
    capable = {"Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]}
    cloudformation.update_stack(StackName="codeocean", UsePreviousTemplate=True, Parameters=kept, Tags=tags, **capable)
    planned = json.loads((aviary.folder / "planned/latest.json").read_text())
    return aviary.gate("refused", "--upgrade", f"--plan={aviary.folder / 'planned' / planned['plan']}")


def _rolled_back(aviary: Aviary) -> Run:
    known = aviary.canaries
    reason = f"the password {known.awkward} of {known.noecho} is not accepted, at https://u:{known.address}@registry"
    aviary.sandbox.set(resources={"ServicesAutoScalingGroup": {"on": "update", "reason": reason}})
    run = aviary.gate("rolled-back", "--upgrade")
    aviary.sandbox.set(resources={})
    return run


def _stuck(aviary: Aviary) -> Run:
    reason = f"it still uses {aviary.canaries.noecho}"
    fails = {"on": "update", "reason": reason}
    aviary.sandbox.set(resources={"ServicesAutoScalingGroup": fails, BATCH: {**fails, "on": "rollback"}})
    run = aviary.gate("needs-operator", "--upgrade")
    aviary.sandbox.set(resources={})
    return run


def _unknown(aviary: Aviary) -> Run:
    """The update runs on, and the next run takes it up."""
    aviary.sandbox.set(pace=1.0)
    run = aviary.gate("unknown", "--upgrade", "--timeout=0.01")
    aviary.sandbox.set(pace=0.0)
    return run


def _after(aviary: Aviary, earlier: str, name: str) -> Run:
    """An upgrade that finds journal, baseline and evidence of an earlier gate."""
    copytree(aviary.folder / earlier, aviary.folder / name)
    return aviary.gate(name, "--upgrade", "--acknowledge=maintenance_mode")


def _unhealthy(aviary: Aviary) -> Run:
    aviary.sandbox.set(answer=502)
    return aviary.gate("unhealthy", "--verify", f"--baseline={_bundle(aviary, 'upgraded')}")


def _bundle(aviary: Aviary, name: str) -> Path:
    latest = json.loads((aviary.folder / name / "latest.json").read_text())
    return aviary.folder / name / str(latest["bundle"])


def test_no_secret_is_told_whatever_the_verdict(aviary: Aviary) -> None:
    """In one order: each gate leaves the stack as the next one needs it."""
    fails = "fail([Finding({}, 'e', 'r')])".replace("{}", "secret")
    runs = {
        "GO": aviary.gate("go", "checks", aviary.own("pass"), "-s"),
        "PLANNED": aviary.gate("planned", "--ahead"),
        "NO_GO": aviary.gate("no-go", "checks", aviary.own(fails)),
        "CANNOT_TELL": aviary.gate("cannot-tell", "checks", aviary.own("raise RuntimeError(secret)"), "-s"),
        "REFUSED": _refused(aviary),
        "ROLLED_BACK": _rolled_back(aviary),
        "NEEDS_OPERATOR": _stuck(aviary),
        "RECOVERED": aviary.gate("recovered", "--recover"),
        "INTERRUPTED": _interrupted(aviary),
        "UNKNOWN": _unknown(aviary),
        "UPGRADED": _after(aviary, "unknown", "upgraded"),
        "NOTHING_TO_DO": _after(aviary, "upgraded", "nothing-to-do"),
        "VERIFIED": aviary.gate("verified", "--verify", f"--baseline={_bundle(aviary, 'upgraded')}"),
        "UNHEALTHY": _unhealthy(aviary),
    }

    assert {expected: run.latest["verdict"] for expected, run in runs.items()} == {each: each for each in runs}
    _made_afterwards(aviary)
    assert aviary.found() == []
    assert (aviary.folder / "summary.md").read_text().count("[REDACTED:") > 1
    for run in runs.values():
        _tells_what_was_redacted(run)


def _tells_what_was_redacted(run: Run) -> None:
    """By rule and place, for the record and for all files; and that the address of the registry changes can be seen."""
    bundle = run.evidence / run.latest["bundle"]
    account = json.loads((bundle / "data/redaction.json").read_text())
    counts: dict[str, Any] = {row["rule"]: row for row in run.record["redaction"]["counts"]}
    assert {"secret", "named"} <= counts.keys()
    assert any(place.startswith(("before.stack", "after.stack")) for place in counts["named"]["places"])
    if (bundle / TARGET).exists():  # a recovery reads no template
        assert any(place.startswith("data/spec/") for row in account["found"] for place in row["places"])
    assert "data/report/report.html" in account["scanned"]
    rows = {row["name"]: row for row in run.record["parameters"]["rows"]}
    is_new = run.record["run"]["mode"] != "verify" and run.latest["verdict"] != "NOTHING_TO_DO"
    if rows["pUpstream"]["planned"] and is_new:
        assert rows["pUpstream"]["changed"]


def test_what_can_t_be_collected_is_told_without_its_secret(aviary: Aviary) -> None:
    path = Path(aviary.own("pass"))
    path.write_text("import os\nraise RuntimeError(os.environ['CANARY_AWKWARD'])\n")
    run = aviary.gate("not-collected", "checks", str(path), "-s")

    assert run.code != 0
    assert "1 error during collection" in run.output
    assert aviary.found() == []


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    """Else it would prove nothing."""
    values = {"place": "Cny7\"<&'>%é secret"}
    raw = values["place"].encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("inner.txt", raw * 3)
    told = {
        "raw": raw,
        "url": quote(values["place"], safe="").encode(),
        "json": json.dumps(values).encode(),
        "html": b"<p>Cny7&#34;&lt;&amp;&#39;&gt;%\xc3\xa9 secret</p>",
        "hex": raw.hex().encode(),
        "zip": packed.getvalue(),
        **{f"base64 {offset}": base64.b64encode(b"user:"[:offset] + raw + b"after") for offset in range(5)},
        "urlsafe": base64.urlsafe_b64encode(raw),
    }
    for name, content in told.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "clean").write_bytes(b"Cny7 secret")

    assert {hit.partition(":")[0].partition("/")[0] for hit in below(values, tmp_path)} == told.keys()


@pytest.mark.parametrize("value", Canaries().values().values(), ids=Canaries().values().keys())
def test_it_finds_what_a_rule_that_is_switched_off_lets_pass(value: str) -> None:
    known, nothing, raw = Secrets([value]), Secrets(), value.encode()
    texts = [needle.decode() for form, found in canary.forms(value).items() if form != "base64" for needle in found]
    encoders = (base64.standard_b64encode, base64.urlsafe_b64encode)
    texts += [encode(b"abc"[:offset] + raw + b"xyz").decode() for encode in encoders for offset in range(3)]
    for text in texts:
        told = f"before {text} after"
        assert list(hits({"x": value}, "x", nothing.clean(told)[0].encode()))
        assert not list(hits({"x": value}, "x", known.clean(told)[0].encode()))
