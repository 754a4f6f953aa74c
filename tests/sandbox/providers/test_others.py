"""Alarm, certificate, file system, cache, search domain, topic, secret and parameter."""

import json
from typing import Any

import pytest

from sandbox.providers.base import Gone
from tests.sandbox.providers.resource import Resource, aws


def end(resource: Resource) -> None:
    """Delete it, twice."""
    resource.delete()
    with pytest.raises(Gone):
        resource.read()
    resource.delete()


def test_alarm() -> None:
    wanted = {
        "AlarmDescription": "CPU",
        "Namespace": "AWS/EC2",
        "MetricName": "CPUUtilization",
        "Statistic": "Average",
        "Period": "300",
        "EvaluationPeriods": 6,
        "DatapointsToAlarm": 6,
        "Threshold": 70,
        "ComparisonOperator": "GreaterThanThreshold",
        "Dimensions": [{"Name": "AutoScalingGroupName", "Value": "services"}],
        "AlarmActions": ["arn:aws:sns:us-east-1:111122223333:alarms"],
        "Tags": [{"Key": "app", "Value": "shop"}],
    }
    alarm = Resource("AWS::CloudWatch::Alarm", wanted, "CpuAlarm")
    assert alarm.attributes["Arn"].endswith(f":alarm:{alarm.id}")
    assert alarm.drift() == {}
    aws("cloudwatch").set_alarm_state(AlarmName=alarm.id, StateValue="ALARM", StateReason="test")
    alarm.update(Threshold="80", Tags=[{"Key": "app", "Value": "store"}])
    assert alarm.drift() == {}
    [live] = aws("cloudwatch").describe_alarms(AlarmNames=[alarm.id])["MetricAlarms"]
    assert (live["Threshold"], live["StateValue"]) == (80, "ALARM")
    end(alarm)


def test_alarm_on_an_expression() -> None:
    metric = {"Namespace": "Shop", "MetricName": "Errors", "Dimensions": [{"Name": "stack", "Value": "shop"}]}
    wanted = {
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": "1",
        "Threshold": 0,
        "Metrics": [
            {"Id": "m1", "MetricStat": {"Metric": metric, "Period": "60", "Stat": "Sum"}, "ReturnData": "false"},
            {"Id": "e1", "Expression": "m1*2", "Label": "errors"},
        ],
    }
    alarm = Resource("AWS::CloudWatch::Alarm", wanted, "ErrorsAlarm")
    assert alarm.drift() == {}
    end(alarm)


def test_certificate() -> None:
    wanted = {
        "DomainName": "shop.example.com",
        "SubjectAlternativeNames": ["*.shop.example.com"],
        "ValidationMethod": "DNS",
        "DomainValidationOptions": [{"DomainName": "shop.example.com", "HostedZoneId": "Z1"}],
        "Tags": [{"Key": "app", "Value": "shop"}],
    }
    certificate = Resource("AWS::CertificateManager::Certificate", wanted)
    live = aws("acm").describe_certificate(CertificateArn=certificate.id)["Certificate"]
    assert live["Status"] == "ISSUED"
    assert certificate.drift() == {}
    certificate.update(Tags=[{"Key": "new", "Value": "1"}])
    assert certificate.drift() == {}
    certificate.update(Tags=[])
    assert certificate.drift() == {}
    end(certificate)


def test_file_system() -> None:
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "*"}]}
    wanted = {
        "Encrypted": "true",
        "ThroughputMode": "elastic",
        "LifecyclePolicies": [{"TransitionToIA": "AFTER_30_DAYS"}, {"TransitionToArchive": "AFTER_90_DAYS"}],
        "FileSystemPolicy": policy,
        "FileSystemTags": [{"Key": "Name", "Value": "datasets"}],
    }
    system = Resource("AWS::EFS::FileSystem", wanted, "DatasetsEfs")
    assert system.id.startswith("fs-")
    assert system.attributes["Arn"].endswith(f":file-system/{system.id}")
    assert system.drift() == {}
    efs = aws("efs")
    efs.put_lifecycle_configuration(FileSystemId=system.id, LifecyclePolicies=[])
    assert system.drift() == {"LifecyclePolicies": []}
    system.update(
        ThroughputMode="bursting",
        LifecyclePolicies=[{"TransitionToIA": "AFTER_7_DAYS"}],
        FileSystemTags=[{"Key": "Name", "Value": "data"}],
    )
    assert system.drift() == {}
    assert efs.describe_file_systems(FileSystemId=system.id)["FileSystems"][0]["ThroughputMode"] == "bursting"
    end(system)


def test_cache(subnets: list[str], group: Resource) -> None:
    subnet_group = Resource("AWS::ElastiCache::SubnetGroup", {"Description": "redis", "SubnetIds": subnets})
    assert subnet_group.drift() == {}
    wanted = {
        "ReplicationGroupDescription": "redis",
        "Engine": "redis",
        "EngineVersion": "5.0.6",
        "CacheNodeType": "cache.t3.micro",
        "CacheSubnetGroupName": subnet_group.id,
        "NumCacheClusters": "2",
        "PreferredCacheClusterAZs": ["us-east-1a", "us-east-1b"],
        "AutomaticFailoverEnabled": True,
        "MultiAZEnabled": "true",
        "AtRestEncryptionEnabled": True,
        "TransitEncryptionEnabled": True,
        "AuthToken": "not-a-secret-0123456789",
        "SecurityGroupIds": [group.id],
        "Tags": [{"Key": "app", "Value": "shop"}],
    }
    cache = Resource("AWS::ElastiCache::ReplicationGroup", wanted, "RedisReplicationGroup")
    assert len(cache.id) <= 40
    assert cache.attributes["PrimaryEndPoint.Port"] == "6379"
    assert cache.attributes["PrimaryEndPoint.Address"].startswith("master.")
    assert cache.drift() == {}
    aws("elasticache").modify_replication_group(ReplicationGroupId=cache.id, CacheNodeType="cache.t3.small")
    assert cache.drift() == {"CacheNodeType": "cache.t3.small"}
    cache.update(CacheNodeType="cache.m5.large", Tags=[{"Key": "new", "Value": "1"}])
    assert cache.drift() == {}
    end(cache)
    subnet_group.update(Description="cache", SubnetIds=subnets[:1])
    assert subnet_group.drift() == {}
    end(subnet_group)


def test_search_domain(subnets: list[str], group: Resource) -> None:
    wanted = {
        "EngineVersion": "OpenSearch_1.3",
        "ClusterConfig": {"InstanceType": "t3.small.search", "InstanceCount": "2", "ZoneAwarenessEnabled": True},
        "EBSOptions": {"EBSEnabled": True, "VolumeSize": 20, "VolumeType": "gp3"},
        "EncryptionAtRestOptions": {"Enabled": "true"},
        "NodeToNodeEncryptionOptions": {"Enabled": True},
        "DomainEndpointOptions": {"EnforceHTTPS": True, "TLSSecurityPolicy": "Policy-Min-TLS-1-2-2019-07"},
        "VPCOptions": {"SubnetIds": subnets, "SecurityGroupIds": [group.id]},
        "Tags": [{"Key": "app", "Value": "shop"}],
    }
    domain = Resource("AWS::OpenSearchService::Domain", wanted, "OpenSearchDomain")
    assert len(domain.id) <= 28
    assert domain.attributes["DomainEndpoint"].endswith("amazonaws.com")
    assert domain.drift() == {}
    cluster = {**wanted["ClusterConfig"], "InstanceCount": 3}  # type: ignore[dict-item]  # a dict
    aws("opensearch").update_domain_config(DomainName=domain.id, ClusterConfig={"InstanceCount": 3})
    assert domain.drift()["ClusterConfig"]["InstanceCount"] == 3
    domain.update(ClusterConfig=cluster, EBSOptions={"EBSEnabled": True, "VolumeSize": 40, "VolumeType": "gp3"})
    assert domain.drift() == {}
    end(domain)


def test_topic() -> None:
    topic = Resource("AWS::SNS::Topic", {"DisplayName": "Alarms", "Tags": [{"Key": "app", "Value": "shop"}]}, "Alarms")
    assert topic.id.startswith("arn:aws:sns:us-east-1:111122223333:shop-Alarms-")
    assert topic.attributes["TopicName"] == topic.id.rsplit(":", 1)[-1]
    assert topic.drift() == {}
    aws("sns").subscribe(TopicArn=topic.id, Protocol="email", Endpoint="a@example.com")
    aws("sns").set_topic_attributes(TopicArn=topic.id, AttributeName="DisplayName", AttributeValue="Other")
    assert topic.drift() == {"DisplayName": "Other"}
    topic.update(DisplayName="New")
    assert topic.drift() == {}
    assert len(aws("sns").list_subscriptions_by_topic(TopicArn=topic.id)["Subscriptions"]) == 1
    end(topic)


def value(secret: Resource) -> str:
    return str(aws("secretsmanager").get_secret_value(SecretId=secret.id)["SecretString"])


def test_secret() -> None:
    recipe = {"ExcludePunctuation": "true", "PasswordLength": 40}
    wanted = {"Name": "/shop/redis/auth-token", "Description": "token", "GenerateSecretString": recipe}
    secret = Resource("AWS::SecretsManager::Secret", wanted)
    assert secret.id.startswith("arn:aws:secretsmanager:us-east-1:111122223333:secret:/shop/redis/auth-token-")
    assert secret.attributes["Id"] == secret.id
    first = value(secret)
    assert len(first) == 40
    assert first.isalnum()
    assert secret.drift() == {}
    aws("secretsmanager").update_secret(SecretId=secret.id, Description="mine")
    assert secret.drift() == {"Description": "mine"}
    secret.update(Description="New", Tags=[{"Key": "protected", "Value": "true"}])
    assert secret.drift() == {}
    assert value(secret) == first
    end(secret)


def test_secret_in_a_template() -> None:
    recipe: dict[str, Any] = {"SecretStringTemplate": '{"user": "me"}', "GenerateStringKey": "password"}
    secret = Resource("AWS::SecretsManager::Secret", {"GenerateSecretString": recipe})
    assert set(json.loads(value(secret))) == {"user", "password"}


def test_parameter() -> None:
    wanted = {"Name": "/shop/version", "Type": "String", "Value": "v3.7.0", "Tags": {"app": "shop"}}
    parameter = Resource("AWS::SSM::Parameter", wanted)
    assert parameter.attributes["Value"] == "v3.7.0"
    assert parameter.drift() == {}
    aws("ssm").put_parameter(Name=parameter.id, Value="other", Overwrite=True)
    assert parameter.drift() == {"Value": "other"}
    parameter.update(Value="v3.8.2")
    assert parameter.drift() == {}
    assert aws("ssm").get_parameter(Name=parameter.id)["Parameter"]["Version"] == 3
    end(parameter)
