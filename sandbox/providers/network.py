"""AWS::EC2: VPC, subnet, security group and its rules."""

from collections.abc import Mapping
from typing import Any

from sandbox.providers import names, tags
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


class SecurityGroup:
    """AWS::EC2::SecurityGroup; rules that stand in the group itself are carried too."""

    drift = True
    directions = (
        ("SecurityGroupIngress", "ingress", "IpPermissions"),
        ("SecurityGroupEgress", "egress", "IpPermissionsEgress"),
    )

    def create(self, request: Request) -> Handled:
        ec2 = request.client("ec2")
        values = {
            "GroupName": names.given(request, "GroupName"),
            "Description": request.properties["GroupDescription"],
            "VpcId": request.properties.get("VpcId"),
        }
        made = ec2.create_security_group(
            **accepted(ec2, "CreateSecurityGroup", values),
            TagSpecifications=tags.specifications(request, "security-group"),
        )
        group = self._describe(request, made["GroupId"])
        self._carry_rules(request, ec2, group)
        return Handled(made["GroupId"], {"GroupId": made["GroupId"], "VpcId": group.get("VpcId", "")})

    def update(self, request: Request) -> Handled:
        ec2 = request.client("ec2")
        group = self._describe(request, request.physical_id)
        if changed(request, "SecurityGroupIngress", "SecurityGroupEgress"):
            self._carry_rules(request, ec2, group)
        carry_tags(request, ec2)
        return Handled(request.physical_id, {"GroupId": request.physical_id, "VpcId": group.get("VpcId", "")})

    def delete(self, request: Request) -> None:
        request.client("ec2").delete_security_group(GroupId=request.physical_id)

    def read(self, request: Request) -> Properties:
        group = self._describe(request, request.physical_id)
        rules = {
            name: [rule for permission in group[key] for rule in _rules(permission)] for name, _, key in self.directions
        }
        return {"Tags": [], **group, "GroupDescription": group["Description"], **rules}

    def _carry_rules(self, request: Request, ec2: Any, group: Mapping[str, Any]) -> None:
        """Revoke what is there and authorize what is wanted; a group without own egress keeps AWS's allow-all."""
        for name, direction, key in self.directions:
            wanted = request.properties.get(name)
            if wanted is None and name not in request.previous:
                continue
            if group[key]:
                getattr(ec2, f"revoke_security_group_{direction}")(GroupId=group["GroupId"], IpPermissions=group[key])
            if wanted:
                permissions = [permission(rule) for rule in wanted]
                getattr(ec2, f"authorize_security_group_{direction}")(
                    GroupId=group["GroupId"], IpPermissions=permissions
                )

    @staticmethod
    def _describe(request: Request, group_id: str) -> dict[str, Any]:
        found: dict[str, Any] = only(
            request.client("ec2").describe_security_groups(GroupIds=[group_id])["SecurityGroups"],
        )
        return found


SOURCES = {
    "CidrIp": ("IpRanges", "CidrIp"),
    "CidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
    "SourcePrefixListId": ("PrefixListIds", "PrefixListId"),
    "DestinationPrefixListId": ("PrefixListIds", "PrefixListId"),
    "SourceSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
    "DestinationSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
}
"""Where CloudFormation's name of a source or destination stands in EC2's IpPermission."""


def permission(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule of CloudFormation as EC2's IpPermission."""
    result: dict[str, Any] = {"IpProtocol": text(rule["IpProtocol"])}
    for name in ("FromPort", "ToPort"):
        if name in rule:
            result[name] = int(rule[name])
    for name, (group, key) in SOURCES.items():
        if name in rule:
            described = {"Description": rule["Description"]} if rule.get("Description") else {}
            result[group] = [{key: rule[name], **described}]
    return result


def _rules(permission: Mapping[str, Any]) -> list[dict[str, Any]]:
    """EC2's IpPermission as rules of CloudFormation, one a source."""
    common = {name: permission[name] for name in ("IpProtocol", "FromPort", "ToPort") if name in permission}
    result = []
    for name, (group, key) in SOURCES.items():
        if name.startswith("Destination"):
            continue
        for source in permission.get(group, []):
            described = {"Description": source["Description"]} if source.get("Description") else {}
            result.append({**common, name: source[key], **described})
    return result


class SecurityGroupRule:
    """AWS::EC2::SecurityGroupIngress and AWS::EC2::SecurityGroupEgress."""

    drift = True

    def __init__(self, direction: str) -> None:
        self.direction = direction

    def create(self, request: Request) -> Handled:
        ec2 = request.client("ec2")
        group_id = request.properties["GroupId"]
        if self.direction == "egress":
            self._revoke_allow_all(ec2, group_id)
        authorize = getattr(ec2, f"authorize_security_group_{self.direction}")
        made = authorize(GroupId=group_id, IpPermissions=[permission(request.properties)])
        identifier = only(made["SecurityGroupRules"])["SecurityGroupRuleId"]
        return Handled(identifier, {"Id": identifier})

    def update(self, request: Request) -> Handled:
        """Only the description can change in place, and no reader of it exists here."""
        return Handled(request.physical_id, {"Id": request.physical_id})

    def delete(self, request: Request) -> None:
        revoke = getattr(request.client("ec2"), f"revoke_security_group_{self.direction}")
        revoke(GroupId=request.properties["GroupId"], SecurityGroupRuleIds=[request.physical_id])

    def read(self, request: Request) -> Properties:
        ec2 = request.client("ec2")
        rules = ec2.describe_security_group_rules(SecurityGroupRuleIds=[request.physical_id])["SecurityGroupRules"]
        rule = only([rule for rule in rules if rule["SecurityGroupRuleId"] == request.physical_id])
        peer = rule.get("ReferencedGroupInfo", {}).get("GroupId")
        side = "Source" if self.direction == "ingress" else "Destination"
        ports = {name: value for name, value in rule.items() if name not in {"FromPort", "ToPort"} or value != -1}
        return {**ports, "CidrIp": rule.get("CidrIpv4"), f"{side}SecurityGroupId": peer}

    @staticmethod
    def _revoke_allow_all(ec2: Any, group_id: str) -> None:
        """CloudFormation drops EC2's default egress rule once a group gets egress rules of its own.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroupegress.html
        """
        rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group_id]}])
        for rule in rules["SecurityGroupRules"]:
            tagged = rule.get("Description") or rule.get("Tags")
            if rule["IsEgress"] and rule["IpProtocol"] == "-1" and rule.get("CidrIpv4") == "0.0.0.0/0" and not tagged:
                ec2.revoke_security_group_egress(GroupId=group_id, SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])
