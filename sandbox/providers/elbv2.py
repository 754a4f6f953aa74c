"""AWS::ElasticLoadBalancingV2: load balancer, target group, listener and its rules."""

from collections.abc import Mapping
from typing import Any

from sandbox.providers import names, tags
from sandbox.providers.base import Handled, Properties, Request
from sandbox.providers.guarded import changed, only
from sandbox.providers.shapes import accepted, text

NAME_LIMIT = 32


def _made_tags(request: Request) -> dict[str, Any]:
    found = tags.listed(tags.wanted(request))
    return {"Tags": found} if found else {}


def _carry_tags(request: Request, client: Any) -> None:
    arns = [request.physical_id]
    tags.carry(
        request,
        lambda added: client.add_tags(ResourceArns=arns, Tags=tags.listed(added)),
        lambda keys: client.remove_tags(ResourceArns=arns, TagKeys=keys),
    )


def _live_tags(request: Request, client: Any) -> list[dict[str, str]]:
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
        values = {**request.properties, "Name": names.given(request, "Name", NAME_LIMIT), **_made_tags(request)}
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
        _carry_tags(request, client)
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
            "Tags": _live_tags(request, client),
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
        values = {**request.properties, "Name": names.given(request, "Name", NAME_LIMIT), **_made_tags(request)}
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
        _carry_tags(request, client)
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
            "Tags": _live_tags(request, client),
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


class Listener:
    """AWS::ElasticLoadBalancingV2::Listener."""

    drift = True

    def create(self, request: Request) -> Handled:
        client = request.client("elbv2")
        values = accepted(client, "CreateListener", {**request.properties, **_made_tags(request)})
        made = only(client.create_listener(**values)["Listeners"])
        return Handled(made["ListenerArn"], made)

    def update(self, request: Request) -> Handled:
        client = request.client("elbv2")
        values = {**request.properties, "ListenerArn": request.physical_id}
        made = only(client.modify_listener(**accepted(client, "ModifyListener", values))["Listeners"])
        return Handled(request.physical_id, made)

    def delete(self, request: Request) -> None:
        request.client("elbv2").delete_listener(ListenerArn=request.physical_id)

    def read(self, request: Request) -> Properties:
        client = request.client("elbv2")
        found = only(client.describe_listeners(ListenerArns=[request.physical_id])["Listeners"])
        return {**found, "DefaultActions": actions(found["DefaultActions"])}


class ListenerRule:
    """AWS::ElasticLoadBalancingV2::ListenerRule."""

    drift = True

    def create(self, request: Request) -> Handled:
        client = request.client("elbv2")
        values = accepted(client, "CreateRule", {**request.properties, **_made_tags(request)})
        made = only(client.create_rule(**values)["Rules"])
        return Handled(made["RuleArn"], {**made, "IsDefault": False})

    def update(self, request: Request) -> Handled:
        client = request.client("elbv2")
        arn = request.physical_id
        made = only(
            client.modify_rule(**accepted(client, "ModifyRule", {**request.properties, "RuleArn": arn}))["Rules"]
        )
        if changed(request, "Priority"):
            priority = {"RuleArn": arn, "Priority": int(request.properties["Priority"])}
            client.set_rule_priorities(RulePriorities=[priority])
        return Handled(arn, {**made, "IsDefault": False})

    def delete(self, request: Request) -> None:
        request.client("elbv2").delete_rule(RuleArn=request.physical_id)

    def read(self, request: Request) -> Properties:
        client = request.client("elbv2")
        found = only(client.describe_rules(RuleArns=[request.physical_id])["Rules"])
        return {**found, "Actions": actions(found["Actions"])}


def actions(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Actions as templates write them: a forward to one group without weight is `TargetGroupArn`, not ForwardConfig."""
    result = []
    for action in found:
        groups = action.get("ForwardConfig", {}).get("TargetGroups", [])
        single = {"TargetGroupArn": groups[0]["TargetGroupArn"]} if len(groups) == 1 else {}
        result.append({**single, **action})
    return result
