"""Whoever calls may do what their policies allow and nothing else, once it is enforced."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config

from tests.sandbox.outside import ONCE, Outside, refused

TRUST = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}


class Caller:
    """Somebody with keys of their own."""

    def __init__(self, url: str, keys: dict[str, str]) -> None:
        self._url = url
        self._session = boto3.Session(
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys.get("SessionToken"),
            region_name="us-east-1",
        )

    def client(self, service: str) -> Any:
        return self._session.client(service, endpoint_url=self._url, config=ONCE)


def document(*actions: str, resource: str = "*", **more: Any) -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def enforced(aws: Outside) -> Iterator[Outside]:
    aws.set(enforce=True)
    yield aws
    aws.set(enforce=False, organization_denies=[])


def user(aws: Outside, policy: str) -> Caller:
    """A user with one inline policy, which belongs to the account's own keys to give."""
    iam, name = aws.client("iam"), f"u-{uuid4()}"
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=policy)
    return Caller(aws.url, iam.create_access_key(UserName=name)["AccessKey"])


def test_a_user_may_do_what_is_allowed_and_nothing_else(enforced: Outside) -> None:
    who = user(enforced, document("rds:Describe*"))

    assert who.client("rds").describe_db_instances()["DBInstances"] == []
    code, message = refused(who.client("batch").describe_job_queues)
    assert code == "AccessDeniedException"
    assert "is not authorized to perform: batch:DescribeJobQueues on resource: *" in message
    assert "arn:aws:iam::111122223333:user/u-" in message


def test_everybody_may_do_everything_unless_it_is_enforced(aws: Outside) -> None:
    assert user(aws, document("rds:Describe*")).client("batch").describe_job_queues()["jobQueues"] == []


def test_the_account_itself_may_do_everything(enforced: Outside) -> None:
    assert enforced.client("batch").describe_job_queues()["jobQueues"] == []


def test_who_one_is_needs_no_permission(enforced: Outside) -> None:
    who = user(enforced, document("rds:Describe*"))
    assert ":user/u-" in who.client("sts").get_caller_identity()["Arn"]


def test_an_assumed_role_has_the_roles_policies(enforced: Outside) -> None:
    iam, name = enforced.client("iam"), f"r-{uuid4()}"
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    policy = iam.create_policy(PolicyName=name, PolicyDocument=document("cloudwatch:DescribeAlarms"))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=name, PolicyArn=policy)
    session = enforced.client("sts").assume_role(RoleArn=arn, RoleSessionName="me")["Credentials"]
    who = Caller(enforced.url, session)

    assert who.client("cloudwatch").describe_alarms()["MetricAlarms"] == []
    code, message = refused(who.client("ec2").describe_vpcs)
    assert code == "UnauthorizedOperation"
    assert f"assumed-role/{name}/me is not authorized to perform: ec2:DescribeVpcs" in message


def test_objects_are_told_apart_and_public_ones_need_no_signature(enforced: Outside) -> None:
    s3, bucket = enforced.client("s3"), f"b-{uuid4()}"
    s3.create_bucket(Bucket=bucket)
    for key in ("mine/a", "yours/a"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"x", ACL="public-read")
    who = user(enforced, document("s3:GetObject", resource=f"arn:*:s3:::{bucket}/mine/*")).client("s3")

    assert who.get_object(Bucket=bucket, Key="mine/a")["Body"].read() == b"x"
    assert who.head_object(Bucket=bucket, Key="mine/a")["ContentLength"] == 1
    assert refused(who.get_object, Bucket=bucket, Key="yours/a") == ("AccessDenied", "Access Denied")
    assert refused(who.list_objects_v2, Bucket=bucket)[0] == "AccessDenied"
    assert refused(who.list_buckets)[0] == "AccessDenied"
    nobody = boto3.client(
        "s3", region_name="us-east-1", endpoint_url=enforced.url, config=ONCE.merge(Config(signature_version=UNSIGNED))
    )
    assert nobody.get_object(Bucket=bucket, Key="yours/a")["Body"].read() == b"x"


def test_change_sets_are_told_apart_by_their_names(enforced: Outside) -> None:
    ours = {"StringLike": {"cloudformation:ChangeSetName": ["ours-*", "arn:*:changeSet/ours-*"]}}
    who = user(enforced, document("cloudformation:DeleteChangeSet", Condition=ours)).client("cloudformation")

    assert refused(who.delete_change_set, ChangeSetName="theirs", StackName="s")[0] == "AccessDenied"
    assert refused(who.delete_change_set, ChangeSetName="ours-1", StackName="s")[0] == "ValidationError"
    who.delete_change_set(ChangeSetName="arn:aws:cloudformation:us-east-1:111122223333:changeSet/ours-1/x")


@pytest.mark.parametrize(("service", "passes"), [("cloudformation", True), ("ec2", False)])
def test_a_role_is_passed_to_whom_it_may_be(enforced: Outside, service: str, passes: bool) -> None:
    condition = {"StringEquals": {"iam:PassedToService": f"{service}.amazonaws.com"}}
    create = {"Effect": "Allow", "Action": "cloudformation:CreateChangeSet", "Resource": "*"}
    pass_role = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": condition}
    who = user(enforced, json.dumps({"Version": "2012-10-17", "Statement": [create, pass_role]}))
    request = {"StackName": "absent", "ChangeSetName": "c", "TemplateBody": "{}"}
    role = "arn:aws:iam::111122223333:role/deployer"
    _, message = refused(who.client("cloudformation").create_change_set, **request, RoleARN=role)

    denied = f"is not authorized to perform: iam:PassRole on resource: {role}"
    assert (denied in message) is not passes


@pytest.mark.parametrize("lacking", ["DetectStackDrift", "DetectStackResourceDrift", "BatchDescribeTypeConfigurations"])
def test_drift_detection_needs_three_actions(enforced: Outside, lacking: str) -> None:
    needed = {"DetectStackDrift", "DetectStackResourceDrift", "BatchDescribeTypeConfigurations"}
    who = user(enforced, document(*(f"cloudformation:{each}" for each in sorted(needed - {lacking}))))
    code, message = refused(who.client("cloudformation").detect_stack_drift, StackName="absent")

    assert code == "AccessDenied"
    assert f"cloudformation:{lacking}" in message


def test_what_the_organization_denies_no_policy_allows(enforced: Outside) -> None:
    who = user(enforced, document("*"))
    enforced.set(organization_denies=["rds:*"])

    assert refused(who.client("rds").describe_db_instances)[0] == "AccessDenied"
    assert who.client("batch").describe_job_queues()["jobQueues"] == []
    assert enforced.client("rds").describe_db_instances()["DBInstances"] == []
