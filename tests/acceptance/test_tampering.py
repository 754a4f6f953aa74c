"""Whoever changes a plan or an approval by a single value gets REFUSED, and is told which."""

import base64
import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.approving import approve
from tests.acceptance.gate import Run, pytest_gate
from tests.acceptance.standing import Standing, standing

Document = dict[str, Any]

ADA = "Ada Approver"
OTHER = "0" * 64
PLAN: dict[str, tuple[Callable[[Document], object], str]] = {
    "stack status": (lambda plan: plan["stack"].update(status="UPDATE_COMPLETE"), "status"),
    "time of its last update": (lambda plan: plan["stack"].update(updated="2026-01-01T00:00:00Z"), "2026-01-01"),
    "its newest operation": (lambda plan: plan["stack"].update(operation={"type": "UPDATE_STACK", "id": "1"}), "operation"),
    "a deployed parameter": (lambda plan: plan["stack"]["parameters"].update(pRdsAllocatedStorage="21"), "pRdsAllocatedStorage"),
    "a tag": (lambda plan: plan["stack"]["tags"].update(owner="mallory"), "owner"),
    "the deployed template": (lambda plan: plan["stack"].update(template_sha256=OTHER), "template"),
    "the target": (lambda plan: plan["target"].update(sha256=OTHER), "target"),
    "the changes' digest": (lambda plan: plan["change_set"].update(changes_sha256=OTHER), "changes"),
    "a change less": (lambda plan: plan["changes"].pop(), "changes"),
    "a planned parameter": (lambda plan: plan["parameters"].update(pRdsAllocatedStorage="21"), "pRdsAllocatedStorage"),
    "the code of the checks": (lambda plan: plan.update(checks_sha256=OTHER), "check"),
    "the tool": (lambda plan: plan.update(tool="9.9.9"), "9.9.9"),
}  # fmt: skip
"""Of the plan, approved as it then is: what is changed, and a word of the refusal."""


@dataclass(frozen=True)
class Night:
    """A plan that was made ahead, the key of who approves it, and what executes it."""

    sandbox: Standing
    folder: Path
    plan: Path
    key: Path

    def execute(self, plan: Path, approval: Path) -> Run:
        options = ("--upgrade", f"--plan={plan}", f"--approval={approval}")
        return pytest_gate(self.folder / "e", "--stack", "demo", *options, **self.sandbox.environment)

    def refused(self, plan: Path, approval: Path, word: str) -> None:
        executed = self.sandbox.operations().count("ExecuteChangeSet")
        run = self.execute(plan, approval)
        assert (run.code, run.latest["verdict"]) == (12, "REFUSED"), run.output
        assert word in run.output
        assert self.sandbox.operations().count("ExecuteChangeSet") == executed


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    folder = tmp_path_factory.mktemp("night")
    with standing(folder, "approval-missing") as sandbox:
        run = pytest_gate(folder / "ahead", "--stack", "demo", "--ahead", **sandbox.environment)
        assert (run.code, run.latest["verdict"]) == (0, "PLANNED"), run.output
        key = Path(sandbox.environment["PLIMSOLL_SANDBOX_STACKS"]).with_name("ada.pem")
        yield Night(sandbox, folder, folder / "ahead" / str(run.latest["plan"]), key)


@pytest.mark.parametrize("what", PLAN)
def test_a_plan_that_was_tampered_with(what: str, night: Night, tmp_path: Path) -> None:
    change, word = PLAN[what]
    document = json.loads(night.plan.read_text())
    change(document)
    tampered = tmp_path / "plan.json"
    tampered.write_text(json.dumps(document))

    night.refused(tampered, approve(tampered, night.key, ADA), word)


def _of_another_name(night: Night, folder: Path) -> Path:
    """The statement names somebody else, and is as signed."""
    return _edited(night, folder, lambda statement: statement["predicate"].update(name="Bea Approver"))


def _of_another_meaning(night: Night, folder: Path) -> Path:
    return _edited(night, folder, lambda statement: statement["predicate"].update(meaning="approved with conditions"))


def _of_another_plan(night: Night, folder: Path) -> Path:
    """Approved was what the plan would be without its warnings."""
    document = json.loads(night.plan.read_text())
    document["warnings"] = ["none at all"]
    other = folder / "plan.json"
    other.write_text(json.dumps(document))
    return approve(other, night.key, ADA)


def _of_another_key(night: Night, folder: Path) -> Path:
    key = folder / "mallory.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-out", key], capture_output=True, check=True)
    return _moved(approve(night.plan, key, ADA), folder)


def _of_nobody(night: Night, folder: Path) -> Path:
    path = _moved(approve(night.plan, night.key, ADA), folder)
    envelope = json.loads(path.read_text())
    envelope["signatures"] = []
    path.write_text(json.dumps(envelope))
    return path


def _edited(night: Night, folder: Path, change: Callable[[Document], object]) -> Path:
    path = _moved(approve(night.plan, night.key, ADA), folder)
    envelope = json.loads(path.read_text())
    statement = json.loads(base64.b64decode(envelope["payload"]))
    change(statement)
    envelope["payload"] = base64.b64encode(json.dumps(statement).encode()).decode()
    path.write_text(json.dumps(envelope))
    return path


def _moved(approval: Path, folder: Path) -> Path:
    return approval.rename(folder / approval.name)


@pytest.mark.parametrize(
    ("made", "word"),
    [
        (_of_another_name, "Bea Approver"),
        (_of_another_meaning, "it is not signed with the key of"),
        (_of_another_plan, "another plan"),
        (_of_another_key, "it is not signed with the key of"),
        (_of_nobody, "it is not signed with the key of"),
    ],
)
def test_an_approval_that_was_tampered_with(
    made: Callable[[Night, Path], Path], word: str, night: Night, tmp_path: Path
) -> None:
    night.refused(night.plan, made(night, tmp_path), word)
