"""What others in a company do to a stack: most of it is harmless and must be left in peace."""

import json
from typing import Any

from sandbox.scenarios.registry import scenario
from sandbox.scenarios.stage import CAPABILITIES, Stage
from sandbox.scenarios.world import deployment

TAGS = {"map-migrated": "mig12345", "created-by": "governance"}
"""What a governance tool puts on everything it finds."""


@scenario("stack-policy-denies", "The stack policy lets nobody remove access of the services machine; the target does.")
def stack_policy_denies(stage: Stage) -> None:
    """CloudFormation would notice in the middle of the update, and roll back."""
    deployment(stage)
    allow = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}
    deny = {**allow, "Effect": "Deny", "Action": "Update:Delete", "Resource": "LogicalResourceId/Services*Access"}
    policy = json.dumps({"Statement": [allow, deny]})
    stage.client("cloudformation").set_stack_policy(StackName="codeocean", StackPolicyBody=policy)


@scenario("organization-denies", "A policy of the organization denies new versions of launch templates.")
def organization_denies(stage: Stage) -> None:
    """The stack has a role that may do everything else. CloudFormation would notice in the middle of the update."""
    deployment(stage)
    _give_role(stage, **TAGS)
    denied = "ec2:CreateLaunchTemplateVersion"
    fault = {"on": "update", "reason": f"not authorized to perform: {denied} with an explicit deny"}
    stage.knobs.set({"organization_denies": [denied], "resources": {"ServicesLaunchTemplate": fault}})


@scenario(
    "lived-in", "Others tag, log, open ports and leave failed change sets behind; the stack has a role of its own."
)
def lived_in(stage: Stage) -> None:
    """Nothing of it is in the way of an upgrade."""
    deployment(stage)
    _give_role(stage, owner="platform", **TAGS)
    _tag_everything(stage)
    _log_bucket(stage)
    _open_port(stage)
    stage.knobs.set({"change_set_delay": 0.0})
    stage.client("cloudformation").create_change_set(  # FAILED: it changes nothing
        StackName="codeocean", ChangeSetName="theirs", UsePreviousTemplate=True, **_unchanged(stage)
    )
    stage.knobs.set({"change_set_delay": 0.4})


def _give_role(stage: Stage, **tags: str) -> None:
    """Give the stack a role of its own; a role alone is no update, so that tags come with it."""
    trust = {"Effect": "Allow", "Principal": {"Service": "cloudformation.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam, pace = stage.client("iam"), stage.knobs.pace
    role = iam.create_role(RoleName="stack-role", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    iam.attach_role_policy(RoleName="stack-role", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    rows = [{"Key": key, "Value": value} for key, value in tags.items()]
    stage.knobs.set({"pace": 0.0})
    stage.client("cloudformation").update_stack(
        StackName="codeocean", UsePreviousTemplate=True, RoleARN=role, Tags=rows, **_unchanged(stage)
    )
    stage.knobs.set({"pace": pace})


def _tag_everything(stage: Stage) -> None:
    tags: list[dict[str, str]] = [{"Key": "scanned", "Value": "yes"}]
    groups = ("ServicesSecurityGroup", "ExternalSecurityGroup", "DataVolume")
    stage.client("ec2").create_tags(Resources=[stage.physical_id(each) for each in groups], Tags=tags)
    stage.client("iam").tag_role(RoleName=stage.physical_id("ServicesInstanceRole"), Tags=tags)
    rds, s3 = stage.client("rds"), stage.client("s3")
    [database] = rds.describe_db_instances(DBInstanceIdentifier=stage.physical_id("AnalyticsDBInstance"))["DBInstances"]
    rds.add_tags_to_resource(ResourceName=database["DBInstanceArn"], Tags=tags)
    bucket = stage.physical_id("S3ResultsBucket")
    present = s3.get_bucket_tagging(Bucket=bucket)["TagSet"]
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": present + tags})


def _log_bucket(stage: Stage) -> None:
    s3 = stage.client("s3")
    s3.create_bucket(Bucket="security-logs", ObjectOwnership="ObjectWriter")
    s3.put_bucket_acl(Bucket="security-logs", ACL="log-delivery-write")
    logging = {"LoggingEnabled": {"TargetBucket": "security-logs", "TargetPrefix": "codeocean/"}}
    s3.put_bucket_logging(Bucket=stage.physical_id("S3CapsulesBucket"), BucketLoggingStatus=logging)


def _open_port(stage: Stage) -> None:
    """A neighbour stack's rule on a group whose rules the template declares one by one."""
    stage.client("ec2").authorize_security_group_ingress(
        GroupId=stage.physical_id("ServicesSecurityGroup"),
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 9100, "ToPort": 9100, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}],
    )


def _unchanged(stage: Stage) -> dict[str, Any]:
    """Parameters and capabilities of a request that changes neither."""
    live = stage.client("cloudformation").describe_stacks(StackName="codeocean")["Stacks"][0]
    kept = [{"ParameterKey": row["ParameterKey"], "UsePreviousValue": True} for row in live["Parameters"]]
    return {"Parameters": kept, "Capabilities": CAPABILITIES}
