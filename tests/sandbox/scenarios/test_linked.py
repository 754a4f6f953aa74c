from collections.abc import Callable

from tests.sandbox.scenarios.told import TARGET, Told


def test_role_edited_by_hand(told: Callable[[str], Told]) -> None:
    world = told("role-edited-by-hand")
    role, action = "CodeOceanLeastPrivilegedDeployRole", "batch:UpdateComputeEnvironment"
    policy = world.aws.client("iam").get_role_policy(RoleName=role, PolicyName="Compute")["PolicyDocument"]
    granted = policy["Statement"][0]["Action"]

    assert world.version("codeocean-deploy-role") == "v4.1.0"
    assert action not in granted
    assert "batch:UpdateJobQueue" in granted
    template = world.aws.client("cloudformation").get_template(StackName="codeocean-deploy-role")["TemplateBody"]
    assert action in str(template)


def test_outdated(told: Callable[[str], Told]) -> None:
    world = told("outdated")
    names = ("codeocean", "codeocean-backup", "codeocean-deploy-role")

    assert [world.version(name) for name in names] == ["v4.0.0", "v1.2.0", "v4.0.0"]
    assert {name: entry["target"] for name, entry in world.configuration["stacks"].items()} == {
        "demo": "v4.1.0",
        "demo-backup": "v1.2.1",
        "demo-role": "v4.1.0",
    }
    for entry, key in (
        ("demo-backup", "templates/codeocean-backup/v1.2.1/codeocean-backup.template.yaml"),
        ("demo-role", "templates/v4.1.0/codeocean-least-privileged-role.template.yaml"),
        ("demo", TARGET),
    ):
        assert world.upgrade(entry, key) == "UPDATE_COMPLETE"
    assert [world.version(name) for name in names] == ["v4.1.0", "v1.2.1", "v4.1.0"]


def test_role_outdated(told: Callable[[str], Told]) -> None:
    assert told("role-outdated").version("codeocean-deploy-role") == "v4.0.0"


def test_backup_behind(told: Callable[[str], Told]) -> None:
    world = told("backup-behind")

    assert world.version("codeocean-backup") == "v1.2.0"
    assert world.demo["backup_policy"]["min_version"] == "v1.2.1"


def test_backup_missing(told: Callable[[str], Told]) -> None:
    world = told("backup-missing")

    assert "backup" not in world.demo
    assert world.parameters()["pDestinationBackupVaultArn"]
