"""Roles and policies: what the template says is what IAM answers, before and after an update."""

import json
from typing import Any

import pytest

from sandbox.providers.base import Gone
from tests.sandbox.providers.resource import Resource, aws


def trust(service: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def allow(*actions: str) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}


@pytest.fixture
def role() -> Resource:
    wanted = {
        "AssumeRolePolicyDocument": trust("ec2.amazonaws.com"),
        "Description": "Services",
        "Policies": [{"PolicyName": "logs", "PolicyDocument": allow("logs:PutLogEvents")}],
        "Tags": [{"Key": "app", "Value": "shop"}],
    }
    return Resource("AWS::IAM::Role", wanted, "ServicesRole")


def test_role_created_as_wanted(role: Resource) -> None:
    assert role.attributes["Arn"] == f"arn:aws:iam::111122223333:role/{role.id}"
    assert role.attributes["RoleId"].startswith("AROA")
    assert role.drift() == {}
    found = aws("iam").get_role_policy(RoleName=role.id, PolicyName="logs")
    assert found["PolicyDocument"] == allow("logs:PutLogEvents")


def test_role_changed_outside(role: Resource) -> None:
    aws("iam").put_role_policy(RoleName=role.id, PolicyName="logs", PolicyDocument=json.dumps(allow("s3:*")))
    assert role.drift()["Policies"][0]["PolicyDocument"] == allow("s3:*")
    aws("iam").update_role(RoleName=role.id, Description="Mine")
    assert role.drift()["Description"] == "Mine"


def test_every_part_of_a_role_is_carried(role: Resource) -> None:
    policy = Resource("AWS::IAM::ManagedPolicy", {"PolicyDocument": allow("s3:GetObject")})
    role.update(
        AssumeRolePolicyDocument=trust("batch.amazonaws.com"),
        Description="Jobs",
        MaxSessionDuration=7200,
        ManagedPolicyArns=[policy.id],
        Policies=[{"PolicyName": "queue", "PolicyDocument": allow("sqs:SendMessage")}],
        Tags=[{"Key": "app", "Value": "store"}],
    )
    iam = aws("iam")
    live = iam.get_role(RoleName=role.id)["Role"]
    assert live["AssumeRolePolicyDocument"] == trust("batch.amazonaws.com")
    assert (live["Description"], live["MaxSessionDuration"]) == ("Jobs", 7200)
    assert {"Key": "app", "Value": "store"} in live["Tags"]
    assert iam.list_role_policies(RoleName=role.id)["PolicyNames"] == ["queue"]
    attached = iam.list_attached_role_policies(RoleName=role.id)["AttachedPolicies"]
    assert [item["PolicyArn"] for item in attached] == [policy.id]
    assert role.drift() == {}
    iam.detach_role_policy(RoleName=role.id, PolicyArn=policy.id)
    assert role.drift() == {"ManagedPolicyArns": []}


def test_role_deleted(role: Resource) -> None:
    role.delete()
    with pytest.raises(Gone):
        role.read()
    role.delete()


def test_inline_policy_of_its_own_is_no_drift_of_the_role(role: Resource) -> None:
    policy = Resource("AWS::IAM::Policy", {"PolicyName": "extra", "PolicyDocument": allow("ec2:*"), "Roles": [role.id]})
    assert role.drift() == {}
    policy.update(PolicyDocument=allow("ec2:RunInstances"))
    assert aws("iam").get_role_policy(RoleName=role.id, PolicyName="extra")["PolicyDocument"] == allow(
        "ec2:RunInstances"
    )
    assert policy.read()["PolicyDocument"] == allow("ec2:RunInstances")
    policy.delete()
    with pytest.raises(Gone):
        policy.read()
    policy.delete()


def test_inline_policy_moves(role: Resource) -> None:
    other = Resource("AWS::IAM::Role", {"AssumeRolePolicyDocument": trust("ec2.amazonaws.com")})
    policy = Resource("AWS::IAM::Policy", {"PolicyName": "extra", "PolicyDocument": allow("ec2:*"), "Roles": [role.id]})
    policy.update(Roles=[other.id])
    assert aws("iam").list_role_policies(RoleName=other.id)["PolicyNames"] == ["extra"]
    assert aws("iam").list_role_policies(RoleName=role.id)["PolicyNames"] == ["logs"]


def test_managed_policy(role: Resource) -> None:
    wanted = {"Description": "d", "Path": "/shop/", "PolicyDocument": allow("s3:GetObject"), "Roles": [role.id]}
    policy = Resource("AWS::IAM::ManagedPolicy", wanted, "Access")
    assert policy.id.startswith("arn:aws:iam::111122223333:policy/shop/shop-Access-")
    assert policy.drift() == {}
    assert role.drift() == {}
    for number in range(7):
        policy.update(PolicyDocument=allow(f"s3:Action{number}"))
    version = aws("iam").get_policy(PolicyArn=policy.id)["Policy"]["DefaultVersionId"]
    document = aws("iam").get_policy_version(PolicyArn=policy.id, VersionId=version)["PolicyVersion"]["Document"]
    assert document == allow("s3:Action6")
    policy.update(Roles=[])
    assert aws("iam").list_attached_role_policies(RoleName=role.id)["AttachedPolicies"] == []
    aws("iam").attach_role_policy(RoleName=role.id, PolicyArn=policy.id)
    assert policy.drift() == {"Roles": [role.id]}
    policy.delete()
    with pytest.raises(Gone):
        policy.read()
    policy.delete()


def test_instance_profile(role: Resource) -> None:
    profile = Resource("AWS::IAM::InstanceProfile", {"Roles": [role.id]})
    assert profile.drift() == {}
    other = Resource("AWS::IAM::Role", {"AssumeRolePolicyDocument": trust("ec2.amazonaws.com")})
    profile.update(Roles=[other.id])
    assert profile.read() == {"Roles": [other.id]}
    profile.delete()
    with pytest.raises(Gone):
        profile.read()
    profile.delete()
