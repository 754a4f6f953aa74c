"""Types that live in no service still look and behave like AWS's."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.engine.schema import schema
from sandbox.providers import registry
from sandbox.providers.attributes import names
from sandbox.providers.base import HandlerError
from tests.sandbox.providers.resource import Resource

ROUTES = "rtb-0123456789abcdef0"


@pytest.mark.parametrize(
    ("type_", "properties", "pattern"),
    [
        ("AWS::EC2::InternetGateway", {}, r"igw-[0-9a-f]{17}"),
        ("AWS::EC2::RouteTable", {"VpcId": "vpc-1"}, r"rtb-[0-9a-f]{17}"),
        ("AWS::EC2::Route", {"RouteTableId": ROUTES, "DestinationCidrBlock": "0.0.0.0/0"}, rf"{ROUTES}\|0\.0\.0\.0/0"),
        ("AWS::EC2::EIP", {"Domain": "vpc"}, r"52\.\d+\.\d+\.\d+"),
        ("AWS::EC2::VPCGatewayAttachment", {"VpcId": "vpc-1", "InternetGatewayId": "igw-1"}, r"IGW\|vpc-1"),
        ("AWS::EFS::MountTarget", {"FileSystemId": "f", "SecurityGroups": [], "SubnetId": "s"}, r"fsmt-[0-9a-f]{17}"),
        ("AWS::Logs::LogGroup", {"LogGroupName": "/shop/services"}, "/shop/services"),
        ("AWS::Logs::LogGroup", {}, r"shop-Thing-[0-9A-F]{12}"),
        ("AWS::Route53::HostedZone", {"Name": "shop.internal"}, r"Z[0-9A-F]{20}"),
        ("AWS::Route53::RecordSet", {"Name": "a.shop.internal", "Type": "A"}, r"a\.shop\.internal"),
        ("AWS::Events::Rule", {}, r"shop-Thing-[0-9A-F]{12}"),
        (
            "AWS::AutoScaling::ScalingPolicy",
            {"AutoScalingGroupName": "workers"},
            r"arn:aws:autoscaling:us-east-1:111122223333:scalingPolicy:[0-9a-f-]{36}:autoScalingGroupName/workers:policy.*",
        ),
        ("AWS::SQS::Queue", {}, r"https://sqs\.us-east-1\.amazonaws\.com/111122223333/shop-Thing-[0-9A-F]{12}"),
        (
            "AWS::StepFunctions::StateMachine",
            {"RoleArn": "r"},
            r"arn:aws:states?(functions)?:us-east-1:111122223333:.*",
        ),
        ("AWS::DynamoDB::Table", {"KeySchema": []}, r"shop-Thing-[0-9A-F]{12}"),
    ],
    ids=range(15),
)
def test_reference(type_: str, properties: dict[str, Any], pattern: str) -> None:
    resource = Resource(type_, properties)
    assert re.fullmatch(pattern, resource.id)
    assert resource.drift() == {}


@pytest.mark.parametrize(
    ("type_", "properties", "attribute", "pattern"),
    [
        ("AWS::EC2::EIP", {}, "AllocationId", r"eipalloc-[0-9a-f]{17}"),
        ("AWS::Logs::LogGroup", {"LogGroupName": "/x"}, "Arn", r"arn:aws:logs:us-east-1:111122223333:log-group:/x:\*"),
        ("AWS::Events::Rule", {"Name": "r"}, "Arn", r"arn:aws:events:us-east-1:111122223333:rule/r"),
        ("AWS::SQS::Queue", {"QueueName": "q"}, "Arn", r"arn:aws:sqs:us-east-1:111122223333:q"),
        ("AWS::DynamoDB::Table", {"KeySchema": []}, "Arn", r"arn:aws:dynamodb:us-east-1:111122223333:table/shop-.*"),
    ],
    ids=range(5),
)
def test_attribute(type_: str, properties: dict[str, Any], attribute: str, pattern: str) -> None:
    assert re.fullmatch(pattern, Resource(type_, properties).attributes[attribute])


def test_identity_stays_through_an_update() -> None:
    zone = Resource("AWS::Route53::HostedZone", {"Name": "shop.internal"})
    before = (zone.id, zone.attributes)
    zone.update(HostedZoneConfig={"Comment": "new"})
    assert (zone.id, zone.attributes) == before
    assert zone.read()["HostedZoneConfig"] == {"Comment": "new"}
    zone.delete()


def test_two_of_a_kind_differ() -> None:
    assert Resource("AWS::EC2::InternetGateway", {}).id != Resource("AWS::EC2::InternetGateway", {}).id


def test_a_type_aws_does_not_check() -> None:
    assert registry.provider("AWS::EC2::VPCEndpoint").drift is False
    assert registry.provider("AWS::EC2::RouteTable").drift is True


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({"LogGroupNam": "x"}, r"#: extraneous key \[LogGroupNam\] is not permitted"),
        ({"LogGroupName": "x", "Tags": [{"Key": "a"}]}, r"#/Tags/0: required key \[Value\] not found"),
        ({"A": 1, "B": 2}, r"#: 2 schema violations found"),
    ],
    ids=["unknown", "required", "two"],
)
def test_properties_are_checked(properties: dict[str, Any], message: str) -> None:
    with pytest.raises(HandlerError, match=message) as refused:
        Resource("AWS::Logs::LogGroup", properties)
    assert refused.value.message.startswith("Properties validation failed for resource Thing with message:")
    assert refused.value.code == "InvalidRequest"


def test_properties_of_types_in_a_service_are_checked_too() -> None:
    with pytest.raises(HandlerError, match=r"#: required key \[LaunchTemplateData\] not found"):
        Resource("AWS::EC2::LaunchTemplate", {})


@pytest.mark.parametrize(
    ("type_", "known"),
    [
        ("AWS::RDS::DBInstance", True),
        ("AWS::Logs::LogGroup", True),
        ("Custom::Thing", True),
        ("AWS::CloudFormation::WaitCondition", True),
        ("AWS::Nothing::AtAll", False),
    ],
    ids=["backed", "store", "custom", "own", "unknown"],
)
def test_known(type_: str, known: bool) -> None:
    assert registry.known(type_) is known


def test_an_unknown_type_has_no_provider() -> None:
    with pytest.raises(HandlerError, match=r"Unrecognized resource types: \[AWS::Nothing::AtAll\]"):
        registry.provider("AWS::Nothing::AtAll")


def test_what_is_cloudformations_own() -> None:
    handle = Resource("AWS::CloudFormation::WaitConditionHandle", {})
    assert handle.id.startswith("https://cloudformation-waitcondition-us-east-1.s3.amazonaws.com/arn%3Aaws%3A")
    for type_ in ("Custom::Thing", "AWS::CloudFormation::CustomResource"):
        resource = Resource(type_, {"ServiceToken": "arn:aws:lambda:us-east-1:111122223333:function:f", "Any": "x"})
        assert resource.id.startswith("shop-Thing-")
        assert resource.provider.drift is False
        resource.update(Any="y")
        assert resource.read()["Any"] == "y"
        resource.delete()
    condition = Resource("AWS::CloudFormation::WaitCondition", {"Handle": handle.id, "Timeout": "60"})
    assert condition.attributes["Data"] == "{}"


VARIETY = [
    "AWS::SQS::Queue",
    "AWS::ECS::Cluster",
    "AWS::WAFv2::IPSet",
    "AWS::CloudFront::Distribution",
    "AWS::ECR::Repository",
]


@given(st.sampled_from(VARIETY), st.text(min_size=1, max_size=20))
@settings(max_examples=30)
def test_every_attribute_has_a_value_that_stays(type_: str, suffix: str) -> None:
    from dataclasses import replace

    from sandbox.providers.attributes import complete
    from sandbox.providers.base import Handled

    request = replace(Resource("AWS::EC2::InternetGateway", {}).request, type=type_, suffix=suffix)
    known = schema(type_)
    assert known is not None
    first = complete(request, Handled("physical", {})).attributes
    assert first.keys() >= set(names(known))
    assert all(value is not None for value in first.values())
    assert complete(request, Handled("physical", {})).attributes == first
