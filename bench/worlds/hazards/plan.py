"""What the plan would do, and what was done by hand since."""

import json
from datetime import UTC, datetime, timedelta

from bench.worlds import blocks, warns
from bench.worlds.hands import STACK, allow, deny, policy, target, update
from sandbox.scenarios.stage import Stage


@blocks("The target replaces the database.", "AnalyticsDBInstance", scenario="database-replaced")
def data_replaced(stage: Stage) -> None:
    """As the scenario says."""


@blocks("The target drops the cache.", "RedisReplicationGroup")
def data_removed(stage: Stage) -> None:
    text = stage.template("codeocean-v4.1.0")
    begin, end = text.index("  RedisReplicationGroup:\n"), text.index("  DatasetsEfs:\n")
    target(stage, {text[begin:end]: ""})


@blocks("A stack policy forbids what the plan does.", "ServicesAutoScalingGroup", "policy")
def stack_policy_denies(stage: Stage) -> None:
    document = policy(allow("Update:*"), deny("Update:*", "LogicalResourceId/ServicesAutoScalingGroup"))
    stage.client("cloudformation").set_stack_policy(StackName=STACK, StackPolicyBody=document)


@blocks("A topic of the stack was deleted by hand.", "AlarmsTopic", "delet")
def resource_deleted(stage: Stage) -> None:
    stage.client("sns").delete_topic(TopicArn=stage.physical_id("AlarmsTopic"))


@blocks("The database's class was changed by hand.", "AnalyticsDBInstance", scenario="drifted-database")
def database_changed(stage: Stage) -> None:
    """As the scenario says."""


@blocks("A role of the stack was changed by hand.", "ServicesInstanceRole")
def role_changed(stage: Stage) -> None:
    everything = policy({"Effect": "Allow", "Action": "*", "Resource": "*"})
    stage.client("iam").put_role_policy(
        RoleName=stage.physical_id("ServicesInstanceRole"),
        PolicyName="ServicesInstancePolicy",
        PolicyDocument=everything,
    )


@blocks("A bucket's versioning was suspended by hand.", "S3CapsulesBucket", "Versioning")
def versioning_suspended(stage: Stage) -> None:
    stage.client("s3").put_bucket_versioning(
        Bucket=stage.physical_id("S3CapsulesBucket"), VersioningConfiguration={"Status": "Suspended"}
    )


@blocks("A declared rule of a security group was taken away by hand.", "ExternalSecurityGroupIngressHttpsIpv4")
def rule_revoked(stage: Stage) -> None:
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    stage.client("ec2").revoke_security_group_ingress(
        GroupId=stage.physical_id("ExternalSecurityGroup"), IpPermissions=[https]
    )


@blocks("The listener's TLS policy was weakened by hand.", "ListenerExternalHTTPS", "SslPolicy")
def listener_changed(stage: Stage) -> None:
    stage.client("elbv2").modify_listener(
        ListenerArn=stage.physical_id("ListenerExternalHTTPS"), SslPolicy="ELBSecurityPolicy-2016-08"
    )


@blocks("The policy of the backup key was changed by hand.", "BackupKMSKey", "KeyPolicy")
def key_policy_changed(stage: Stage) -> None:
    kms, key = stage.client("kms"), stage.physical_id("BackupKMSKey")
    document = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    del document["Statement"][1:]
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(document))


@blocks("The plan would undo what was changed by hand.", "BatchSpotComputeEnvironment", "512")
def manual_change_overwritten(stage: Stage) -> None:
    stage.client("batch").update_compute_environment(
        computeEnvironment=stage.physical_id("BatchSpotComputeEnvironment"), computeResources={"maxvCpus": 512}
    )
    stage.configure("stacks.demo.parameters", pBatchMaxvCpus=300)


@warns("An alarm that would roll the update back is in ALARM.", "brake")
def rollback_trigger_in_alarm(stage: Stage) -> None:
    cloudwatch = stage.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="brake",
        Namespace="Company",
        MetricName="Errors",
        Statistic="Sum",
        ComparisonOperator="GreaterThanThreshold",
        Threshold=0,
        Period=60,
        EvaluationPeriods=1,
    )
    arn = cloudwatch.describe_alarms(AlarmNames=["brake"])["MetricAlarms"][0]["AlarmArn"]
    trigger = {"Arn": arn, "Type": "AWS::CloudWatch::Alarm"}
    update(stage, {"pWorkersAsgMaxSize": 12}, RollbackConfiguration={"RollbackTriggers": [trigger]})
    cloudwatch.set_alarm_state(AlarmName="brake", StateValue="ALARM", StateReason="set by hand")


@warns("The topic that is told of updates was deleted.", "operations")
def topic_missing(stage: Stage) -> None:
    sns = stage.client("sns")
    topic = sns.create_topic(Name="operations")["TopicArn"]
    update(stage, {"pWorkersAsgMaxSize": 12}, NotificationARNs=[topic])
    sns.delete_topic(TopicArn=topic)


@blocks("An approval is asked for and there is none.", "approv", scenario="approval-missing")
def approval_absent(stage: Stage) -> None:
    """As the scenario says."""


@blocks("The change window is over.", "window")
def outside_the_window(stage: Stage) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    stage.configure("stacks.demo.change", window={"from": now - timedelta(days=2), "to": now - timedelta(days=1)})


@blocks("A rehearsal is asked for, and there was none.", "rehears")
def not_rehearsed(stage: Stage) -> None:
    stage.configure("stacks.demo.change", rehearsed_on="demo-role")
