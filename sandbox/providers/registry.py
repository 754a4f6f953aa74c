"""Which provider handles a resource type."""

from collections.abc import Mapping
from functools import cache

from sandbox.engine.schema import schema
from sandbox.providers import (
    acm,
    autoscaling,
    backup,
    batch,
    cloudwatch,
    compute,
    custom,
    efs,
    elasticache,
    elbv2,
    functions,
    iam,
    iam_policies,
    kms,
    launch_template,
    listener,
    network,
    opensearch,
    rds,
    s3,
    secretsmanager,
    security_group,
    sns,
    ssm,
)
from sandbox.providers.base import HandlerError, Provider
from sandbox.providers.guarded import Guarded
from sandbox.providers.store import Store

BACKED: Mapping[str, Provider] = {
    "AWS::AutoScaling::AutoScalingGroup": autoscaling.AutoScalingGroup(),
    "AWS::AutoScaling::WarmPool": autoscaling.WarmPool(),
    "AWS::Backup::BackupPlan": backup.BackupPlan(),
    "AWS::Backup::BackupSelection": backup.BackupSelection(),
    "AWS::Backup::BackupVault": backup.BackupVault(),
    "AWS::Batch::ComputeEnvironment": batch.ComputeEnvironment(),
    "AWS::Batch::JobQueue": batch.JobQueue(),
    "AWS::CertificateManager::Certificate": acm.Certificate(),
    "AWS::CloudFormation::CustomResource": custom.CustomResource(),
    "AWS::CloudFormation::WaitCondition": custom.CustomResource(),
    "AWS::CloudFormation::WaitConditionHandle": custom.WaitConditionHandle(),
    "AWS::CloudWatch::Alarm": cloudwatch.Alarm(),
    "AWS::EC2::Instance": compute.Instance(),
    "AWS::EC2::LaunchTemplate": launch_template.LaunchTemplate(),
    "AWS::EC2::SecurityGroup": security_group.SecurityGroup(),
    "AWS::EC2::SecurityGroupEgress": security_group.SecurityGroupRule("egress"),
    "AWS::EC2::SecurityGroupIngress": security_group.SecurityGroupRule("ingress"),
    "AWS::EC2::Subnet": network.Subnet(),
    "AWS::EC2::VPC": network.VPC(),
    "AWS::EC2::Volume": compute.Volume(),
    "AWS::EFS::FileSystem": efs.FileSystem(),
    "AWS::ElastiCache::ReplicationGroup": elasticache.ReplicationGroup(),
    "AWS::ElastiCache::SubnetGroup": elasticache.SubnetGroup(),
    "AWS::ElasticLoadBalancingV2::Listener": listener.Listener(),
    "AWS::ElasticLoadBalancingV2::ListenerRule": listener.ListenerRule(),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": elbv2.LoadBalancer(),
    "AWS::ElasticLoadBalancingV2::TargetGroup": elbv2.TargetGroup(),
    "AWS::IAM::InstanceProfile": iam.InstanceProfile(),
    "AWS::IAM::ManagedPolicy": iam_policies.ManagedPolicy(),
    "AWS::IAM::Policy": iam_policies.Policy(),
    "AWS::IAM::Role": iam.Role(),
    "AWS::KMS::Alias": kms.Alias(),
    "AWS::KMS::Key": kms.Key(),
    "AWS::Lambda::Function": functions.Function(),
    "AWS::OpenSearchService::Domain": opensearch.Domain(),
    "AWS::RDS::DBInstance": rds.DBInstance(),
    "AWS::RDS::DBParameterGroup": rds.DBParameterGroup(),
    "AWS::RDS::DBSubnetGroup": rds.DBSubnetGroup(),
    "AWS::S3::Bucket": s3.Bucket(),
    "AWS::S3::BucketPolicy": s3.BucketPolicy(),
    "AWS::SNS::Topic": sns.Topic(),
    "AWS::SSM::Parameter": ssm.Parameter(),
    "AWS::SecretsManager::Secret": secretsmanager.Secret(),
}
"""Types that exist in a service, or are CloudFormation's own. Every other type with a schema is a Store."""

CUSTOM = "Custom::"


def known(type_: str) -> bool:
    """Whether a template may use this type."""
    return type_ in BACKED or type_.startswith(CUSTOM) or schema(type_) is not None


@cache
def provider(type_: str) -> Provider:
    """The handlers of a type. Raises HandlerError for one that nobody knows."""
    if not known(type_):
        raise HandlerError(f"Template format error: Unrecognized resource types: [{type_}]", "TypeNotFound")
    if type_.startswith(CUSTOM):
        return custom.CustomResource()
    return Guarded(BACKED[type_] if type_ in BACKED else Store(type_))
