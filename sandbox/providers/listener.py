"""AWS::ElasticLoadBalancingV2: listener and its rules."""

from typing import Any

from sandbox.providers.base import Handled, Properties, Request
from sandbox.providers.elbv2 import carry_tags, live_tags, made_tags
from sandbox.providers.guarded import changed, only
from sandbox.providers.shapes import accepted


class Listener:
    """AWS::ElasticLoadBalancingV2::Listener."""

    drift = True

    def create(self, request: Request) -> Handled:
        client = request.client("elbv2")
        values = accepted(client, "CreateListener", {**request.properties, **made_tags(request)})
        made = only(client.create_listener(**values)["Listeners"])
        return Handled(made["ListenerArn"], made)

    def update(self, request: Request) -> Handled:
        client = request.client("elbv2")
        values = {**request.properties, "ListenerArn": request.physical_id}
        made = only(client.modify_listener(**accepted(client, "ModifyListener", values))["Listeners"])
        carry_tags(request, client)
        return Handled(request.physical_id, made)

    def delete(self, request: Request) -> None:
        request.client("elbv2").delete_listener(ListenerArn=request.physical_id)

    def read(self, request: Request) -> Properties:
        client = request.client("elbv2")
        found = only(client.describe_listeners(ListenerArns=[request.physical_id])["Listeners"])
        return {**found, "DefaultActions": actions(found["DefaultActions"]), "Tags": live_tags(request, client)}


class ListenerRule:
    """AWS::ElasticLoadBalancingV2::ListenerRule."""

    drift = True

    def create(self, request: Request) -> Handled:
        client = request.client("elbv2")
        values = accepted(client, "CreateRule", {**request.properties, **made_tags(request)})
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
        carry_tags(request, client)
        return Handled(arn, {**made, "IsDefault": False})

    def delete(self, request: Request) -> None:
        request.client("elbv2").delete_rule(RuleArn=request.physical_id)

    def read(self, request: Request) -> Properties:
        client = request.client("elbv2")
        found = only(client.describe_rules(RuleArns=[request.physical_id])["Rules"])
        return {**found, "Actions": actions(found["Actions"]), "Tags": live_tags(request, client)}


def actions(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Actions as templates write them: a forward to one group without weight is `TargetGroupArn`, not ForwardConfig."""
    result = []
    for action in found:
        groups = action.get("ForwardConfig", {}).get("TargetGroups", [])
        single = {"TargetGroupArn": groups[0]["TargetGroupArn"]} if len(groups) == 1 else {}
        result.append({**single, **action})
    return result
