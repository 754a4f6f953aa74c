"""A backup job leaves a recovery point that can be found by resource, vault and job."""

from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.providers.resource import aws

VOLUME = "arn:aws:ec2:us-east-1:111122223333:volume/vol-0123456789abcdef0"
ROLE = "arn:aws:iam::111122223333:role/backup"


@pytest.fixture
def vault() -> str:
    name = f"vault-{uuid4()}"
    aws("backup").create_backup_vault(BackupVaultName=name, EncryptionKeyArn="arn:aws:kms:us-east-1:111122223333:key/1")
    return name


def test_job_and_recovery_point(vault: str) -> None:
    backup, resource = aws("backup"), f"{VOLUME[:-12]}{uuid4().hex[:12]}"
    job = backup.start_backup_job(BackupVaultName=vault, ResourceArn=resource, IamRoleArn=ROLE)
    described = backup.describe_backup_job(BackupJobId=job["BackupJobId"])
    assert (described["State"], described["ResourceType"]) == ("COMPLETED", "EBS")
    [listed] = backup.list_backup_jobs(ByResourceArn=resource)["BackupJobs"]
    assert listed["BackupJobId"] == job["BackupJobId"]
    [point] = backup.list_recovery_points_by_resource(ResourceArn=resource)["RecoveryPoints"]
    assert (point["Status"], point["BackupVaultName"]) == ("COMPLETED", vault)
    assert point["RecoveryPointArn"] == job["RecoveryPointArn"]
    pages = backup.get_paginator("list_recovery_points_by_backup_vault").paginate(BackupVaultName=vault)
    assert [item["ResourceArn"] for page in pages for item in page["RecoveryPoints"]] == [resource]
    whole = backup.describe_recovery_point(BackupVaultName=vault, RecoveryPointArn=point["RecoveryPointArn"])
    assert whole["IsEncrypted"] is True
    assert resource in [item["ResourceArn"] for item in backup.list_protected_resources()["Results"]]
    backup.delete_recovery_point(BackupVaultName=vault, RecoveryPointArn=point["RecoveryPointArn"])
    assert backup.list_recovery_points_by_resource(ResourceArn=resource)["RecoveryPoints"] == []


def test_jobs_are_found_by_time(vault: str) -> None:
    backup = aws("backup")
    backup.start_backup_job(BackupVaultName=vault, ResourceArn=VOLUME, IamRoleArn=ROLE)
    [job] = backup.list_backup_jobs(ByBackupVaultName=vault, ByState="COMPLETED")["BackupJobs"]
    moment = job["CreationDate"].timestamp()
    found = {
        shift: len(backup.list_backup_jobs(ByBackupVaultName=vault, ByCreatedAfter=moment + shift)["BackupJobs"])
        for shift in (-60, 60)
    }
    assert found == {-60: 1, 60: 0}


def test_nothing_is_backed_up_without_vault() -> None:
    with pytest.raises(ClientError) as refused:
        aws("backup").start_backup_job(BackupVaultName="none", ResourceArn=VOLUME, IamRoleArn=ROLE)
    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_no_recovery_points_is_an_empty_list() -> None:
    resource = "arn:aws:rds:us-east-1:111122223333:db:nothing"
    assert aws("backup").list_recovery_points_by_resource(ResourceArn=resource)["RecoveryPoints"] == []
