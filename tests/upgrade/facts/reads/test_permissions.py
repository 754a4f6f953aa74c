"""Whose permissions CloudFormation uses, and what IAM's simulator says of what the prediction asks for."""

import json
from typing import Any

import boto3
import pytest

from tests.builders import change, entry, known, prediction, role, template, unknown
from tests.upgrade import things
from tests.upgrade.world import REGION, World
from upgrade.facts.changes import Plan
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.permissions import Permissions, Simulated
from upgrade.facts.reads.permissions import PermissionReads
from upgrade.facts.reads.stack import StackReads
from upgrade.facts.services import Role
from upgrade.facts.stack import Identity, Resource

PLAN = prediction(change("Database", type="AWS::RDS::DBInstance"))
NOBODY: Fact[Role | None] = known(None)


def read(world: World, planned: Plan, who: Fact[Role | None], *live: Resource) -> Permissions | None:
    fact = PermissionReads(world.source(entry())).permissions(
        identity=caller(world), prediction=known(planned), resources=known(live), service_role=who
    )
    assert isinstance(fact, Known), fact
    return fact.value


def caller(world: World) -> Fact[Identity]:
    return StackReads(world.source(entry())).identity()


def deployer(world: World, *actions: str) -> Role:
    arn = things.role(world)
    text = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]})
    world.client("iam").put_role_policy(RoleName=arn.rsplit("/", 1)[-1], PolicyName="deploy", PolicyDocument=text)
    return role(arn=arn, name=arn.rsplit("/", 1)[-1])


def keys(monkeypatch: pytest.MonkeyPatch, held: dict[str, str]) -> None:
    """Let somebody else run the gate."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", held["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", held["SecretAccessKey"])
    if "SessionToken" in held:
        monkeypatch.setenv("AWS_SESSION_TOKEN", held["SessionToken"])


def test_the_service_role_is_asked_for_what_is_certain(world: World) -> None:
    who = deployer(world, "rds:*")
    found = read(world, PLAN, known(who))
    assert found == Permissions(who.arn, exists=True, actions={"rds:ModifyDBInstance": Simulated("allowed")}, passes={})


def test_a_plan_that_takes_nothing_for_certain_asks_for_nothing(world: World) -> None:
    who, calls = deployer(world, "rds:*"), len(world.calls())
    assert read(world, prediction(change("B", type="AWS::S3::Bucket")), known(who)) == Permissions(
        who.arn, exists=True, actions={}, passes={}
    )
    assert [call["action"] for call in world.calls()[calls:]] == ["GetCallerIdentity"]


def test_a_role_that_is_gone_is_an_answer(world: World) -> None:
    found = read(world, PLAN, known(role(exists=False)))
    assert found is not None
    assert not found.exists


def test_a_role_that_is_passed_is_asked_for_with_the_service_it_is_for(world: World) -> None:
    who, passed = deployer(world, "iam:PassRole"), things.role(world)
    trust: dict[str, Any] = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}}]}
    declared = template(
        Resources={
            "Selection": {"Properties": {"IamRoleArn": {"Fn::GetAtt": ["R", "Arn"]}}},
            "R": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}},
        }
    )
    added = change("Selection", type="AWS::Backup::BackupSelection", action="Add", replacement="", scope=())
    live = Resource("R", passed.rsplit("/", 1)[-1], "AWS::IAM::Role", "CREATE_COMPLETE")
    found = read(world, prediction(added, template=known(declared)), known(who), live)
    assert found is not None
    assert found.passes == {passed: {"backup.amazonaws.com": Simulated("allowed")}}


def test_without_a_service_role_the_user_who_executes_is_asked_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    iam = world.client("iam")
    arn = iam.create_user(UserName="executor")["User"]["Arn"]
    keys(monkeypatch, iam.create_access_key(UserName="executor")["AccessKey"])
    found = read(world, PLAN, NOBODY)
    assert found is not None
    assert (found.principal, found.actions["rds:ModifyDBInstance"].decision) == (arn, "implicitDeny")


def test_of_a_session_it_is_the_role_with_its_path(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    iam, trust = world.client("iam"), {"Statement": [things.TRUST]}
    arn = iam.create_role(RoleName="worker", Path="/ops/", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    sts = boto3.Session(region_name=REGION).client("sts", endpoint_url=world.url)
    keys(monkeypatch, sts.assume_role(RoleArn=arn, RoleSessionName="me")["Credentials"])
    found = read(world, PLAN, NOBODY)
    assert found is not None
    assert found.principal == arn


def test_the_accounts_own_keys_are_nobodys(world: World) -> None:
    assert read(world, PLAN, NOBODY) is None


@pytest.mark.parametrize("lacking", ["identity", "prediction", "resources", "service_role"])
def test_without_what_it_depends_on_it_is_not_known(world: World, lacking: str) -> None:
    needs: dict[str, Any] = {
        "identity": caller(world),
        "prediction": known(PLAN),
        "resources": known(()),
        "service_role": NOBODY,
    }
    fact = PermissionReads(world.source(entry())).permissions(**{**needs, lacking: unknown()})
    assert isinstance(fact, Unknown)
    assert fact.reason is Reason.BLOCKED


def test_a_denial_is_no_answer(world: World) -> None:
    who = known(deployer(world, "rds:*"))
    world.fail("SimulatePrincipalPolicy", "denied")
    fact = PermissionReads(world.source(entry())).permissions(
        identity=caller(world), prediction=known(PLAN), resources=known(()), service_role=who
    )
    assert isinstance(fact, Unknown)
    assert (fact.reason, fact.call) == (Reason.DENIED, "iam:SimulatePrincipalPolicy")
