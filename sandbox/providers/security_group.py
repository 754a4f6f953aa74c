"""AWS::EC2: security group, and its rules as resources of their own."""

from collections.abc import Mapping
from typing import Any

from sandbox.providers import names, tags
from sandbox.providers.base import Handled, Properties, Request
from sandbox.providers.guarded import changed, only
from sandbox.providers.network import carry_tags
from sandbox.providers.shapes import accepted, text


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
            described = {"Description": rule["Description"]} if "Description" in rule else {}
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
        """Only the description can change in place."""
        ec2 = request.client("ec2")
        describe = getattr(ec2, f"update_security_group_rule_descriptions_{self.direction}")
        described = {**request.properties, "Description": request.properties.get("Description", "")}
        describe(GroupId=request.properties["GroupId"], IpPermissions=[permission(described)])
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
