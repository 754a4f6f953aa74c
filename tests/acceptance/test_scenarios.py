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
    "kms-sealed": (0, "UPGRADED", ""),
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
    calls = [call for call in run.record["calls"] if call["operation"] == "ExecuteChangeSet"]
    executed = [call for call in calls if call["outcome"] == "ok"]
    assert len(executed) == (1 if run.code in {0, 20, 21, 22, 30} and run.latest["verdict"] != "NOTHING_TO_DO" else 0)


HEALTHY = "ROLLED_BACK  The old state is healthy (all 8 of its checks hold). "
FAILURES: dict[str, tuple[int, tuple[str, ...]]] = {
    "update-fails": (
        20,
        (
            HEALTHY,
            "ServicesAutoScalingGroup (AWS::AutoScaling::AutoScalingGroup): ",
            "The image id '[ami-0d94e17b3c5a80f26]' does not exist. Do this: ",
            "ask its owner to share it",
        ),
    ),
    "nested-fails": (
        20,
        (
            HEALTHY,
            "Monitoring.Dashboards (AWS::Logs::LogGroup): Resource limit exceeded. Do this: ",
            "Service Quotas",
        ),
    ),
    "hook-refuses": (
        20,
        (
            HEALTHY,
            "ServicesAutoScalingGroup (AWS::AutoScaling::AutoScalingGroup): The following hook(s) failed: [Acme::Security::Hook]: ",
            "rule(s) failed: SERVICES_USE_APPROVED_IMAGES. Do this: ",
            "The hook says: SERVICES_USE_APPROVED_IMAGES: ami-0d94e17b3c5a80f26 is not on the list of approved images, have ",
        ),
    ),
    "property-invalid": (
        20,
        (
            HEALTHY,
            "WorkersLaunchTemplate (AWS::EC2::LaunchTemplate): Properties validation failed for resource ",
            "extraneous key [MetadataOptions] is not permitted. Do this: ",
            "ask the template's owner",
        ),
    ),
    "validation-stops": (
        20,
        (
            HEALTHY,
            "WorkersLaunchTemplate (AWS::EC2::LaunchTemplate): #: extraneous key [MetadataOptions] is not permitted ",
            "Do this: The template gives a property MetadataOptions that ",
        ),
    ),
    "capacity-short": (
        20,
        (
            HEALTHY,
            "ServicesAutoScalingGroup (AWS::AutoScaling::AutoScalingGroup): We currently do not have sufficient m7i.xlarge ",
            "Do this: EC2 has no machines of this type there now: run again later",
        ),
    ),
    "database-capacity-short": (
        20,
        (
            HEALTHY,
            "AnalyticsDBInstance (AWS::RDS::DBInstance): Cannot modify the instance class because there are no instances ",
            "Do this: RDS has no machines of this class in the database's zone now: run again later",
        ),
    ),
    "quota-exceeded": (
        20,
        (
            HEALTHY,
            "ServicesAutoScalingGroup (AWS::AutoScaling::AutoScalingGroup): You have requested more vCPU capacity ",
            "Do this: Ask for more than 32 vCPUs",
        ),
    ),
    "permission-missing": (
        20,
        (
            HEALTHY,
            "BatchSpotComputeEnvironment (AWS::Batch::ComputeEnvironment): User: ",
            "no permissions boundary allows the batch:UpdateComputeEnvironment action. Do this: ",
            "Allow batch:UpdateComputeEnvironment on that resource",
        ),
    ),
    "restored-unhealthy": (
        20,
        (
            "ROLLED_BACK  THE OLD STATE IS NOT HEALTHY (application-answers, targets-are-healthy-again failed). ",
            "ServicesUnhealthyHostAlarm (AWS::CloudWatch::Alarm): Rate exceeded. Do this: ",
            "find out what else calls it",
        ),
    ),
    "restored-unseen": (
        20,
        (
            "ROLLED_BACK  WHETHER THE OLD STATE IS HEALTHY IS NOT KNOWN (drift-is-clean could not tell). ",
            "ServicesAutoScalingGroup (AWS::AutoScaling::AutoScalingGroup): Rate exceeded. Do this: ",
        ),
    ),
    "rollback-fails": (
        21,
        (
            "NEEDS_OPERATOR  ServicesAutoScalingGroup (AWS::AutoScaling::AutoScalingGroup): ",
            "Its rollback failed at BatchSpotComputeEnvironment (AWS::Batch::ComputeEnvironment): Operation failed, ",
            "Do this: Batch can't use what the compute environment is given",
        ),
    ),
    "validation-fails": (
        10,
        (
            "NO_GO  1 check failed: change-set-is-ready: ",
            "Resource of type 'AWS::IAM::Policy' with identifier 'JobsAssumeRolePolicy' already exists",
            "Do this: Another AWS::IAM::Policy of that name, JobsAssumeRolePolicy, exists outside this stack",
        ),
    ),
    "plan-denied": (
        11,
        (
            "CANNOT_TELL  ",
            "cloudformation:CreateChangeSet: denied: ",
            "Do this: allow cloudformation:CreateChangeSet (docs/permissions.md), then run again",
        ),
    ),
    "execute-denied": (
        12,
        (
            "REFUSED  nothing was executed: cloudformation:ExecuteChangeSet: denied: ",
            "Do this: Allow cloudformation:ExecuteChangeSet ",
        ),
    ),
}
"""By scenario the exit code, and what the first line says: resource, reason, remedy; of a rolled back update first of all
whether the old state is healthy."""


@pytest.mark.parametrize("scenario", FAILURES)
def test_a_failure_names_resource_reason_and_remedy_first(tmp_path: Path, scenario: str) -> None:
    code, told = FAILURES[scenario]
    run = pytest_gate(tmp_path, "--stack", "demo", f"--scenario={scenario}", "--upgrade")
    verdict = told[0].split()[0]
    first = next(line for line in run.output.splitlines() if line.startswith(f"{verdict}  "))

    assert run.code == code, run.output
    for words in told:
        assert words in first
    assert first == f"{verdict}  {run.record['conclusion']['sentence']}"
    assert "Traceback" not in run.output
    _evidence_is_whole(run, code, verdict)
    _nothing_was_executed_through_a_shut_gate(run)
