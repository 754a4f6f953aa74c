"""Backups that are missing, old or copied nowhere."""

from bench.worlds import blocks, warns
from bench.worlds.hands import copy_backups, forget_backups, update
from sandbox.account import ACCOUNT, REGION
from sandbox.scenarios.stage import Stage


@blocks("The backup stack is older than the release notes ask for.", "v1.2.1", scenario="backup-behind")
def backup_stack_behind(stage: Stage) -> None:
    """As the scenario says."""


@blocks("A backup stack is linked and none is configured.", "backup =", scenario="backup-missing")
def backup_stack_unnamed(stage: Stage) -> None:
    """As the scenario says."""


@blocks("The database has no recovery point.", "AnalyticsDBInstance", "recovery point")
def recovery_points_missing(stage: Stage) -> None:
    forget_backups(stage, "AnalyticsDBInstance")


@blocks("The newest backup of the data volume is three days old.", "DataVolume", "hours")
def recovery_points_too_old(stage: Stage) -> None:
    forget_backups(stage, "DataVolume")
    stage.knobs.set({"event_age": 3 * 24 * 3600.0})
    volume = f"arn:aws:ec2:{REGION}:{ACCOUNT}:volume/{stage.physical_id('DataVolume')}"
    stage.client("backup").start_backup_job(
        BackupVaultName=stage.physical_id("BackupVault"),
        ResourceArn=volume,
        IamRoleArn=f"arn:aws:iam::{ACCOUNT}:role/backup",
    )
    stage.knobs.set({"event_age": 0.0})


@warns("The vault that copies go to was deleted, and copies fail.", "backup-vault:deleted")
def backup_copies_failing(stage: Stage) -> None:
    vault = f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:deleted"
    update(stage, {"pDestinationBackupVaultArn": vault, "pWorkersAsgMaxSize": 12})
    stage.configure("stacks.demo", backup={"none": "a vault of the company's"}, backup_policy=None)
    copy_backups(stage, vault)
