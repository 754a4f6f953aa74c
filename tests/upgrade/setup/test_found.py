"""What a live stack says about its configuration; what can't be read is an error, never something that is not there."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest

from tests.upgrade.world import ACCOUNT, REGION, World, topic
from upgrade.aws.session import Access, Aws
from upgrade.clock import SystemClock
from upgrade.errors import UsageError
from upgrade.setup import init
from upgrade.setup.found import Found, Linked, look

VERSION = "v4.0.0"
ROLE = "CodeOceanLeastPrivilegedDeployRole"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "cloudformation.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


def marked(version: str, **resources: Any) -> dict[str, Any]:
    return topic(version, Metadata={"CodeOcean::VersionInfo": {"Version": version}}, Resources=resources)


def primary() -> dict[str, Any]:
    """What the product is recognised by, a database, and a link to a vault."""
    database = {
        "Engine": "postgres",
        "DBInstanceClass": "db.t4g.small",
        "AllocatedStorage": {"Ref": "pRdsAllocatedStorage"},
        "MaxAllocatedStorage": 200,
        "MasterUsername": "admin1",
        "MasterUserPassword": "not-a-secret",
    }
    parameters = {
        "pRdsAllocatedStorage": {"Type": "Number", "Default": 20},
        "pDestinationBackupVaultArn": {"Type": "String", "Default": ""},
    }
    body = marked(
        VERSION,
        AnalyticsDBInstance={"Type": "AWS::RDS::DBInstance", "Properties": database},
        ServicesAutoScalingGroup={"Type": "AWS::SNS::Topic"},
    )
    return {**body, "Parameters": parameters}


def found(world: World, stack: str) -> Found:
    return look(Aws(SystemClock(), world.url).connect(Access(REGION)), SystemClock(), stack)


@pytest.fixture
def vault() -> str:
    return f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:vault-{uuid4()}"


@pytest.fixture
def stack(world: World, vault: str) -> str:
    return world.create(primary(), pDestinationBackupVaultArn=vault)


@pytest.fixture
def backup(world: World, vault: str) -> str:
    """The stack that the vault belongs to."""
    properties = {"BackupVaultName": vault.rpartition(":")[2]}
    return world.create(marked("v1.2.1", Vault={"Type": "AWS::Backup::BackupVault", "Properties": properties}))


@pytest.fixture
def role(world: World) -> Iterator[str]:
    """The stack of the product's role, of which an account has one."""
    properties = {"RoleName": ROLE, "AssumeRolePolicyDocument": TRUST}
    name = world.create(marked("v3.9.0", Role={"Type": "AWS::IAM::Role", "Properties": properties}))
    yield name
    world.calm()
    world.client("cloudformation").delete_stack(StackName=name)


# ---- what is there ---------------------------------------------------------------------------------------------------


def test_the_product_and_its_version_are_recognised(world: World, stack: str) -> None:
    seen = found(world, stack)
    assert (seen.product.name, seen.version, seen.stack.name) == ("codeocean", VERSION, stack)
    assert (seen.identity.account, seen.identity.region) == (ACCOUNT, REGION)


def test_any_other_stack_is_generic(world: World) -> None:
    seen = found(world, world.create(topic()))
    assert (seen.product.name, seen.version, seen.vault) == ("generic", "", "")
    assert (seen.backup, seen.deploy_role, seen.role_arn, seen.grown) == (None, None, "", {})


def test_a_stack_can_be_named_by_its_arn(world: World, stack: str) -> None:
    arn = world.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["StackId"]
    assert found(world, arn).stack.name == stack


def test_the_stacks_it_leans_on_are_found_by_what_they_own(
    world: World, stack: str, vault: str, backup: str, role: str
) -> None:
    seen = found(world, stack)
    assert (seen.vault, seen.backup) == (vault, Linked(backup, "v1.2.1"))
    assert (seen.deploy_role, seen.role_arn) == (Linked(role, "v3.9.0"), "")


def test_a_stack_it_leans_on_may_carry_no_version(world: World, stack: str, vault: str) -> None:
    properties = {"BackupVaultName": vault.rpartition(":")[2]}
    plain = world.create(topic(Resources={"Vault": {"Type": "AWS::Backup::BackupVault", "Properties": properties}}))
    assert found(world, stack).backup == Linked(plain, "")


def test_without_a_stack_of_its_own_the_stacks_role_is_told(world: World) -> None:
    stack, role = world.create(topic()), f"arn:aws:iam::{ACCOUNT}:role/deployer"
    world.client("cloudformation").update_stack(
        StackName=stack, UsePreviousTemplate=True, RoleARN=role, Tags=[{"Key": "a", "Value": "b"}]
    )
    assert found(world, stack).role_arn == role


def test_a_database_that_has_grown_is_told(world: World, stack: str) -> None:
    assert found(world, stack).grown == {}
    resources = world.client("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
    name = next(row["PhysicalResourceId"] for row in resources if row["LogicalResourceId"] == "AnalyticsDBInstance")
    rds = world.client("rds")
    rds.modify_db_instance(DBInstanceIdentifier=name, AllocatedStorage=60, ApplyImmediately=True)
    assert found(world, stack).grown == {"pRdsAllocatedStorage": "60"}


def test_nothing_is_written(world: World, stack: str) -> None:
    aws = Aws(SystemClock(), world.url)
    look(aws.connect(Access(REGION)), SystemClock(), stack)
    assert not any(call.mutates for call in aws.log.calls())


# ---- what can't be read ----------------------------------------------------------------------------------------------


def test_a_stack_that_is_absent_says_what_to_correct(world: World) -> None:
    with pytest.raises(UsageError, match="there is no stack absent there: correct --stack-name or --region"):
        found(world, "absent")


@pytest.mark.parametrize("action", ["GetCallerIdentity", "DescribeStacks", "GetTemplate"])
@pytest.mark.parametrize("kind", ["denied", "expired"])
def test_a_stack_that_may_not_be_read_says_why(world: World, stack: str, action: str, kind: str) -> None:
    world.fail(action, kind)
    with pytest.raises(UsageError, match=f"stack {stack} can't be read .*:{action}: {kind}.*sign in, or use --profile"):
        found(world, stack)


@pytest.mark.parametrize("action", ["ListStackResources", "DescribeDBInstances"])
def test_live_values_that_may_not_be_read_are_left_for_the_gate(world: World, stack: str, action: str) -> None:
    world.fail(action, "denied")
    assert found(world, stack).grown == {}


def test_the_version_of_a_stack_it_leans_on_may_be_left_open(world: World, stack: str, backup: str) -> None:
    world.fail("GetTemplate", "denied", after=1)
    assert found(world, stack).backup == Linked(backup, "")


def test_a_backup_stack_that_may_not_be_looked_for_is_not_said_to_be_none(
    world: World, stack: str, backup: str
) -> None:
    """`backup = { none = … }` is accepted by the gate in place of looking at the backup stack."""
    assert backup
    world.fail("DescribeStackResources", "denied")
    text = ""
    with suppress(UsageError):
        text = init.text(found(world, stack), "prod", None)
    assert "\nbackup = { none" not in text


def test_a_role_stack_that_may_not_be_looked_for_is_not_left_out(world: World, stack: str, role: str) -> None:
    """Without a deploy_role nobody asks whether the role is new enough."""
    assert role
    world.fail("DescribeStackResources", "denied")
    text = ""
    with suppress(UsageError):
        text = init.text(found(world, stack), "prod", None)
    assert not text or "deploy_role" in text
