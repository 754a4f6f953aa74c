from collections.abc import Callable

from tests.sandbox.scenarios.told import Told, dedicated, running, upgraded, workers


def test_healthy(told: Callable[[str], Told]) -> None:
    world = told("healthy")
    linked = world.aws.client("backup").describe_backup_vault(BackupVaultName="codeocean-backup-v1")

    assert [world.version(name) for name in ("codeocean", "codeocean-deploy-role", "codeocean-backup")] == [
        "v4.0.0", "v4.1.0", "v1.2.1",
    ]  # fmt: skip
    assert {world.stack(name)["StackStatus"] for name in ("codeocean", "codeocean-backup")} == {"CREATE_COMPLETE"}
    assert world.parameters()["pDestinationBackupVaultArn"] == linked["BackupVaultArn"]
    assert (world.database()["AllocatedStorage"], world.database()["MaxAllocatedStorage"]) == (20, 100)
    assert world.health() == ["healthy"]
    assert world.demo["backup"] in world.configuration["stacks"]
    assert world.knobs.pace > 0
    assert world.aws.get("faults")["api"] == []
    assert world.acknowledged() == ("v4.0.0", "v4.1.0")


def test_a_healthy_deployment_is_quiet_and_may_have_its_images(told: Callable[[str], Told]) -> None:
    world = told("healthy")
    found = world.aws.client("ec2").describe_images(ImageIds=world.images())["Images"]

    assert [(image["State"], image["OwnerId"]) for image in found] == [("available", "524950183868")] * 2
    assert all(image["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"].startswith("snap-") for image in found)
    assert (running(world), workers(world), dedicated(world)) == ([], [], [])
    assert (world.events(), world.database()["DBInstanceStatus"]) == ([], "available")
    assert "change" not in world.demo
    assert upgraded(world) == "UPDATE_COMPLETE"


def test_nothing_to_do(told: Callable[[str], Told]) -> None:
    world = told("nothing-to-do")

    assert world.version() == world.demo["target"] == "v4.1.0"
    assert world.acknowledged() == ("v4.1.0", "v4.1.0")


def test_lived_in(told: Callable[[str], Told]) -> None:
    world = told("lived-in")
    cloudformation = world.aws.client("cloudformation")
    [left] = cloudformation.list_change_sets(StackName="codeocean")["Summaries"]
    tags = {row["Key"] for row in world.stack("codeocean")["Tags"]}

    assert (left["ChangeSetName"], left["Status"]) == ("theirs", "FAILED")
    assert tags == {"owner", "map-migrated", "created-by"}
    assert world.stack("codeocean")["RoleARN"].endswith(":role/stack-role")
    assert upgraded(world) == "UPDATE_COMPLETE"
