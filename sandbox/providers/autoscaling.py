"""AWS::AutoScaling: groups that really hold instances, and their warm pools.

Sizes change in place. A new launch template version reaches the instances as the resource's UpdatePolicy says:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatepolicy.html
"""

from typing import Any

from sandbox.providers import names, tags
from sandbox.providers.base import Handled, HandlerError, Properties, Request
from sandbox.providers.guarded import changed, only
from sandbox.providers.shapes import accepted, text

LAUNCH = ("LaunchTemplate", "LaunchConfigurationName", "MixedInstancesPolicy", "VPCZoneIdentifier")


class AutoScalingGroup:
    """AWS::AutoScaling::AutoScalingGroup."""

    drift = True

    def create(self, request: Request) -> Handled:
        client = request.client("autoscaling")
        name = names.given(request, "AutoScalingGroupName")
        values = {**_values(request), "AutoScalingGroupName": name, "Tags": _tags(request, name)}
        client.create_auto_scaling_group(**accepted(client, "CreateAutoScalingGroup", values))
        self._collect_metrics(request, client, name)
        return Handled(name, {"AutoScalingGroupARN": self._describe(request, name)["AutoScalingGroupARN"]})

    def update(self, request: Request) -> Handled:
        policy = request.update_policy
        will_replace = policy.get("AutoScalingReplacingUpdate", {}).get("WillReplace")
        if text(will_replace) == "true" and changed(request, *LAUNCH):
            return self._replace(request)
        client = request.client("autoscaling")
        name = request.physical_id
        values = {**_values(request), "AutoScalingGroupName": name}
        values.pop("TargetGroupARNs", None)
        client.update_auto_scaling_group(**accepted(client, "UpdateAutoScalingGroup", values))
        self._attach(request, client)
        self._collect_metrics(request, client, name)
        _carry_tags(request, client)
        if "AutoScalingRollingUpdate" in policy and changed(request, *LAUNCH):
            self._roll(request, client)
        return Handled(name, {"AutoScalingGroupARN": self._describe(request, name)["AutoScalingGroupARN"]})

    def delete(self, request: Request) -> None:
        client = request.client("autoscaling")
        self._describe(request, request.physical_id)
        client.delete_auto_scaling_group(AutoScalingGroupName=request.physical_id, ForceDelete=True)

    def read(self, request: Request) -> Properties:
        group = self._describe(request, request.physical_id)
        zones = group.get("VPCZoneIdentifier")
        return {
            **group,
            "LaunchTemplate": group.get("LaunchTemplate"),
            "VPCZoneIdentifier": zones.split(",") if zones else [],
            "Cooldown": group["DefaultCooldown"],
            "LifecycleHookSpecificationList": request.properties.get("LifecycleHookSpecificationList"),
            "Tags": group.get("Tags", []),
        }

    @staticmethod
    def _describe(request: Request, name: str) -> dict[str, Any]:
        client = request.client("autoscaling")
        found: dict[str, Any] = only(
            client.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"],
        )
        return found

    @staticmethod
    def _collect_metrics(request: Request, client: Any, name: str) -> None:
        for collection in request.properties.get("MetricsCollection", []):
            values = {**collection, "AutoScalingGroupName": name}
            client.enable_metrics_collection(**accepted(client, "EnableMetricsCollection", values))

    @staticmethod
    def _attach(request: Request, client: Any) -> None:
        before, wanted = (set(side.get("TargetGroupARNs", [])) for side in (request.previous, request.properties))
        name = request.physical_id
        for arns, call in (
            (wanted - before, client.attach_load_balancer_target_groups),
            (before - wanted, client.detach_load_balancer_target_groups),
        ):
            if arns:
                call(AutoScalingGroupName=name, TargetGroupARNs=sorted(arns))

    def _replace(self, request: Request) -> Handled:
        """A new group in the place of the old one, which on AWS goes only after the update."""
        if "AutoScalingGroupName" in request.properties:
            name = request.properties["AutoScalingGroupName"]
            raise HandlerError(
                "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
                f"Rename {name} and update the stack again.",
                "InvalidRequest",
            )
        made = self.create(request)
        self.delete(request)
        return made

    def _roll(self, request: Request, client: Any) -> None:
        """Replace every instance, one after the other; the group launches the successors."""
        for instance in self._describe(request, request.physical_id)["Instances"]:
            client.terminate_instance_in_auto_scaling_group(
                InstanceId=instance["InstanceId"],
                ShouldDecrementDesiredCapacity=False,
            )


def _values(request: Request) -> dict[str, Any]:
    values = {name: value for name, value in request.properties.items() if name != "Tags"}
    zones = values.get("VPCZoneIdentifier")
    if isinstance(zones, list):
        values["VPCZoneIdentifier"] = ",".join(zones)
    values["DefaultCooldown"] = values.pop("Cooldown", None)
    return values


def _tags(request: Request, name: str) -> list[dict[str, Any]]:
    """Stack tags reach the instances too; those of the template as they say."""
    launch = {tag["Key"]: text(tag["PropagateAtLaunch"]) == "true" for tag in request.properties.get("Tags", [])}
    return [
        {
            "Key": key,
            "Value": value,
            "PropagateAtLaunch": launch.get(key, True),
            "ResourceId": name,
            "ResourceType": "auto-scaling-group",
        }
        for key, value in tags.wanted(request).items()
    ]


def _carry_tags(request: Request, client: Any) -> None:
    name = request.physical_id
    identity = {"ResourceId": name, "ResourceType": "auto-scaling-group"}
    tags.carry(
        request,
        lambda _: client.create_or_update_tags(Tags=_tags(request, name)),
        lambda keys: client.delete_tags(Tags=[{**identity, "Key": key} for key in keys]),
    )


class WarmPool:
    """AWS::AutoScaling::WarmPool; Ref is the group's name."""

    drift = True

    def create(self, request: Request) -> Handled:
        client = request.client("autoscaling")
        client.put_warm_pool(**accepted(client, "PutWarmPool", request.properties))
        return Handled(request.properties["AutoScalingGroupName"], {})

    def update(self, request: Request) -> Handled:
        return self.create(request)

    def delete(self, request: Request) -> None:
        client = request.client("autoscaling")
        client.delete_warm_pool(AutoScalingGroupName=request.physical_id, ForceDelete=True)

    def read(self, request: Request) -> Properties:
        client = request.client("autoscaling")
        pool = client.describe_warm_pool(AutoScalingGroupName=request.physical_id).get("WarmPoolConfiguration")
        return only([pool] if pool else [])
