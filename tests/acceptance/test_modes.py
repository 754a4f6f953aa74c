"""What each mode writes to AWS, as the sandbox has seen it; and a whole deployment upgraded stack by stack."""

from pathlib import Path

import pytest

from tests.acceptance.gate import Run, pytest_gate
from tests.acceptance.standing import Standing, standing


def gate(sandbox: Standing, folder: Path, *arguments: str, stack: str = "demo") -> Run:
    file = sandbox.environment["PLIMSOLL_SANDBOX_STACKS"]
    return pytest_gate(folder, "--stack", stack, f"--stacks-file={file}", *arguments, **sandbox.environment)


RUNS: dict[str, list[tuple[tuple[str, ...], tuple[int, str], list[str]]]] = {
    "healthy": [
        ((), (0, "GO"), ["CreateChangeSet"]),
        (("--ahead",), (0, "PLANNED"), ["CreateChangeSet"]),
        (("--read-only",), (0, "GO"), []),
        (("--verify",), (30, "UNHEALTHY"), []),
    ],
    "role-outdated": [
        ((), (10, "NO_GO"), ["CreateChangeSet", "DeleteChangeSet"]),
        (("--ahead",), (10, "NO_GO"), ["CreateChangeSet", "DeleteChangeSet"]),
        (("--read-only",), (10, "NO_GO"), []),
    ],
    "database-replaced": [(("--read-only",), (10, "NO_GO"), [])],
    "drift-denied": [((), (11, "CANNOT_TELL"), ["CreateChangeSet", "DeleteChangeSet"])],
    "nothing-to-do": [((), (0, "NOTHING_TO_DO"), ["CreateChangeSet", "DeleteChangeSet"])],
}
"""By scenario: arguments, how the run ends, and what it writes. A world serves all its runs: none upgrades it."""


@pytest.mark.parametrize("scenario", RUNS)
def test_a_run_that_upgrades_nothing_writes_its_change_set_and_no_more(scenario: str, tmp_path: Path) -> None:
    with standing(tmp_path, scenario) as sandbox:
        cloudformation = sandbox.client("cloudformation")
        for number, (arguments, ending, written) in enumerate(RUNS[scenario]):
            before = len(sandbox.calls())
            run = gate(sandbox, tmp_path / f"evidence-{number}", *arguments)
            made = [str(call["action"]) for call in sandbox.calls()[before:] if call["mutating"]]
            left = cloudformation.list_change_sets(StackName="codeocean")["Summaries"]
            for each in left:  # the next run finds the world as this one did
                cloudformation.delete_change_set(ChangeSetName=each["ChangeSetId"])

            assert (run.code, run.latest["verdict"]) == ending, run.output
            assert [action for action in made if action != "DetectStackDrift"] == written
            assert len(left) == (1 if written == ["CreateChangeSet"] else 0)


def test_an_upgrade_by_somebody_else_is_verified_against_the_last_evidence(tmp_path: Path) -> None:
    with standing(tmp_path, "healthy") as sandbox:
        evidence = tmp_path / "evidence"
        cloudformation = sandbox.client("cloudformation")
        judged = gate(sandbox, evidence)
        assert judged.code == 0, judged.output
        baseline = evidence / judged.latest["bundle"]
        early = gate(sandbox, evidence, "--verify")
        assert early.code != 0
        assert "no update of the stack has begun" in early.output

        change_set = cloudformation.list_change_sets(StackName="codeocean")["Summaries"][0]["ChangeSetName"]
        cloudformation.execute_change_set(StackName="codeocean", ChangeSetName=change_set)
        waiting = {"Delay": 1, "MaxAttempts": 60}
        cloudformation.get_waiter("stack_update_complete").wait(StackName="codeocean", WaiterConfig=waiting)
        run = gate(sandbox, evidence, "--verify", f"--baseline={baseline}")
        assert (run.code, run.latest["verdict"]) == (0, "VERIFIED"), run.output
        assert run.outcome("stateful-identities-are-kept") == "pass"
        newest = gate(sandbox, evidence, "--verify")

    assert (newest.code, newest.latest["verdict"]) == (0, "VERIFIED"), newest.output


def test_role_backup_and_deployment_one_after_the_other(tmp_path: Path) -> None:
    with standing(tmp_path, "outdated") as sandbox:
        first = gate(sandbox, tmp_path / "1", "--upgrade")
        assert first.code == 10, first.output
        assert "pytest --stack demo-role --to=v4.1.0 --upgrade" in first.output
        assert "pytest --stack demo-backup --upgrade" in first.output

        role = gate(sandbox, tmp_path / "2", "--to=v4.1.0", "--upgrade", stack="demo-role")
        assert (role.code, role.latest["verdict"]) == (0, "UPGRADED"), role.output
        second = gate(sandbox, tmp_path / "3", "--upgrade")
        assert second.code == 10, second.output
        assert "demo-role" not in second.output
        assert "pytest --stack demo-backup --upgrade" in second.output

        backup = gate(sandbox, tmp_path / "4", "--upgrade", stack="demo-backup")
        assert (backup.code, backup.latest["verdict"]) == (0, "UPGRADED"), backup.output
        primary = gate(sandbox, tmp_path / "5", "--upgrade")
        assert (primary.code, primary.latest["verdict"]) == (0, "UPGRADED"), primary.output
        for name, version in (
            ("codeocean-deploy-role", "v4.1.0"),
            ("codeocean-backup", "v1.2.1"),
            ("codeocean", "v4.1.0"),
        ):
            body = sandbox.client("cloudformation").get_template(StackName=name)["TemplateBody"]
            assert version in str(body)
