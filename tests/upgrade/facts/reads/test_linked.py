"""What an upgrade depends on: the backup stack and the deploy role, each with its own account."""

from pathlib import Path
from typing import Any

from tests.upgrade.world import ACCOUNT, REGION, World, topic
from upgrade.facts.known import Known, Reason, Unknown

ROLE = "TheOnlyRoleOfItsStack"
PUBLISHED = "https://codeocean-vpc.s3.amazonaws.com/templates/v9.9.9/codeocean-least-privileged-role.template.yaml"


def marked(version: str | None, **more: Any) -> dict[str, Any]:
    return topic(version or "x", Metadata={"CodeOcean::VersionInfo": {"Version": version}} if version else {}, **more)


def role_stack(version: str | None, name: str) -> dict[str, Any]:
    def policy(action: str) -> dict[str, Any]:
        return {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}}

    trust = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "cloudformation.amazonaws.com"},
            "Action": "sts:AssumeRole",
        },
    }
    managed = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": policy("ec2:*")}}
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": name,
            "AssumeRolePolicyDocument": trust,
            "ManagedPolicyArns": [{"Ref": "Managed"}],
            "Policies": [{"PolicyName": "inline", "PolicyDocument": policy("s3:*")}],
        },
    }
    return marked(version, Resources={"Managed": managed, "Role": role})


def other(name: str, stack: str, product: str, **keys: str) -> str:
    entry = {"product": product, "stack_name": stack, "region": REGION, "account_id": ACCOUNT, **keys}
    return "\n".join([f"[stacks.{name}]", *(f'{key} = "{value}"' for key, value in entry.items())])


def test_the_backup_stack_is_read_with_its_template(world: World, tmp_path: Path) -> None:
    backup = world.create(marked("v1.2.1"))
    more = other("b", backup, "codeocean-backup") + "\n[stacks.t.backup_policy]\nmin_version = 'v1.2.1'"
    run = world.run(tmp_path, world.create(topic()), world.publish(topic()), backup="b", more=more)
    linked = run.collect_before().backup.value
    assert linked is not None
    assert (linked.entry, linked.stack.name) == ("b", backup)
    assert linked.template.body["Metadata"] == {"CodeOcean::VersionInfo": {"Version": "v1.2.1"}}
    assert linked.published is None
    assert [call.operation for call in run.calls()].count("GetCallerIdentity") == 1


def test_without_a_mark_the_published_template_is_read(world: World, tmp_path: Path) -> None:
    backup = world.create(marked(None))
    more = other("b", backup, "codeocean-backup") + "\n[stacks.t.backup_policy]\nmin_version = 'v0.0.9'"
    run = world.run(tmp_path, world.create(topic()), world.publish(topic()), backup="b", more=more)
    linked = run.collect_before().backup.value
    assert linked is not None
    assert isinstance(linked.published, Unknown)
    assert linked.published.reason is Reason.NOT_FOUND


def test_a_backup_stack_that_is_absent_is_not_found(world: World, tmp_path: Path) -> None:
    more = other("b", "absent", "codeocean-backup")
    run = world.run(tmp_path, world.create(topic()), world.publish(topic()), backup="b", more=more)
    linked = run.collect_before().backup
    assert isinstance(linked, Unknown)
    assert linked.reason is Reason.NOT_FOUND


def test_another_account_is_not_read_with_our_credentials(world: World, tmp_path: Path) -> None:
    more = other("b", "any", "codeocean-backup").replace(ACCOUNT, "999999999999")
    run = world.run(tmp_path, world.create(topic()), world.publish(topic()), backup="b", deploy_role="b", more=more)
    before = run.collect_before()
    for linked in (before.backup, before.deploy_role):
        assert isinstance(linked, Unknown)
        assert linked.reason is Reason.BLOCKED
        assert "is for account 999999999999" in linked.detail
    assert [call.operation for call in run.calls()].count("DescribeStacks") == 1


def test_a_linked_entry_uses_its_own_credentials(world: World, tmp_path: Path) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/other"
    more = other("b", world.create(marked("v1.2.1")), "codeocean-backup", assume_role_arn=role)
    run = world.run(tmp_path, world.create(topic()), world.publish(topic()), backup="b", more=more)
    assert isinstance(run.collect_before().backup, Known)
    operations = [call.operation for call in run.calls()]
    assert (operations.count("AssumeRole"), operations.count("GetCallerIdentity")) == (1, 3)


def test_the_deploy_role_is_read_with_every_policy_in_force(world: World, tmp_path: Path) -> None:
    stack = world.create(role_stack("v3.8.2", ROLE))
    more = other("r", stack, "codeocean-deploy-role")
    run = world.run(tmp_path, world.create(topic()), world.publish(topic()), deploy_role="r", more=more)
    role = run.collect_before().deploy_role.value
    assert role is not None
    assert (role.name, role.arn) == (ROLE, f"arn:aws:iam::{ACCOUNT}:role/{ROLE}")
    assert {statement.actions for statement in role.statements} == {("s3:*",), ("ec2:*",)}
    assert role.linked is not None
    assert role.linked.stack.name == stack
    assert role.published is None


def test_a_role_given_by_arn_is_measured_by_the_published_template(world: World, tmp_path: Path) -> None:
    name = "HandMadeRole"
    world.create(role_stack(None, name))
    s3 = world.client("s3")
    s3.create_bucket(Bucket="codeocean-vpc")
    s3.put_object(
        Bucket="codeocean-vpc", Key=PUBLISHED.split("/", 3)[3], Body=b"Resources: {R: {Type: AWS::IAM::Role}}"
    )
    run = world.run(
        tmp_path,
        world.create(topic()),
        world.publish(marked("v9.9.9")),
        more=f'[stacks.t.deploy_role]\nrole = "arn:aws:iam::{ACCOUNT}:role/{name}"',
        product="codeocean",
    )
    role = run.collect_before().deploy_role.value
    assert role is not None
    assert role.linked is None
    assert {statement.actions for statement in role.statements} == {("s3:*",), ("ec2:*",)}
    assert isinstance(role.published, Known)
    assert role.published.value.source == PUBLISHED


def test_a_role_or_role_stack_that_is_absent_is_not_found(world: World, tmp_path: Path) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/Absent"
    run = world.run(
        tmp_path, world.create(topic()), world.publish(topic()), more=f'[stacks.t.deploy_role]\nrole = "{arn}"'
    )
    absent = run.collect_before().deploy_role
    assert isinstance(absent, Unknown)
    assert absent.reason is Reason.NOT_FOUND
    more = other("r", "absent", "codeocean-deploy-role")
    run = world.run(tmp_path, world.create(topic()), world.publish(topic()), deploy_role="r", more=more)
    absent = run.collect_before().deploy_role
    assert isinstance(absent, Unknown)
    assert absent.reason is Reason.NOT_FOUND


def test_a_stack_without_a_role_is_no_role_stack(world: World, tmp_path: Path) -> None:
    more = other("r", world.create(marked("v3.8.2")), "codeocean-deploy-role")
    run = world.run(tmp_path, world.create(topic()), world.publish(topic()), deploy_role="r", more=more)
    role = run.collect_before().deploy_role
    assert isinstance(role, Unknown)
    assert "should hold one role, CodeOceanLeastPrivilegedDeployRole; it holds none" in role.detail
