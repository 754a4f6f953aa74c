"""Every policy in force on a role is read; a role that does not exist is an answer, one that can't be read is none."""

import json
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.upgrade import things
from tests.upgrade.world import ACCOUNT, World
from upgrade.aws.iam import read_role, read_role_arn, read_statements, simulate
from upgrade.facts.permissions import Simulated
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


# ---- simulation ------------------------------------------------------------------------------------------------------


def rule(effect: str, *actions: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": list(actions), "Resource": resource, **more}


def deployer(world: World, *statements: dict[str, Any]) -> str:
    """A role with this policy; its ARN."""
    arn = things.role(world)
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    world.client("iam").put_role_policy(RoleName=name_of(arn), PolicyName="deploy", PolicyDocument=text)
    return arn


def test_every_action_is_answered_for_on_every_page(world: World) -> None:
    arn = deployer(world, rule("Allow", "rds:*", "ec2:*"), rule("Deny", "ec2:RunInstances"))
    world.faults(page=1)
    said = simulate(world.client("iam"), arn, ["ec2:CreateVolume", "ec2:RunInstances", "s3:CreateBucket"])
    assert {action: each.decision for action, each in said.items()} == {
        "ec2:CreateVolume": "allowed",
        "ec2:RunInstances": "explicitDeny",
        "s3:CreateBucket": "implicitDeny",
    }


def test_what_only_the_real_call_knows_is_told(world: World) -> None:
    region = {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}
    arn = deployer(world, rule("Allow", "*"), rule("Deny", "rds:*", Condition=region))
    said = simulate(world.client("iam"), arn, ["rds:ModifyDBInstance"])["rds:ModifyDBInstance"]
    assert said == Simulated("explicitDeny", ("aws:RequestedRegion",))


def test_what_the_organization_denies_is_told(world: World) -> None:
    arn = deployer(world, rule("Allow", "*"))
    world.faults(organization_denies=["rds:*"])
    said = simulate(world.client("iam"), arn, ["ec2:RunInstances", "rds:ModifyDBInstance"])
    assert {action: each.by_organization for action, each in said.items()} == {
        "ec2:RunInstances": True,
        "rds:ModifyDBInstance": False,
    }


def test_what_is_not_taken_together_is_asked_apart(world: World) -> None:
    arn, asked = deployer(world, rule("Allow", "*")), ["ec2:RunInstances", "iam:PassRole", "rds:ModifyDBInstance"]
    calls = len(world.calls())
    assert simulate(world.client("iam"), arn, asked).keys() == set(asked)
    assert len(world.calls()) - calls <= 2 * len(asked) - 1


def test_a_role_may_be_passed_to_one_service_and_not_to_another(world: World) -> None:
    passed, to = things.role(world), {"StringEquals": {"iam:PassedToService": "backup.amazonaws.com"}}
    arn = deployer(world, rule("Allow", "iam:PassRole", resource=passed, Condition=to))

    def decision(role: str, service: str) -> str:
        return simulate(world.client("iam"), arn, ["iam:PassRole"], role, service)["iam:PassRole"].decision

    assert decision(passed, "backup.amazonaws.com") == "allowed"
    assert decision(passed, "ec2.amazonaws.com") == "implicitDeny"
    assert decision(things.role(world), "backup.amazonaws.com") == "implicitDeny"


class Refusing:
    """A simulator that does not know some actions."""

    def get_paginator(self, _: str) -> "Refusing":
        return self

    def paginate(self, ActionNames: list[str], **_: Any) -> list[dict[str, Any]]:  # noqa: N803  # AWS's name
        if "es:UpdateDomain" in ActionNames:
            raise ClientError({"Error": {"Code": "InvalidInput", "Message": "x"}}, "SimulatePrincipalPolicy")
        return [{"EvaluationResults": [{"EvalActionName": name, "EvalDecision": "allowed"} for name in ActionNames]}]


def test_what_the_simulator_does_not_know_is_left_out() -> None:
    said = simulate(Refusing(), "arn", ["ec2:CreateVolume", "es:UpdateDomain", "s3:CreateBucket"])
    assert said == {name: Simulated("allowed") for name in ("ec2:CreateVolume", "s3:CreateBucket")}


def test_a_simulation_that_is_refused_is_no_answer(world: World) -> None:
    arn = deployer(world, rule("Allow", "*"))
    world.fail("SimulatePrincipalPolicy", "denied")
    with pytest.raises(ClientError, match="AccessDenied"):
        simulate(world.client("iam"), arn, ["ec2:RunInstances", "s3:CreateBucket"])
