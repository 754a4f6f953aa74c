"""Groups hold real instances, follow their template by UpdatePolicy, and keep their identity."""

from typing import Any

import pytest

from sandbox.providers.base import Gone
from tests.sandbox.providers.resource import Resource, aws

ROLLING = {"AutoScalingRollingUpdate": {"MinInstancesInService": 0}}


def target_group(vpc: Resource) -> Resource:
    return Resource("AWS::ElasticLoadBalancingV2::TargetGroup", {"Port": 8001, "Protocol": "HTTP", "VpcId": vpc.id})


@pytest.fixture
def targets(vpc: Resource) -> Resource:
    return target_group(vpc)


@pytest.fixture
def services(subnets: list[str], template: Resource, targets: Resource) -> Resource:
    properties = {
        "MinSize": "1",
        "MaxSize": "1",
        "DesiredCapacity": "1",
        "Cooldown": "60",
        "LaunchTemplate": {
            "LaunchTemplateId": template.id,
            "Version": template.attributes["LatestVersionNumber"],
        },
        "VPCZoneIdentifier": subnets[:1],
        "TargetGroupARNs": [targets.id],
        "MetricsCollection": [{"Granularity": "1Minute", "Metrics": ["GroupInServiceInstances"]}],
        "Tags": [{"Key": "component", "Value": "services", "PropagateAtLaunch": True}],
    }
    return Resource("AWS::AutoScaling::AutoScalingGroup", properties, "ServicesGroup")


def describe(group: Resource) -> dict[str, Any]:
    found = aws("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[group.id])["AutoScalingGroups"]
    return dict(found[0])


def instances(group: Resource) -> list[str]:
    return [item["InstanceId"] for item in describe(group)["Instances"]]


def healthy(targets: Resource) -> list[str]:
    found = aws("elbv2").describe_target_health(TargetGroupArn=targets.id)["TargetHealthDescriptions"]
    return [item["Target"]["Id"] for item in found]


def test_created_as_wanted(services: Resource, targets: Resource) -> None:
    assert services.drift() == {}
    assert healthy(targets) == instances(services)
    [reservation] = aws("ec2").describe_instances(InstanceIds=instances(services))["Reservations"]
    tags = {tag["Key"]: tag["Value"] for tag in reservation["Instances"][0]["Tags"]}
    assert tags["Name"] == "services"
    assert tags["component"] == "services"
    assert tags["aws:autoscaling:groupName"] == services.id


def test_sizes_change_in_place(services: Resource) -> None:
    before = instances(services)
    services.update(MaxSize="3", DesiredCapacity="2", policy=ROLLING)
    after = instances(services)
    assert len(after) == 2
    assert set(before) < set(after)
    assert services.drift() == {}


def test_sizes_changed_outside_are_seen(services: Resource) -> None:
    aws("autoscaling").update_auto_scaling_group(AutoScalingGroupName=services.id, MinSize=0, DesiredCapacity=0)
    assert services.drift() == {"MinSize": 0, "DesiredCapacity": 0}


def test_rolling_update_replaces_instances(services: Resource, template: Resource, targets: Resource) -> None:
    before = instances(services)
    data = {**template.request.properties["LaunchTemplateData"], "ImageId": "ami-03cf127a"}
    template.update(LaunchTemplateData=data)
    latest = {"LaunchTemplateId": template.id, "Version": template.attributes["LatestVersionNumber"]}
    services.update(LaunchTemplate=latest, policy=ROLLING)
    after = instances(services)
    assert len(after) == 1
    assert after != before
    [reservation] = aws("ec2").describe_instances(InstanceIds=after)["Reservations"]
    assert reservation["Instances"][0]["ImageId"] == "ami-03cf127a"
    assert healthy(targets) == after
    assert services.drift() == {}


def test_without_a_policy_the_instances_stay(services: Resource, template: Resource) -> None:
    before = instances(services)
    template.update(LaunchTemplateData={**template.request.properties["LaunchTemplateData"], "EbsOptimized": True})
    latest = {"LaunchTemplateId": template.id, "Version": template.attributes["LatestVersionNumber"]}
    services.update(LaunchTemplate=latest)
    assert instances(services) == before
    assert describe(services)["LaunchTemplate"]["Version"] == "2"


def test_replacing_update_makes_a_new_group(services: Resource, template: Resource) -> None:
    old = services.id
    template.update(LaunchTemplateData={**template.request.properties["LaunchTemplateData"], "EbsOptimized": True})
    latest = {"LaunchTemplateId": template.id, "Version": template.attributes["LatestVersionNumber"]}
    services.request = Resource.fresh(services.request)
    services.update(LaunchTemplate=latest, policy={"AutoScalingReplacingUpdate": {"WillReplace": "true"}})
    assert services.id != old
    assert aws("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[old])["AutoScalingGroups"] == []


def test_target_groups_are_exchanged(services: Resource, targets: Resource, vpc: Resource) -> None:
    other = target_group(vpc)
    services.update(TargetGroupARNs=[other.id])
    assert healthy(other) == instances(services)
    assert healthy(targets) == []
    assert services.drift() == {}


def test_tags_are_carried(services: Resource) -> None:
    services.update(Tags=[{"Key": "new", "Value": "1", "PropagateAtLaunch": "false"}])
    live = {tag["Key"] for tag in describe(services)["Tags"]}
    assert {"new", "team"} <= live
    assert "component" not in live
    assert services.drift() == {}


def test_deleted_with_its_instances(services: Resource) -> None:
    ids = instances(services)
    services.delete()
    with pytest.raises(Gone):
        services.read()
    [reservation] = aws("ec2").describe_instances(InstanceIds=ids)["Reservations"]
    assert reservation["Instances"][0]["State"]["Name"] == "terminated"
    services.delete()


def test_warm_pool(services: Resource) -> None:
    pool = Resource(
        "AWS::AutoScaling::WarmPool",
        {"AutoScalingGroupName": services.id, "MinSize": 0, "MaxGroupPreparedCapacity": "0"},
    )
    assert pool.id == services.id
    assert pool.drift() == {}
    aws("autoscaling").put_warm_pool(AutoScalingGroupName=services.id, MinSize=2, MaxGroupPreparedCapacity=2)
    assert pool.drift() == {"MinSize": 2, "MaxGroupPreparedCapacity": 2}
    pool.update(MinSize=1)
    assert pool.read() == {**pool.request.properties, "MinSize": 1}
    pool.delete()
    with pytest.raises(Gone):
        pool.read()
    pool.delete()
