"""SSM parameters, ids and imports as AWS tells them: what is secret never comes along."""

from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.upgrade import things
from tests.upgrade.world import World, topic
from upgrade.aws.cloudformation import read_importers, read_stack
from upgrade.aws.errors import reason_of
from upgrade.aws.existing import HOSTED_ZONE, TYPES, action, read_existing
from upgrade.aws.ssm import read_parameter
from upgrade.facts.known import Reason

IMAGE = "ami-0d94e17b3c5a80f26"


def stored(world: World, value: str = "m7i.large", type_: str = "String") -> str:
    name = f"/app/{uuid4()}"
    world.client("ssm").put_parameter(Name=name, Value=value, Type=type_)
    return name


def test_a_parameter_is_told_with_its_version(world: World) -> None:
    name = stored(world)
    world.client("ssm").put_parameter(Name=name, Value="m7i.xlarge", Type="String", Overwrite=True)
    found = read_parameter(world.client("ssm"), name)

    assert (found.type, found.value, found.version) == ("String", "m7i.xlarge", 2)
    assert found.modified.utcoffset() is not None
    assert read_parameter(world.client("ssm"), f"{name}:1").value == "m7i.large"


def test_of_a_secure_string_no_value_is_kept(world: World) -> None:
    assert read_parameter(world.client("ssm"), stored(world, "hush", "SecureString")).value == ""


def test_a_parameter_that_is_not_there_is_not_found(world: World) -> None:
    with pytest.raises(ClientError) as raised:
        read_parameter(world.client("ssm"), "/app/absent")

    assert reason_of(raised.value) is Reason.NOT_FOUND


def test_ids_that_exist_are_told_with_what_rules_ask(world: World) -> None:
    ec2 = world.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24", AvailabilityZone="us-east-1a")["Subnet"]["SubnetId"]
    ec2.create_tags(Resources=[subnet], Tags=[{"Key": "Team", "Value": "a"}])
    found = read_existing(world.client, "AWS::EC2::Subnet::Id", [subnet, "subnet-0123456789abcdef0", ""])

    assert found == {subnet: {"Tags.Team": "a", "AvailabilityZone": "us-east-1a", "VpcId": vpc}}


def test_things_of_every_type_are_found(world: World) -> None:
    ec2, name = world.client("ec2"), f"key-{uuid4()}"
    world.faults(images={IMAGE: {}})
    ec2.create_key_pair(KeyName=name)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName=name, Description="x", VpcId=vpc)["GroupId"]
    volume = ec2.create_volume(Size=1, AvailabilityZone="us-east-1a")["VolumeId"]
    zone = world.client("route53").create_hosted_zone(Name="example.com", CallerReference=name)["HostedZone"]["Id"]
    there = {
        "AWS::EC2::AvailabilityZone::Name": "us-east-1a",
        "AWS::EC2::Image::Id": IMAGE,
        "AWS::EC2::Instance::Id": things.machine(world, Name=name),
        "AWS::EC2::KeyPair::KeyName": name,
        "AWS::EC2::SecurityGroup::GroupName": name,
        "AWS::EC2::SecurityGroup::Id": group,
        "AWS::EC2::Subnet::Id": ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"],
        "AWS::EC2::VPC::Id": vpc,
        "AWS::EC2::Volume::Id": volume,
        HOSTED_ZONE: zone.removeprefix("/hostedzone/"),
    }

    assert there.keys() == TYPES
    for type_, id_ in there.items():
        assert read_existing(world.client, type_, [id_, "absent-0"]).keys() == {id_}, type_


def test_a_name_with_an_asterisk_is_a_name(world: World) -> None:
    world.client("ec2").create_key_pair(KeyName=f"key-{uuid4()}")

    assert read_existing(world.client, "AWS::EC2::KeyPair::KeyName", ["*"]) == {}


def test_reading_a_type_has_an_action_of_its_own() -> None:
    assert action("AWS::EC2::VPC::Id") == "ec2:DescribeVpcs"
    assert action(HOSTED_ZONE) == "route53:GetHostedZone"


def test_exports_are_told_by_the_stack_and_their_importers_by_name(world: World) -> None:
    cloud, name = world.client("cloudformation"), f"export-{uuid4()}"
    output = {"Topic": {"Value": {"Ref": "Topic"}, "Export": {"Name": name}}}
    exporting = world.create(topic(Outputs=output))

    assert read_stack(cloud, exporting).exports == {"Topic": name}
    assert read_importers(cloud, name) == ()

    importing = world.create(topic({"Fn::ImportValue": name}))

    assert read_importers(cloud, name) == (importing,)


def test_an_export_that_is_not_there_is_not_taken_for_one_nobody_imports(world: World) -> None:
    with pytest.raises(ClientError):
        read_importers(world.client("cloudformation"), "absent")
