"""Which of the ids that AWS-specific parameter types take exist in this account and region, and what rules ask of them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from upgrade.aws.cloudformation import pairs
from upgrade.aws.errors import code_of, reason_of
from upgrade.facts.inputs import Existing
from upgrade.facts.known import Reason

MOST = 200
"""Values that one filter takes.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Filter.html"""

HOSTED_ZONE = "AWS::Route53::HostedZone::Id"


@dataclass(frozen=True, slots=True)
class _Listing:
    """How the things of a type are listed: with a filter, since an id that is not there would spoil the answer for all."""

    operation: str
    """boto3's name of the operation."""
    rows: str
    """The member of the answer that holds them."""
    filter: str
    id: str
    """The member that identifies one."""
    attributes: tuple[str, ...] = ()
    """Members that `Fn::ValueOf` can ask for, beside tags."""


_EC2: Mapping[str, _Listing] = {
    "AWS::EC2::AvailabilityZone::Name": _Listing(
        "describe_availability_zones", "AvailabilityZones", "zone-name", "ZoneName"
    ),
    "AWS::EC2::Image::Id": _Listing("describe_images", "Images", "image-id", "ImageId"),
    "AWS::EC2::Instance::Id": _Listing("describe_instances", "Reservations", "instance-id", "InstanceId"),
    "AWS::EC2::KeyPair::KeyName": _Listing("describe_key_pairs", "KeyPairs", "key-name", "KeyName"),
    "AWS::EC2::SecurityGroup::GroupName": _Listing(
        "describe_security_groups", "SecurityGroups", "group-name", "GroupName"
    ),
    "AWS::EC2::SecurityGroup::Id": _Listing("describe_security_groups", "SecurityGroups", "group-id", "GroupId"),
    "AWS::EC2::Subnet::Id": _Listing(
        "describe_subnets", "Subnets", "subnet-id", "SubnetId", ("AvailabilityZone", "VpcId")
    ),
    "AWS::EC2::VPC::Id": _Listing("describe_vpcs", "Vpcs", "vpc-id", "VpcId"),
    "AWS::EC2::Volume::Id": _Listing("describe_volumes", "Volumes", "volume-id", "VolumeId"),
}

_NO_ZONE_ID = "InvalidInput"
"""Route 53's answer to what can't be the id of a zone."""

TYPES = frozenset({*_EC2, HOSTED_ZONE})
"""Parameter types whose values are looked for."""


def action(type_: str) -> str:
    """The IAM action that reading a type takes."""
    if type_ == HOSTED_ZONE:
        return "route53:GetHostedZone"
    return "ec2:" + "".join(part.capitalize() for part in _EC2[type_].operation.split("_"))


def read_existing(client: Callable[[str], Any], type_: str, ids: Iterable[str]) -> Existing:
    """Those of these ids that exist.

    Args:
        client: a client by service.
        type_: one of TYPES.
        ids: as the parameters give them.
    """
    wanted = sorted({*ids} - {""})
    if type_ == HOSTED_ZONE:
        return {id_: {} for id_ in wanted if _has_zone(client("route53"), id_)}
    listing = _EC2[type_]
    return {
        str(row[listing.id]): _attributes(row, listing)
        for some in (wanted[start : start + MOST] for start in range(0, len(wanted), MOST))
        for row in _rows(client("ec2"), listing, some)
        if row[listing.id] in some  # a filter takes `*` for anything
    }


def _rows(ec2: Any, listing: _Listing, ids: list[str]) -> Iterator[dict[str, Any]]:
    wanted = {"Filters": [{"Name": listing.filter, "Values": ids}]}
    if ec2.can_paginate(listing.operation):
        pages: Iterable[dict[str, Any]] = ec2.get_paginator(listing.operation).paginate(**wanted)
    else:
        pages = [getattr(ec2, listing.operation)(**wanted)]
    for page in pages:
        for row in page[listing.rows]:
            yield from row.get("Instances", [row])  # instances come by reservation


def _attributes(row: dict[str, Any], listing: _Listing) -> dict[str, str]:
    tags = {f"Tags.{key}": value for key, value in pairs(row.get("Tags", [])).items()}
    return {**tags, **{name: str(row[name]) for name in listing.attributes if name in row}}


def _has_zone(route53: Any, id_: str) -> bool:
    try:
        route53.get_hosted_zone(Id=id_)
    except ClientError as error:
        if reason_of(error) is not Reason.NOT_FOUND and code_of(error) != _NO_ZONE_ID:
            raise
        return False
    return True
