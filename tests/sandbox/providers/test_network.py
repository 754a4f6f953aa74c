"""VPC, subnet, security group and rules live in EC2."""

import pytest

from sandbox.providers.base import Gone, HandlerError
from tests.sandbox.providers.resource import Resource, aws

RULE = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/8", "Description": "TLS"}


def test_vpc() -> None:
    wanted = {
        "CidrBlock": "10.7.0.0/16",
        "EnableDnsHostnames": "true",
        "EnableDnsSupport": True,
        "Tags": [{"Key": "a", "Value": "b"}],
    }
    vpc = Resource("AWS::EC2::VPC", wanted)
    assert vpc.id.startswith("vpc-")
    assert vpc.attributes["DefaultSecurityGroup"].startswith("sg-")
    assert vpc.attributes["CidrBlock"] == "10.7.0.0/16"
    assert vpc.drift() == {}
    aws("ec2").modify_vpc_attribute(VpcId=vpc.id, EnableDnsHostnames={"Value": False})
    assert vpc.drift() == {"EnableDnsHostnames": False}
    vpc.update(EnableDnsHostnames=False, Tags=[{"Key": "c", "Value": "d"}])
    assert vpc.drift() == {}
    vpc.delete()
    with pytest.raises(Gone):
        vpc.read()
    vpc.delete()


def test_subnet(vpc: Resource) -> None:
    subnet = Resource("AWS::EC2::Subnet", {"VpcId": vpc.id, "CidrBlock": "10.9.64.0/24", "MapPublicIpOnLaunch": True})
    assert subnet.id.startswith("subnet-")
    assert subnet.attributes["AvailabilityZone"].startswith("us-east-1")
    assert subnet.drift() == {}
    aws("ec2").modify_subnet_attribute(SubnetId=subnet.id, MapPublicIpOnLaunch={"Value": False})
    assert subnet.drift() == {"MapPublicIpOnLaunch": False}
    subnet.update(MapPublicIpOnLaunch=False)
    assert subnet.drift() == {}
    subnet.delete()
    with pytest.raises(Gone):
        subnet.read()


def test_security_group_with_rules_of_its_own(vpc: Resource) -> None:
    wanted = {"GroupDescription": "web", "VpcId": vpc.id, "SecurityGroupIngress": [RULE], "SecurityGroupEgress": []}
    group = Resource("AWS::EC2::SecurityGroup", wanted)
    assert group.attributes["GroupId"] == group.id
    assert group.drift() == {}
    opened = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    aws("ec2").authorize_security_group_ingress(GroupId=group.id, IpPermissions=[opened])
    assert len(group.drift()["SecurityGroupIngress"]) == 2
    group.update(SecurityGroupIngress=[{**RULE, "CidrIp": "10.1.0.0/16"}])
    assert group.drift() == {}
    group.delete()
    with pytest.raises(Gone):
        group.read()


@pytest.mark.parametrize("direction", ["Ingress", "Egress"])
def test_rule(direction: str, group: Resource, vpc: Resource) -> None:
    rule = Resource(f"AWS::EC2::SecurityGroup{direction}", {**RULE, "GroupId": group.id})
    assert rule.id.startswith("sgr-")
    assert rule.drift() == {}
    assert group.drift() == {}
    rule.update(Description="Other")
    assert rule.drift() == {}
    rule.delete()
    with pytest.raises(Gone):
        rule.read()
    rule.delete()


def test_rule_between_groups(group: Resource, vpc: Resource) -> None:
    other = Resource("AWS::EC2::SecurityGroup", {"GroupDescription": "other", "VpcId": vpc.id})
    wanted = {"GroupId": group.id, "IpProtocol": "-1", "SourceSecurityGroupId": other.id}
    rule = Resource("AWS::EC2::SecurityGroupIngress", wanted)
    assert rule.drift() == {}


def test_own_egress_takes_the_place_of_allow_all(group: Resource) -> None:
    Resource("AWS::EC2::SecurityGroupEgress", {**RULE, "GroupId": group.id})
    [found] = aws("ec2").describe_security_groups(GroupIds=[group.id])["SecurityGroups"]
    assert [item["IpProtocol"] for item in found["IpPermissionsEgress"]] == ["tcp"]


def test_allow_all_written_down(group: Resource) -> None:
    wanted = {"GroupId": group.id, "IpProtocol": "-1", "CidrIp": "0.0.0.0/0", "Description": "anywhere"}
    assert Resource("AWS::EC2::SecurityGroupEgress", wanted).drift() == {}


def test_refusal_names_service_and_code(vpc: Resource) -> None:
    with pytest.raises(HandlerError) as refused:
        Resource("AWS::EC2::Subnet", {"VpcId": "vpc-0123456789abcdef0", "CidrBlock": "10.0.0.0/24"})
    assert "(Service: Ec2, Status Code: 400" in refused.value.message
    assert refused.value.code == "NotFound"
