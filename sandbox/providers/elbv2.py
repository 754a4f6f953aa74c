"""AWS::ElasticLoadBalancingV2: load balancer and target group."""

from collections.abc import Mapping
from typing import Any

from sandbox.providers import names, tags
from sandbox.providers.base import Handled, Properties, Request
from sandbox.providers.guarded import changed, only
from sandbox.providers.shapes import accepted, text

NAME_LIMIT = 32


def made_tags(request: Request) -> dict[str, Any]:
    """The Tags of a create call, which may not be an empty list."""
    found = tags.listed(tags.wanted(request))
    return {"Tags": found} if found else {}


def carry_tags(request: Request, client: Any) -> None:
    """Bring the tags of an ELBv2 resource to what the request wants."""
    arns = [request.physical_id]
    tags.carry(
        request,
        lambda added: client.add_tags(ResourceArns=arns, Tags=tags.listed(added)),
        lambda keys: client.remove_tags(ResourceArns=arns, TagKeys=keys),
    )


def live_tags(request: Request, client: Any) -> list[dict[str, str]]:
    """The tags as ELBv2 has them."""
    found: list[dict[str, str]] = client.describe_tags(ResourceArns=[request.physical_id])["TagDescriptions"][0]["Tags"]
    return found


def _full_name(arn: str) -> str:
    """`app/name/50dc6c495c0c9188` of a load balancer's ARN, `targetgroup/name/…` of a target group's."""
    return arn.split(":", 5)[5].removeprefix("loadbalancer/")


class _Attributed:
    """Load balancers and target groups keep attributes as lists of Key and Value, changed by a call of their own."""

    parameter: str
    property: str
    modify: str
    describe: str

    def set_attributes(self, request: Request, client: Any, arn: str) -> None:
        wanted = {item["Key"]: text(item["Value"]) for item in request.properties.get(self.property, [])}
        if wanted:
            getattr(client, self.modify)(**{self.parameter: arn}, Attributes=tags.listed(wanted))

    def live_attributes(self, request: Request, client: Any) -> list[dict[str, str]]:
        """Those the template names: the others are the service's defaults."""
        named = {item["Key"] for item in request.properties.get(self.property, [])}
        found = getattr(client, self.describe)(**{self.parameter: request.physical_id})["Attributes"]
        return [item for item in found if item["Key"] in named]


class LoadBalancer(_Attributed):
    """AWS::ElasticLoadBalancingV2::LoadBalancer."""

    drift = True
    parameter, property = "LoadBalancerArn", "LoadBalancerAttributes"
    modify, describe = "modify_load_balancer_attributes", "describe_load_balancer_attributes"

    def create(self, request: Request) -> Handled:
        client = request.client("elbv2")
        values = {**request.properties, "Name": names.given(request, "Name", NAME_LIMIT), **made_tags(request)}
        made = only(client.create_load_balancer(**accepted(client, "CreateLoadBalancer", values))["LoadBalancers"])
        self.set_attributes(request, client, made["LoadBalancerArn"])
        return self._handled(made)

    def update(self, request: Request) -> Handled:
        client = request.client("elbv2")
        arn = request.physical_id
        if changed(request, "SecurityGroups"):
            client.set_security_groups(LoadBalancerArn=arn, SecurityGroups=request.properties["SecurityGroups"])
        if changed(request, "Subnets", "SubnetMappings"):
            values = accepted(client, "SetSubnets", request.properties)
            client.set_subnets(**{**values, "LoadBalancerArn": arn})
        self.set_attributes(request, client, arn)
        carry_tags(request, client)
        return self._handled(self._describe(request))

    def delete(self, request: Request) -> None:
        request.client("elbv2").delete_load_balancer(LoadBalancerArn=request.physical_id)

    def read(self, request: Request) -> Properties:
        client = request.client("elbv2")
        found = self._describe(request)
        return {
            **found,
            "Name": found["LoadBalancerName"],
            "Subnets": [zone["SubnetId"] for zone in found["AvailabilityZones"]],
            self.property: self.live_attributes(request, client),
            "Tags": live_tags(request, client),
        }

    @staticmethod
    def _describe(request: Request) -> dict[str, Any]:
        client = request.client("elbv2")
        arns = [request.physical_id]
        found: dict[str, Any] = only(client.describe_load_balancers(LoadBalancerArns=arns)["LoadBalancers"])
        return found

    @staticmethod
    def _handled(found: Mapping[str, Any]) -> Handled:
        arn = found["LoadBalancerArn"]
        renamed = {
            "LoadBalancerFullName": _full_name(arn),
            "CanonicalHostedZoneID": found.get("CanonicalHostedZoneId", "Z35SXDOTRQ7X7K"),
        }
        return Handled(arn, {**found, **renamed})


class TargetGroup(_Attributed):
    """AWS::ElasticLoadBalancingV2::TargetGroup."""

    drift = True
    parameter, property = "TargetGroupArn", "TargetGroupAttributes"
    modify, describe = "modify_target_group_attributes", "describe_target_group_attributes"

    def create(self, request: Request) -> Handled:
        client = request.client("elbv2")
        values = {**request.properties, "Name": names.given(request, "Name", NAME_LIMIT), **made_tags(request)}
        made = only(client.create_target_group(**accepted(client, "CreateTargetGroup", values))["TargetGroups"])
        arn = made["TargetGroupArn"]
        self.set_attributes(request, client, arn)
        if request.properties.get("Targets"):
            values = {"TargetGroupArn": arn, "Targets": request.properties["Targets"]}
            client.register_targets(**accepted(client, "RegisterTargets", values))
        return self._handled(made)

    def update(self, request: Request) -> Handled:
        client = request.client("elbv2")
        values = {**request.properties, "TargetGroupArn": request.physical_id}
        client.modify_target_group(**accepted(client, "ModifyTargetGroup", values))
        self.set_attributes(request, client, request.physical_id)
        self._carry_targets(request, client)
        carry_tags(request, client)
        return self._handled(self._describe(request))

    def delete(self, request: Request) -> None:
        request.client("elbv2").delete_target_group(TargetGroupArn=request.physical_id)

    def read(self, request: Request) -> Properties:
        client = request.client("elbv2")
        found = self._describe(request)
        return {
            **found,
            "Name": found["TargetGroupName"],
            self.property: self.live_attributes(request, client),
            "Tags": live_tags(request, client),
        }

    @staticmethod
    def _carry_targets(request: Request, client: Any) -> None:
        before, wanted = (side.get("Targets", []) for side in (request.previous, request.properties))
        arn = request.physical_id
        for operation, targets in (
            ("DeregisterTargets", [target for target in before if target not in wanted]),
            ("RegisterTargets", [target for target in wanted if target not in before]),
        ):
            if targets:
                values = accepted(client, operation, {"TargetGroupArn": arn, "Targets": targets})
                (client.register_targets if operation == "RegisterTargets" else client.deregister_targets)(**values)

    @staticmethod
    def _describe(request: Request) -> dict[str, Any]:
        client = request.client("elbv2")
        found: dict[str, Any] = only(
            client.describe_target_groups(TargetGroupArns=[request.physical_id])["TargetGroups"],
        )
        return found

    @staticmethod
    def _handled(found: Mapping[str, Any]) -> Handled:
        arn = found["TargetGroupArn"]
        renamed = {"TargetGroupFullName": _full_name(arn), "LoadBalancerArns": found.get("LoadBalancerArns", [])}
        return Handled(arn, {**found, **renamed})
