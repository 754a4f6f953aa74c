"""Auto Scaling groups and what is in them."""

from collections.abc import Mapping
from typing import Any

from upgrade.errors import ServiceFailed
from upgrade.facts.compute import Instance, ScalingGroup

GROUP = "AWS::AutoScaling::AutoScalingGroup"

AT_ONCE = 50
"""Names DescribeAutoScalingGroups takes in one call."""


def read_groups(client: Any, names: Mapping[str, str]) -> dict[str, ScalingGroup]:
    """DescribeAutoScalingGroups.

    Args:
        client: boto3's.
        names: of the groups, by logical id.

    Raises:
        ServiceFailed: a group of the stack is not there.
    """
    wanted = list(names.values())
    found: dict[str, ScalingGroup] = {}
    for start in range(0, len(wanted), AT_ONCE):
        pages = client.get_paginator("describe_auto_scaling_groups").paginate(
            AutoScalingGroupNames=wanted[start : start + AT_ONCE]
        )
        found |= {row["AutoScalingGroupName"]: _group(row) for page in pages for row in page["AutoScalingGroups"]}
    if missing := [name for name in wanted if name not in found]:
        # A name that does not exist is left out of the answer without a word.
        raise ServiceFailed(f"Auto Scaling knows no group {', '.join(missing)}")
    return {logical_id: found[name] for logical_id, name in names.items()}


def _group(row: dict[str, Any]) -> ScalingGroup:
    return ScalingGroup(
        name=row["AutoScalingGroupName"],
        instances=tuple(Instance(each["InstanceId"], each["LifecycleState"]) for each in row.get("Instances", [])),
        tags={each["Key"]: each.get("Value", "") for each in row.get("Tags", [])},
    )
