"""What holds the deployment's data, and the keys it is encrypted with, are not as the template says."""

from sandbox.scenarios.registry import scenario
from sandbox.scenarios.stage import Stage
from sandbox.scenarios.world import PROTECTED, deployment

TWO_DAYS = 48 * 3600
ENLARGED = 1024
"""GiB; the template says 500."""


@scenario("volume-enlarged", "The data volume was full, and somebody enlarged it to 1024 GiB by hand.")
def volume_enlarged(stage: Stage) -> None:
    """The vendor's remedy; the update changes a tag of the volume."""
    deployment(stage)
    stage.client("ec2").modify_volume(VolumeId=stage.physical_id("DataVolume"), Size=ENLARGED)


@scenario("key-disabled", "The key of the backup vault was disabled.")
def key_disabled(stage: Stage) -> None:
    """Recovery points can be neither made nor restored."""
    deployment(stage)
    stage.client("kms").disable_key(KeyId=stage.physical_id("BackupKMSKey"))


@scenario("backups-stale", "No backup of the volume and the database was made for two days.")
def backups_stale(stage: Stage) -> None:
    """Somebody switched the plan's schedule off, say."""
    deployment(stage, backed_up=TWO_DAYS)


@scenario(
    "vault-of-ones-own",
    "The company backs up with a plan and a vault of its own, by tags; the vendor's plan has stopped.",
)
def vault_of_ones_own(stage: Stage) -> None:
    """Nothing is wrong with that, but that no copies reach the backup stack any more."""
    deployment(stage, backed_up=TWO_DAYS)
    backup = stage.client("backup")
    backup.create_backup_vault(BackupVaultName="company")
    rule = {"RuleName": "daily", "TargetBackupVaultName": "company"}
    plan = backup.create_backup_plan(BackupPlan={"BackupPlanName": "company", "Rules": [rule]})
    tags = [{"ConditionType": "STRINGEQUALS", "ConditionKey": "backup", "ConditionValue": "daily"}]
    selection = {
        "SelectionName": "tagged",
        "IamRoleArn": f"arn:aws:iam::{stage.account}:role/backup",
        "ListOfTags": tags,
    }
    backup.create_backup_selection(BackupPlanId=plan["BackupPlanId"], BackupSelection=selection)
    stage.back_up("company", PROTECTED)
