"""Types that live in no service: kept as CloudFormation last set them, with ids and attributes like AWS's.

What the stack stores is the whole truth about such a resource, so a provider need keep nothing.
"""

from collections.abc import Callable, Mapping

from sandbox.engine.schema import Schema, schema
from sandbox.providers import names
from sandbox.providers.attributes import arn
from sandbox.providers.base import Handled, Properties, Request

UNCHECKED = frozenset({"AWS::EC2::VPCEndpoint"})
"""AWS detects no drift on these although their schema has a read handler.
https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1916"""

PREFIXES = {
    "AWS::EC2::CustomerGateway": "cgw",
    "AWS::EC2::DHCPOptions": "dopt",
    "AWS::EC2::EIPAssociation": "eipassoc",
    "AWS::EC2::FlowLog": "fl",
    "AWS::EC2::Host": "h",
    "AWS::EC2::InternetGateway": "igw",
    "AWS::EC2::NatGateway": "nat",
    "AWS::EC2::NetworkAcl": "acl",
    "AWS::EC2::NetworkInterface": "eni",
    "AWS::EC2::PrefixList": "pl",
    "AWS::EC2::RouteTable": "rtb",
    "AWS::EC2::SubnetRouteTableAssociation": "rtbassoc",
    "AWS::EC2::TransitGateway": "tgw",
    "AWS::EC2::TransitGatewayAttachment": "tgw-attach",
    "AWS::EC2::TransitGatewayRouteTable": "tgw-rtb",
    "AWS::EC2::VPCEndpoint": "vpce",
    "AWS::EC2::VPCPeeringConnection": "pcx",
    "AWS::EC2::VPNConnection": "vpn",
    "AWS::EC2::VPNGateway": "vgw",
    "AWS::EFS::AccessPoint": "fsap",
    "AWS::EFS::MountTarget": "fsmt",
}
"""Types whose id is `prefix-` and 17 hexadecimal digits."""


def _joined(*properties: str) -> Callable[[Request], str]:
    return lambda request: "|".join(str(request.properties[name]) for name in properties if name in request.properties)


def _named(property_: str, limit: int = 255) -> Callable[[Request], str]:
    return lambda request: names.given(request, property_, limit)


def _public_ip(request: Request) -> str:
    octets = bytes.fromhex(names.digits(request, 6))
    return ".".join(("52", *(str(octet) for octet in octets)))


def _scaling_policy(request: Request) -> str:
    group, digits = request.properties["AutoScalingGroupName"], names.digits(request, 32)
    identifier = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    name = names.generated(request)
    resource = f"scalingPolicy:{identifier}:autoScalingGroupName/{group}:policyName/{name}"
    return names.arn(request, "autoscaling", resource)


IDENTIFIERS: Mapping[str, Callable[[Request], str]] = {
    "AWS::AutoScaling::ScalingPolicy": _scaling_policy,
    "AWS::EC2::EIP": _public_ip,
    "AWS::EC2::Route": _joined(
        "RouteTableId", "DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"
    ),
    "AWS::EC2::VPCGatewayAttachment": lambda request: (
        f"{'IGW' if 'InternetGatewayId' in request.properties else 'VGW'}|{request.properties['VpcId']}"
    ),
    "AWS::Events::Rule": _named("Name", 64),
    "AWS::Lambda::Permission": names.generated,
    "AWS::Logs::MetricFilter": _named("FilterName"),
    "AWS::Route53::HostedZone": lambda request: f"Z{names.digits(request, 20).upper()}",
    "AWS::Route53::RecordSet": _joined("Name"),
    "AWS::SQS::Queue": lambda request: (
        f"https://sqs.{request.region}.amazonaws.com/{request.account}/{names.given(request, 'QueueName', 80)}"
    ),
}
"""What Ref gives where it is neither a prefixed id nor the schema's primary identifier."""


def _attributes(request: Request, physical_id: str) -> dict[str, str]:
    """Attributes that follow from more than the physical id."""
    if request.type == "AWS::EC2::EIP":
        return {"PublicIp": physical_id, "AllocationId": f"eipalloc-{names.digits(request)}"}
    if request.type == "AWS::Events::Rule":
        return {"Arn": names.arn(request, "events", f"rule/{physical_id}")}
    if request.type == "AWS::SQS::Queue":
        name = physical_id.rsplit("/", 1)[-1]
        return {"Arn": names.arn(request, "sqs", name), "QueueName": name, "QueueUrl": physical_id}
    return {}


class Store:
    """Any type with a schema and no provider of its own."""

    def __init__(self, type_: str) -> None:
        known = schema(type_)
        self.drift = known is not None and "read" in known.handlers and type_ not in UNCHECKED

    def create(self, request: Request) -> Handled:
        physical_id = identifier(request)
        return Handled(physical_id, _attributes(request, physical_id))

    def update(self, request: Request) -> Handled:
        return Handled(request.physical_id, _attributes(request, request.physical_id))

    def delete(self, request: Request) -> None:
        """Nothing is kept here."""

    def read(self, request: Request) -> Properties:
        return dict(request.properties)


def identifier(request: Request) -> str:
    """A new physical id."""
    if request.type in PREFIXES:
        return f"{PREFIXES[request.type]}-{names.digits(request)}"
    if request.type in IDENTIFIERS:
        return IDENTIFIERS[request.type](request)
    known = schema(request.type)
    parts = _primary(known) if known else []
    return "|".join(_part(request, known, name) for name in parts) if known and parts else names.generated(request)


def _primary(known: Schema) -> list[str]:
    pointers = known.document.get("primaryIdentifier", ())
    return [pointer.removeprefix("/properties/").replace("/", ".") for pointer in pointers]


def _part(request: Request, known: Schema, name: str) -> str:
    if f"/{name}" not in known.read_only:
        return names.given(request, name)
    if name.lower().endswith("arn"):
        return arn(request, names.generated(request))
    return names.digits(request)
