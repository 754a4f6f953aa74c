"""SimulatePrincipalPolicy answers through real boto3, by the rules of policy evaluation."""

import json
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from sandbox.knobs import Knobs
from sandbox.services import settings
from tests.sandbox.outside import Outside, refused
from tests.sandbox.providers.resource import Resource, aws

TRUST = json.dumps(
    {"Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
)


def statement(effect: str, *actions: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": list(actions), "Resource": resource, **more}


def role(*statements: dict[str, Any], **more: Any) -> str:
    iam, name = aws("iam"), f"deployer-{uuid4()}"
    arn = str(iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST, **more)["Role"]["Arn"])
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_role_policy(RoleName=name, PolicyName="deploy", PolicyDocument=document)
    return arn


def simulate(arn: str, *actions: str, **more: Any) -> dict[str, str]:
    results = aws("iam").simulate_principal_policy(PolicySourceArn=arn, ActionNames=list(actions), **more)
    return {item["EvalActionName"]: item["EvalDecision"] for item in results["EvaluationResults"]}


def test_wildcards_allow_and_deny_wins() -> None:
    arn = role(statement("Allow", "rds:*", "s3:Get?bject"), statement("Deny", "rds:DeleteDBInstance"))
    assert simulate(
        arn, "rds:ModifyDBInstance", "RDS:describeDBInstances", "rds:DeleteDBInstance", "ec2:RunInstances"
    ) == {
        "rds:ModifyDBInstance": "allowed",
        "RDS:describeDBInstances": "allowed",
        "rds:DeleteDBInstance": "explicitDeny",
        "ec2:RunInstances": "implicitDeny",
    }
    assert simulate(arn, "s3:GetObject")["s3:GetObject"] == "allowed"


def test_resources_are_told_apart() -> None:
    arn = role(statement("Allow", "s3:PutObject", resource="arn:aws:s3:::mine/*"))
    both = ["arn:aws:s3:::mine/a", "arn:aws:s3:::yours/a"]
    answer = aws("iam").simulate_principal_policy(PolicySourceArn=arn, ActionNames=["s3:PutObject"], ResourceArns=both)
    decisions = {item["EvalResourceName"]: item["EvalDecision"] for item in answer["EvaluationResults"]}
    assert decisions == dict(zip(both, ["allowed", "implicitDeny"], strict=True))
    assert answer["IsTruncated"] is False


def test_not_action_and_not_resource() -> None:
    arn = role({"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::closed/*"})
    assert simulate(arn, "iam:GetRole", "ec2:RunInstances") == {
        "iam:GetRole": "implicitDeny",
        "ec2:RunInstances": "allowed",
    }
    assert simulate(arn, "s3:GetObject", ResourceArns=["arn:aws:s3:::closed/a"])["s3:GetObject"] == "implicitDeny"


def test_condition_needs_its_context() -> None:
    passed = statement(
        "Allow", "iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "batch.amazonaws.com"}}
    )
    arn = role(passed)
    answer = aws("iam").simulate_principal_policy(PolicySourceArn=arn, ActionNames=["iam:PassRole"])
    [result] = answer["EvaluationResults"]
    assert (result["EvalDecision"], result["MissingContextValues"]) == ("implicitDeny", ["iam:PassedToService"])
    entry = {"ContextKeyName": "iam:PassedToService", "ContextKeyType": "string"}
    for value, decision in (("batch.amazonaws.com", "allowed"), ("ec2.amazonaws.com", "implicitDeny")):
        context = [{**entry, "ContextKeyValues": [value]}]
        assert simulate(arn, "iam:PassRole", ContextEntries=context)["iam:PassRole"] == decision


def test_attached_policies_and_boundary() -> None:
    iam = aws("iam")
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement("Allow", "ec2:*")]})
    policy = iam.create_policy(PolicyName=f"ec2-{uuid4()}", PolicyDocument=document)["Policy"]["Arn"]
    bounded = role(statement("Allow", "rds:*", "ec2:*"), PermissionsBoundary=policy)
    assert simulate(bounded, "rds:ModifyDBInstance", "ec2:RunInstances") == {
        "rds:ModifyDBInstance": "implicitDeny",
        "ec2:RunInstances": "allowed",
    }
    arn = role(statement("Allow", "rds:*"))
    iam.attach_role_policy(RoleName=arn.rsplit("/", 1)[-1], PolicyArn=policy)
    assert simulate(arn, "ec2:RunInstances")["ec2:RunInstances"] == "allowed"


def test_matched_statements_name_their_policy() -> None:
    arn = role(statement("Allow", "ec2:*"))
    answer = aws("iam").simulate_principal_policy(PolicySourceArn=arn, ActionNames=["ec2:RunInstances"])
    [matched] = answer["EvaluationResults"][0]["MatchedStatements"]
    assert matched["SourcePolicyId"].endswith("_deploy")


def test_some_actions_are_not_simulated_beside_others() -> None:
    arn = role(statement("Allow", "*"))
    both = {"PolicySourceArn": arn, "ActionNames": ["ec2:RunInstances", "iam:PassRole"]}
    code, message = refused(aws("iam").simulate_principal_policy, **both)
    assert code == "InvalidInput"
    assert message.endswith("require different authorization information.")
    assert simulate(arn, "iam:PassRole") == {"iam:PassRole": "allowed"}


def test_answers_come_in_pages() -> None:
    arn = role(statement("Allow", "*"))
    pages = list(
        aws("iam")
        .get_paginator("simulate_principal_policy")
        .paginate(
            PolicySourceArn=arn,
            ActionNames=["ec2:RunInstances", "rds:ModifyDBInstance", "s3:CreateBucket"],
            PaginationConfig={"PageSize": 2},
        )
    )
    assert [len(page["EvaluationResults"]) for page in pages] == [2, 1]


def test_what_the_organization_denies_is_told_so() -> None:
    knobs = Knobs(organization_denies=["rds:*"])
    settings.use(knobs)
    try:
        arn = role(statement("Allow", "*"))
        answer = aws("iam").simulate_principal_policy(
            PolicySourceArn=arn, ActionNames=["ec2:RunInstances", "rds:ModifyDBInstance"]
        )
    finally:
        settings.use(Knobs())
    told = [row["OrganizationsDecisionDetail"]["AllowedByOrganizations"] for row in answer["EvaluationResults"]]
    assert told == [True, False]
    assert answer["EvaluationResults"][1]["EvalDecision"] != "allowed"


def test_an_input_policy_joins_in() -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement("Deny", "ec2:*")]})
    arn = role(statement("Allow", "ec2:*"))
    assert simulate(arn, "ec2:RunInstances", PolicyInputList=[document])["ec2:RunInstances"] == "explicitDeny"


def test_a_role_that_is_not_there() -> None:
    with pytest.raises(ClientError) as refused:
        simulate("arn:aws:iam::111122223333:role/nobody", "ec2:RunInstances")
    assert refused.value.response["Error"]["Code"] == "NoSuchEntity"


def test_an_unknown_operator_is_loud() -> None:
    arn = role(statement("Allow", "ec2:*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}))
    with pytest.raises(ClientError):
        simulate(arn, "ec2:RunInstances")


# ---- GetRole ---------------------------------------------------------------------------------------------------------


def test_a_role_shows_whom_it_trusts_however_it_was_made(http: Outside) -> None:
    iam, name = http.client("iam"), f"deployer-{uuid4()}"
    trust = {"Version": "2012-10-17", **json.loads(TRUST)}
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    made = Resource("AWS::IAM::Role", {"AssumeRolePolicyDocument": trust})
    shown = [iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"] for role in (name, made.id)]
    assert shown == [trust] * 2
    other = json.loads(json.dumps(trust).replace("ec2", "cloudformation"))
    made.update(AssumeRolePolicyDocument=other)
    assert iam.get_role(RoleName=made.id)["Role"]["AssumeRolePolicyDocument"] == other
    listed = {role["RoleName"]: role["AssumeRolePolicyDocument"] for role in iam.list_roles()["Roles"]}
    assert listed[name] == trust


def test_no_role_of_that_name(http: Outside) -> None:
    code, message = refused(http.client("iam").get_role, RoleName="nobody")
    assert code == "NoSuchEntity"
    assert "nobody" in message
