"""Each named world ends as it is said to, from the command line to the evidence."""

from pathlib import Path

import pytest

from tests.acceptance.gate import Run, pytest_gate

ENDINGS = {
    "healthy": (0, "UPGRADED", ""),
    "rds-autoscaled": (10, "NO_GO", 'pRdsAllocatedStorage = "actual"'),
    "rds-autoscaled-actual": (0, "UPGRADED", ""),
    "rds-at-maximum": (10, "NO_GO", "rds-storage-matches-parameter"),
    "role-outdated": (10, "NO_GO", "deploy-role-is-current"),
    "backup-behind": (10, "NO_GO", "backup-stack-is-upgraded-first"),
    "backup-missing": (10, "NO_GO", 'backup = "'),
    "drifted-database": (10, "NO_GO", "drift-is-understood"),
    "drift-expected": (0, "UPGRADED", ""),
    "drift-denied": (11, "CANNOT_TELL", "drift-is-understood"),
    "drift-detection-failed": (11, "CANNOT_TELL", "drift-is-understood"),
    "database-replaced": (10, "NO_GO", "stateful-resources-survive"),
    "wrong-account": (10, "NO_GO", "account-is-the-expected-one"),
    "update-in-progress": (10, "NO_GO", "UPDATE_IN_PROGRESS"),
    "stale-status": (0, "UPGRADED", ""),
    "update-fails": (20, "ROLLED_BACK", ""),
    "rollback-fails": (21, "NEEDS_OPERATOR", ""),
    "unhealthy-after": (30, "UNHEALTHY", "targets-are-healthy-again"),
    "application-down": (30, "UNHEALTHY", "application-answers"),
    "identity-lost": (30, "UNHEALTHY", "stateful-identities-are-kept"),
    "timeout": (22, "UNKNOWN", ""),
    "throttled": (0, "UPGRADED", ""),
    "nothing-to-do": (0, "NOTHING_TO_DO", ""),
    "role-edited-by-hand": (10, "NO_GO", "does not grant batch:UpdateComputeEnvironment"),
    "rds-optimizing": (10, "NO_GO", "still optimizes its storage"),
    "jobs-running": (10, "NO_GO", "variant-calling (RUNNING)"),
    "workers-running": (10, "NO_GO", "no-workers-running"),
    "alarm-raised": (10, "NO_GO", "ServicesUnhealthyHostAlarm is in ALARM"),
    "certificate-waits": (10, "NO_GO", "waits for an e-mail"),
    "launch-suspended": (10, "NO_GO", "suspended: Launch"),
    "image-not-shared": (10, "NO_GO", "not shared with this account"),
    "parameter-rejected": (10, "NO_GO", "is not one of m7i.xlarge, m7i.2xlarge"),
    "new-required-parameter": (10, "NO_GO", "new parameter pAlarmsName has no default"),
    "waived": (0, "UPGRADED", "waived: drift-is-clean, 1 not applicable (without waivers: NO_GO)"),
    "expired-waiver": (10, "NO_GO", "the waiver for drift-is-understood has expired on"),
    "outdated": (10, "NO_GO", "pytest --stack demo-backup --upgrade"),
    "left-behind": (0, "UPGRADED", "is left outside the stack: DELETE_FAILED"),
    "stack-policy-denies": (10, "NO_GO", "statement 2 denies Update:Delete"),
    "organization-denies": (10, "NO_GO", "may not do ec2:CreateLaunchTemplateVersion: the organization denies it"),
    "lived-in": (0, "UPGRADED", ""),
    "volume-enlarged": (10, "NO_GO", "--acknowledge=enlarged_volume"),
    "backups-stale": (10, "NO_GO", "aws backup start-backup-job --backup-vault-name codeocean-v1"),
    "vault-of-ones-own": (0, "UPGRADED", ""),
    "key-disabled": (10, "NO_GO", "keys-are-usable"),
    "expired": (11, "CANNOT_TELL", ""),
    "target-denied": (11, "CANNOT_TELL", "template-is-the-target"),
    "stack-absent": (10, "NO_GO", "no stack"),
    "target-missing": (10, "NO_GO", "template-is-the-target"),
    "target-html": (10, "NO_GO", "web page"),
    "target-too-big": (10, "NO_GO", "1,000,000 bytes"),
    "target-bomb": (10, "NO_GO", "alias"),
    "target-other-product": (10, "NO_GO", "version mark"),
    "parameter-unknown": (10, "NO_GO", ""),
    "with-macros": (0, "UPGRADED", ""),
    "archived": (0, "UPGRADED", ""),
    "loop-shortened": (10, "NO_GO", "AuditLog (AWS::Logs::LogGroup): it is removed"),
}


@pytest.mark.parametrize("scenario", ENDINGS)
def test_a_scenario_ends_as_said(scenario: str, tmp_path: Path) -> None:
    code, verdict, words = ENDINGS[scenario]
    run = pytest_gate(tmp_path, "--stack", "demo", f"--scenario={scenario}", "--upgrade")

    assert (run.code, run.latest["verdict"]) == (code, verdict), run.output
    assert words in run.output
    assert "Traceback" not in run.output
    _evidence_is_whole(run, code, verdict)
    _nothing_was_executed_through_a_shut_gate(run)


def _evidence_is_whole(run: Run, code: int, verdict: str) -> None:
    conclusion = run.record["conclusion"]
    assert (conclusion["verdict"], conclusion["exit_code"]) == (verdict, code)
    assert run.latest["sandbox"] is True
    for name in ("report", "junit"):
        assert (run.evidence / run.latest[name]).stat().st_size > 0


def _nothing_was_executed_through_a_shut_gate(run: Run) -> None:
    executed = [call for call in run.record["calls"] if call["operation"] == "ExecuteChangeSet"]
    assert len(executed) == (1 if run.code in {0, 20, 21, 22, 30} and run.latest["verdict"] != "NOTHING_TO_DO" else 0)


@pytest.mark.parametrize(
    ("scenario", "verdict", "others"), [("update-fails", "ROLLED_BACK", 0), ("rollback-fails", "NEEDS_OPERATOR", 1)]
)
def test_a_failed_update_names_resource_reason_and_remedy_first(
    tmp_path: Path, scenario: str, verdict: str, others: int
) -> None:
    run = pytest_gate(tmp_path, "--stack", "demo", f"--scenario={scenario}", "--upgrade")
    first = next(line for line in run.output.splitlines() if verdict in line)
    found = run.record["operation"]["diagnosis"]

    assert len(found["not_undone"]) == others
    for failure in [found["cause"], *found["not_undone"]]:
        assert failure["resource"] in first
        assert failure["reason"] in first
        assert failure["remedy"] in first
