from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.sandbox.scenarios.told import Told


def test_volume_enlarged(told: Callable[[str], Told]) -> None:
    world = told("volume-enlarged")
    [volume] = world.aws.client("ec2").describe_volumes(VolumeIds=[world.id("DataVolume")])["Volumes"]

    assert volume["Size"] == 1024


def test_key_disabled(told: Callable[[str], Told]) -> None:
    world = told("key-disabled")

    assert world.aws.client("kms").describe_key(KeyId=world.id("BackupKMSKey"))["KeyMetadata"]["KeyState"] == "Disabled"


@pytest.mark.parametrize(("name", "hours", "vaults"), [("backups-stale", 48, 1), ("vault-of-ones-own", 0, 2)])
def test_backups(told: Callable[[str], Told], name: str, hours: int, vaults: int) -> None:
    world = told(name)
    backup = world.aws.client("backup")
    for arn in (
        f"ec2:us-east-1:111122223333:volume/{world.id('DataVolume')}",
        f"rds:us-east-1:111122223333:db:{world.id('AnalyticsDBInstance')}",
    ):
        points = backup.list_recovery_points_by_resource(ResourceArn=f"arn:aws:{arn}")["RecoveryPoints"]
        age = datetime.now(UTC) - max(point["CreationDate"] for point in points)

        assert round(age.total_seconds() / 3600) == hours
        assert (
            len({point["BackupVaultName"] for point in points if point["BackupVaultName"] != "codeocean-backup-v1"})
            == vaults
        )
