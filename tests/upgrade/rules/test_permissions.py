"""Of all that a plan may take, only what it takes for certain is asked for."""

from typing import Any

import pytest

from tests.builders import change, detail, known, plan, template
from upgrade.facts.changes import Plan, ResourceChange
from upgrade.facts.stack import Resource
from upgrade.rules.permissions import left_open, needed, passed

PRINCIPAL = "arn:aws:iam::111122223333:role/ops/deploy"
ROLE = Resource("BackupRole", "codeocean-BackupRole-1", "AWS::IAM::Role", "CREATE_COMPLETE")
ARN = "arn:aws:iam::111122223333:role/codeocean-BackupRole-1"
TRUST = {
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}]
}
GET_ARN = {"Fn::GetAtt": ["BackupRole", "Arn"]}


def of(type_: str, **changes: Any) -> ResourceChange:
    return change("R", **{"type": type_, **changes})


def added(type_: str, **changes: Any) -> ResourceChange:
    return of(type_, action="Add", replacement="", scope=(), details=(), **changes)


# ---- actions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("planned", "action"),
    [
        (added("AWS::RDS::DBInstance"), "rds:CreateDBInstance"),
        (added("AWS::EC2::Instance"), "ec2:RunInstances"),
        (of("AWS::RDS::DBInstance"), "rds:ModifyDBInstance"),
        (of("AWS::AutoScaling::AutoScalingGroup"), "autoscaling:UpdateAutoScalingGroup"),
        (of("AWS::Batch::JobQueue"), "batch:UpdateJobQueue"),
        (of("AWS::EC2::LaunchTemplate"), "ec2:CreateLaunchTemplateVersion"),
        (of("AWS::RDS::DBInstance", replacement="True"), "rds:CreateDBInstance"),
    ],
)
def test_an_action_named_after_the_type_is_certain(planned: ResourceChange, action: str) -> None:
    assert needed([planned]) == {action: [planned]}


@pytest.mark.parametrize(
    "planned",
    [
        of("AWS::S3::Bucket"),
        of("AWS::IAM::Role"),
        of("AWS::RDS::DBInstance", details=(detail(attribute="Tags"),)),
        of("AWS::RDS::DBInstance", details=(detail(evaluation="Dynamic"),)),
        of("AWS::RDS::DBInstance", replacement="Conditional"),
        of("AWS::RDS::DBInstance", action="Remove", replacement="", policy_action="Delete"),
        of("AWS::RDS::DBInstance", action="Dynamic", replacement=""),
        added("Custom::Anything"),
    ],
    ids=[
        "no such action",
        "one of several",
        "tags",
        "depends on another resource",
        "conditional",
        "clean-up",
        "dynamic",
        "custom",
    ],
)
def test_nothing_else_is(planned: ResourceChange) -> None:
    assert needed([planned]) == {}


def test_what_else_a_change_may_take_is_counted_by_service() -> None:
    bucket, database = of("AWS::S3::Bucket"), of("AWS::RDS::DBInstance")
    open_ = left_open([bucket, database], ["rds:ModifyDBInstance"])

    assert list(open_) == sorted(open_)
    assert open_["s3"] > 30
    assert open_["rds"] == left_open([database], [])["rds"] - 1
    assert left_open([added("Custom::Anything")], []) == {}


# ---- roles -----------------------------------------------------------------------------------------------------------


def selecting(properties: dict[str, Any], *planned: ResourceChange, trust: Any = TRUST, **role: Any) -> Plan:
    """A plan in which a backup selection has these properties."""
    declared = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust, **role}}
    body = template(Resources={"R": {"Properties": properties}, "BackupRole": declared})
    changes = planned or (added("AWS::Backup::BackupSelection"),)
    return plan(
        *changes, template=known(body), parameters={"pRole": "arn:aws:iam::111122223333:role/given", "pSecret": "****"}
    )


def passes(properties: dict[str, Any], *planned: ResourceChange, **role: Any) -> dict[str, tuple[str, ...]]:
    return passed(selecting(properties, *planned, **role), [ROLE], PRINCIPAL)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (GET_ARN, {ARN: ("backup.amazonaws.com",)}),
        ({"Ref": "pRole"}, {"arn:aws:iam::111122223333:role/given": ()}),
        ("arn:aws:iam::111122223333:role/x/y", {"arn:aws:iam::111122223333:role/x/y": ()}),
        ({"Ref": "pSecret"}, {}),
        ({"Fn::If": ["c", GET_ARN, {"Ref": "pRole"}]}, {}),
        ("a name", {}),
    ],
    ids=["of the stack", "parameter", "ARN", "hidden", "on a condition", "name"],
)
def test_roles_that_a_property_takes_are_passed(value: Any, expected: Any) -> None:
    assert passes({"BackupSelection": {"IamRoleArn": value}}) == expected


def test_roles_that_are_only_mentioned_are_not() -> None:
    assert passes({"BackupSelection": {"SelectionName": GET_ARN, "Environment": {"MyRole": GET_ARN}}}) == {}


def test_a_role_is_found_on_its_path_or_not_at_all() -> None:
    properties = {"IamRoleArn": GET_ARN}
    assert list(passes(properties, Path="/app/")) == ["arn:aws:iam::111122223333:role/app/codeocean-BackupRole-1"]
    assert passes(properties, Path={"Ref": "pPath"}) == {}


def test_only_a_property_that_changes_passes_a_role() -> None:
    function = "AWS::Lambda::Function"
    properties = {"Role": GET_ARN, "MemorySize": 256}

    assert ARN in passes(properties, change("R", detail(name="Role"), type=function))
    assert passes(properties, change("R", detail(name="MemorySize"), type=function)) == {}


def test_a_role_that_is_made_anew_is_not_known_yet() -> None:
    role = change("BackupRole", type="AWS::IAM::Role", replacement="True")
    assert passes({"IamRoleArn": GET_ARN}, added("AWS::Backup::BackupSelection"), role) == {}


def test_a_type_that_passes_no_role_is_not_looked_at() -> None:
    assert passes({"IamRoleArn": GET_ARN}, added("AWS::EC2::Volume")) == {}


@pytest.mark.parametrize(
    "trust", [{}, {"Statement": {"Principal": "*"}}, {"Statement": [{"Principal": {"Service": {"Ref": "x"}}}]}]
)
def test_whom_a_role_trusts_may_be_unknown(trust: Any) -> None:
    assert passes({"IamRoleArn": GET_ARN}, trust=trust) == {ARN: ()}
