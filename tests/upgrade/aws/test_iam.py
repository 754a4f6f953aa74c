"""Every policy in force on a role is read; a role that does not exist is an answer, one that can't be read is none."""

import json
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.upgrade import things
from tests.upgrade.world import ACCOUNT, World
from upgrade.aws.iam import read_role, read_role_arn, read_statements
from upgrade.facts.services import Role

SERVICE = "cloudformation.amazonaws.com"


def name_of(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]


def document(*actions: str) -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def inline(world: World, role: str, *actions: str) -> None:
    world.client("iam").put_role_policy(RoleName=role, PolicyName=str(uuid4()), PolicyDocument=document(*actions))


def attached(world: World, role: str, *actions: str) -> str:
    iam = world.client("iam")
    arn = str(iam.create_policy(PolicyName=str(uuid4()), PolicyDocument=document(*actions))["Policy"]["Arn"])
    iam.attach_role_policy(RoleName=role, PolicyArn=arn)
    return arn


def actions(world: World, role: str) -> set[tuple[str, ...]]:
    return {statement.actions for statement in read_statements(world.client("iam"), role)}


def trusting(statements: Any, world: World) -> tuple[str, ...]:
    return read_role(world.client("iam"), things.role(world, statements)).trusts


def allow(principal: Any, action: str = "sts:AssumeRole") -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": action}


def test_inline_and_attached_policies_are_told(world: World) -> None:
    role = name_of(things.role(world))
    inline(world, role, "s3:*")
    inline(world, role, "rds:*")
    attached(world, role, "ec2:*")
    assert actions(world, role) == {("s3:*",), ("rds:*",), ("ec2:*",)}


def test_a_role_without_policies_grants_nothing(world: World) -> None:
    assert read_statements(world.client("iam"), name_of(things.role(world))) == ()


def test_of_an_attached_policy_the_version_in_force_is_told(world: World) -> None:
    role = name_of(things.role(world))
    arn = attached(world, role, "ec2:*")
    iam = world.client("iam")
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=document("s3:*"), SetAsDefault=False)
    assert actions(world, role) == {("ec2:*",)}
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v2")
    assert actions(world, role) == {("s3:*",)}


def test_the_arn_of_a_role_holds_its_path(world: World) -> None:
    arn = things.role(world, path="/team/")
    assert "/team/" in arn
    assert read_role_arn(world.client("iam"), name_of(arn)) == arn
    assert read_role(world.client("iam"), arn).arn == arn


def test_a_role_that_is_absent_has_no_statements_to_tell(world: World) -> None:
    with pytest.raises(ClientError, match="NoSuchEntity"):
        read_statements(world.client("iam"), "absent")


@pytest.mark.parametrize(
    "action", ["ListRolePolicies", "ListAttachedRolePolicies", "GetRolePolicy", "GetPolicy", "GetPolicyVersion"]
)
def test_one_denial_spoils_the_answer(world: World, action: str) -> None:
    role = name_of(things.role(world))
    inline(world, role, "s3:*")
    attached(world, role, "ec2:*")
    world.fail(action, "denied")
    with pytest.raises(ClientError, match=action):
        read_statements(world.client("iam"), role)


def test_a_role_that_is_absent_is_told_so(world: World) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/absent"
    assert read_role(world.client("iam"), arn) == Role(arn, "absent", exists=False, trusts=())


@pytest.mark.parametrize("other", ["123456789012:role/", f"{ACCOUNT}:role/team/"], ids=["account", "path"])
def test_a_role_of_the_same_name_elsewhere_is_not_the_one_that_was_asked_for(world: World, other: str) -> None:
    asked = things.role(world).replace(f"{ACCOUNT}:role/", other)
    found = read_role(world.client("iam"), asked)
    assert not found.exists or found.arn == asked


def test_a_role_that_may_not_be_read_is_no_absent_one(world: World) -> None:
    arn = things.role(world)
    world.fail("GetRole", "denied")
    with pytest.raises(ClientError, match="AccessDenied"):
        read_role(world.client("iam"), arn)


@pytest.mark.parametrize(
    ("statements", "trusts"),
    [
        pytest.param(allow({"Service": SERVICE}), (SERVICE,), id="one statement"),
        pytest.param([allow({"Service": ["ec2.amazonaws.com", SERVICE]})], (SERVICE, "ec2.amazonaws.com"), id="two"),
        pytest.param([allow({"AWS": "*"})], (), id="an account is no service"),
        pytest.param([allow({"Service": SERVICE}), allow({"Service": SERVICE})], (SERVICE,), id="twice"),
        pytest.param({**allow({"Service": SERVICE}), "Effect": "Deny"}, (), id="a denial is no trust"),
        pytest.param(allow({"Service": SERVICE}, "sts:TagSession"), (), id="to tag is not to assume"),
        pytest.param(
            [allow({"Service": SERVICE}), {**allow({"Service": SERVICE}), "Effect": "Deny"}], (), id="denied after all"
        ),
    ],
)
def test_the_services_a_role_trusts(world: World, statements: Any, trusts: tuple[str, ...]) -> None:
    assert trusting(statements, world) == trusts
