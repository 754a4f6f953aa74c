"""Volumes grow and never shrink; instances run."""

import pytest

from sandbox.providers.base import Gone, HandlerError
from tests.sandbox.providers.resource import Resource, aws


@pytest.fixture
def volume() -> Resource:
    wanted = {
        "AvailabilityZone": "us-east-1a",
        "Size": "500",
        "VolumeType": "gp3",
        "Throughput": 250,
        "Encrypted": "true",
        "Tags": [{"Key": "protected", "Value": "true"}],
    }
    return Resource("AWS::EC2::Volume", wanted, "DataVolume")


def test_volume_created_as_wanted(volume: Resource) -> None:
    [live] = aws("ec2").describe_volumes(VolumeIds=[volume.id])["Volumes"]
    assert (live["Size"], live["VolumeType"], live["Encrypted"]) == (500, "gp3", True)
    assert volume.drift() == {}


def test_volume_enlarged_outside_drifts(volume: Resource) -> None:
    aws("ec2").modify_volume(VolumeId=volume.id, Size=1024)
    assert volume.drift() == {"Size": 1024}


def test_volume_grows_in_place_and_never_shrinks(volume: Resource) -> None:
    volume.update(Size="600")
    assert volume.drift() == {}
    with pytest.raises(HandlerError, match="New size cannot be smaller than existing size"):
        volume.update(Size="500")


def test_volume_deleted(volume: Resource) -> None:
    volume.delete()
    with pytest.raises(Gone):
        volume.read()
    volume.delete()


def test_instance(subnets: list[str], group: Resource) -> None:
    wanted = {
        "ImageId": "ami-12c6146b",
        "InstanceType": "t3.micro",
        "SubnetId": subnets[0],
        "SecurityGroupIds": [group.id],
        "Tags": [{"Key": "Name", "Value": "bastion"}],
    }
    instance = Resource("AWS::EC2::Instance", wanted)
    assert instance.attributes["PrivateIp"].startswith("10.9.")
    assert instance.drift() == {}
    instance.update(InstanceType="t3.small")
    assert instance.drift() == {}
    aws("ec2").create_tags(Resources=[instance.id], Tags=[{"Key": "Name", "Value": "other"}])
    assert instance.drift() == {"Tags": [{"Key": "Name", "Value": "other"}]}
    instance.delete()
    with pytest.raises(Gone):
        instance.read()
