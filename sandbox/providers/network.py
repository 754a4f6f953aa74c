"""AWS::EC2: VPC and subnet."""

from collections.abc import Mapping
from typing import Any

from sandbox.providers import tags
from sandbox.providers.base import Handled, Properties, Request
from sandbox.providers.guarded import changed, only
from sandbox.providers.shapes import accepted, text


def carry_tags(request: Request, ec2: Any) -> None:
    """Bring the tags of an EC2 resource to what the request wants."""
    resources = [request.physical_id]
    tags.carry(
        request,
        lambda added: ec2.create_tags(Resources=resources, Tags=tags.listed(added)),
        lambda keys: ec2.delete_tags(Resources=resources, Tags=[{"Key": key} for key in keys]),
    )


class VPC:
    """AWS::EC2::VPC."""

    drift = True
    switches = ("EnableDnsSupport", "EnableDnsHostnames")

    def create(self, request: Request) -> Handled:
        ec2 = request.client("ec2")
        values = accepted(ec2, "CreateVpc", request.properties)
        vpc = ec2.create_vpc(**values, TagSpecifications=tags.specifications(request, "vpc"))["Vpc"]
        self._switch(request, ec2, vpc["VpcId"])
        return Handled(vpc["VpcId"], self._attributes(ec2, vpc))

    def update(self, request: Request) -> Handled:
        ec2 = request.client("ec2")
        if changed(request, *self.switches):
            self._switch(request, ec2, request.physical_id)
        carry_tags(request, ec2)
        return Handled(request.physical_id, self._attributes(ec2, self._describe(request)))

    def delete(self, request: Request) -> None:
        request.client("ec2").delete_vpc(VpcId=request.physical_id)

    def read(self, request: Request) -> Properties:
        ec2 = request.client("ec2")
        vpc = self._describe(request)
        for name in self.switches:
            attribute = name[0].lower() + name[1:]
            vpc[name] = ec2.describe_vpc_attribute(VpcId=request.physical_id, Attribute=attribute)[name]["Value"]
        return {"Tags": [], **vpc}

    def _switch(self, request: Request, ec2: Any, vpc_id: str) -> None:
        for name in self.switches:
            if name in request.properties:
                ec2.modify_vpc_attribute(VpcId=vpc_id, **{name: {"Value": text(request.properties[name]) == "true"}})

    @staticmethod
    def _describe(request: Request) -> dict[str, Any]:
        ec2 = request.client("ec2")
        found: dict[str, Any] = only(ec2.describe_vpcs(VpcIds=[request.physical_id])["Vpcs"])
        return found

    @staticmethod
    def _attributes(ec2: Any, vpc: Mapping[str, Any]) -> dict[str, Any]:
        within = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
        group_filter = [*within, {"Name": "group-name", "Values": ["default"]}]
        groups = ec2.describe_security_groups(Filters=group_filter)["SecurityGroups"]
        lists = ec2.describe_network_acls(Filters=within)["NetworkAcls"]
        return {
            "VpcId": vpc["VpcId"],
            "CidrBlock": vpc["CidrBlock"],
            "CidrBlockAssociations": [item["AssociationId"] for item in vpc.get("CidrBlockAssociationSet", [])],
            "DefaultSecurityGroup": only(groups)["GroupId"],
            "DefaultNetworkAcl": only(lists)["NetworkAclId"],
            "Ipv6CidrBlocks": [],
        }


class Subnet:
    """AWS::EC2::Subnet."""

    drift = True

    def create(self, request: Request) -> Handled:
        ec2 = request.client("ec2")
        values = accepted(ec2, "CreateSubnet", request.properties)
        subnet = ec2.create_subnet(**values, TagSpecifications=tags.specifications(request, "subnet"))["Subnet"]
        self._map_public_ip(request, ec2, subnet["SubnetId"])
        return Handled(subnet["SubnetId"], subnet)

    def update(self, request: Request) -> Handled:
        ec2 = request.client("ec2")
        if changed(request, "MapPublicIpOnLaunch"):
            self._map_public_ip(request, ec2, request.physical_id)
        carry_tags(request, ec2)
        return Handled(request.physical_id, self.read(request))

    def delete(self, request: Request) -> None:
        request.client("ec2").delete_subnet(SubnetId=request.physical_id)

    def read(self, request: Request) -> Properties:
        ec2 = request.client("ec2")
        return {"Tags": [], **only(ec2.describe_subnets(SubnetIds=[request.physical_id])["Subnets"])}

    @staticmethod
    def _map_public_ip(request: Request, ec2: Any, subnet_id: str) -> None:
        value = text(request.properties.get("MapPublicIpOnLaunch", False)) == "true"
        ec2.modify_subnet_attribute(SubnetId=subnet_id, MapPublicIpOnLaunch={"Value": value})
