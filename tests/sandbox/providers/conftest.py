"""The services with our overrides in place, once a session."""

import pytest

from sandbox import services
from sandbox.knobs import Knobs
from tests.sandbox.providers.resource import Resource


@pytest.fixture(scope="session")
def knobs() -> Knobs:
    knobs = Knobs()
    services.install(knobs)
    return knobs


@pytest.fixture(autouse=True)
def _services(knobs: Knobs) -> None:
    """Every test here needs them."""


@pytest.fixture(scope="session")
def vpc(knobs: Knobs) -> Resource:
    return Resource("AWS::EC2::VPC", {"CidrBlock": "10.9.0.0/16", "EnableDnsHostnames": True}, "Vpc")


@pytest.fixture(scope="session")
def subnets(vpc: Resource) -> list[str]:
    made = [
        Resource("AWS::EC2::Subnet", {"VpcId": vpc.id, "CidrBlock": f"10.9.{index}.0/24", "AvailabilityZone": zone})
        for index, zone in enumerate(("us-east-1a", "us-east-1b"))
    ]
    return [subnet.id for subnet in made]


@pytest.fixture
def group(vpc: Resource) -> Resource:
    return Resource("AWS::EC2::SecurityGroup", {"GroupDescription": "Things", "VpcId": vpc.id}, "Group")


@pytest.fixture
def template(group: Resource) -> Resource:
    data = {
        "ImageId": "ami-12c6146b",
        "InstanceType": "m5.large",
        "UserData": "ZWNobyBoaQ==",
        "SecurityGroupIds": [group.id],
        "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "services"}]}],
    }
    return Resource("AWS::EC2::LaunchTemplate", {"LaunchTemplateData": data}, "Template")
