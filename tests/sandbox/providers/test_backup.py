"""Backup vault, plan and selection."""

import pytest

from sandbox.providers.base import Gone
from tests.sandbox.providers.resource import Resource, aws

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": ["backup:DeleteRecoveryPoint"], "Resource": "*"}
    ],
}


@pytest.fixture
def vault(request: pytest.FixtureRequest) -> Resource:
    wanted = {
        "BackupVaultName": f"shop-{request.node.name[:30]}",
        "BackupVaultTags": {"protected": "true"},
        "AccessPolicy": POLICY,
        "EncryptionKeyArn": "arn:aws:kms:us-east-1:111122223333:key/1",
    }
    return Resource("AWS::Backup::BackupVault", wanted)


@pytest.fixture
def plan(vault: Resource, request: pytest.FixtureRequest) -> Resource:
    rule = {
        "RuleName": "daily",
        "TargetBackupVault": vault.id,
        "ScheduleExpression": "cron(0 5 * * ? *)",
        "StartWindowMinutes": "60",
        "CompletionWindowMinutes": 1440,
        "Lifecycle": {"DeleteAfterDays": 35},
    }
    wanted = {
        "BackupPlan": {"BackupPlanName": f"shop-{request.node.name[:30]}", "BackupPlanRule": [rule]},
        "BackupPlanTags": {"app": "shop"},
    }
    return Resource("AWS::Backup::BackupPlan", wanted)


def test_vault(vault: Resource) -> None:
    assert vault.attributes["BackupVaultArn"].endswith(f":backup-vault:{vault.id}")
    assert vault.drift() == {}
    aws("backup").delete_backup_vault_access_policy(BackupVaultName=vault.id)
    assert vault.drift() == {"AccessPolicy": None}
    statement = {**POLICY["Statement"][0], "Action": "backup:*"}  # type: ignore[dict-item]  # a list of statements
    vault.update(AccessPolicy={**POLICY, "Statement": [statement]}, BackupVaultTags={"protected": "false"})
    assert vault.drift() == {}
    vault.delete()
    with pytest.raises(Gone):
        vault.read()
    vault.delete()


def test_plan(plan: Resource) -> None:
    assert plan.attributes["BackupPlanId"] == plan.id
    assert plan.drift() == {}
    before = plan.id
    wanted = plan.request.properties["BackupPlan"]
    [rule] = wanted["BackupPlanRule"]
    plan.update(BackupPlan={**wanted, "BackupPlanRule": [{**rule, "Lifecycle": {"DeleteAfterDays": 90}}]})
    assert plan.id == before
    assert plan.drift() == {}
    live = aws("backup").get_backup_plan(BackupPlanId=plan.id)["BackupPlan"]
    assert live["Rules"][0]["Lifecycle"]["DeleteAfterDays"] == 90
    changed = {**live, "Rules": [{**live["Rules"][0], "ScheduleExpression": "cron(0 1 * * ? *)"}]}
    changed["Rules"][0].pop("RuleId")
    aws("backup").update_backup_plan(BackupPlanId=plan.id, BackupPlan=changed)
    assert plan.drift()["BackupPlan"]["BackupPlanRule"][0]["ScheduleExpression"] == "cron(0 1 * * ? *)"
    plan.delete()
    with pytest.raises(Gone):
        plan.read()


def test_selection(plan: Resource) -> None:
    wanted = {
        "BackupPlanId": plan.id,
        "BackupSelection": {
            "SelectionName": "all",
            "IamRoleArn": "arn:aws:iam::111122223333:role/backup",
            "Resources": ["arn:aws:ec2:us-east-1:111122223333:volume/vol-1"],
        },
    }
    selection = Resource("AWS::Backup::BackupSelection", wanted)
    assert selection.drift() == {}
    [listed] = aws("backup").list_backup_selections(BackupPlanId=plan.id)["BackupSelectionsList"]
    assert (listed["SelectionName"], listed["SelectionId"]) == ("all", selection.attributes["SelectionId"])
    selection.delete()
    with pytest.raises(Gone):
        selection.read()
    selection.delete()
