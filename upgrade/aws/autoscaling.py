"""Auto Scaling groups and what is in them."""

from collections.abc import Mapping
from typing import Any

from upgrade.errors import ServiceFailed
from upgrade.facts.compute import Instance, Refresh, ScalingGroup

GROUP = "AWS::AutoScaling::AutoScalingGroup"

AT_ONCE = 50
"""Names DescribeAutoScalingGroups takes in one call."""

ENDED = frozenset({"Cancelled", "Failed", "RollbackFailed", "RollbackSuccessful", "Successful"})
"""States of an instance refresh that is over.
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstanceRefresh.html"""


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
        suspended=tuple(sorted(each["ProcessName"] for each in row.get("SuspendedProcesses", []))),
    )


def read_refreshes(client: Any, group: str) -> tuple[Refresh, ...]:
    """DescribeInstanceRefreshes of a group: those that are not over."""
    found: list[dict[str, Any]] = []
    more: dict[str, str] = {}
    while True:  # boto3 has no paginator for it
        page = client.describe_instance_refreshes(AutoScalingGroupName=group, **more)
        found += page["InstanceRefreshes"]
        if not page.get("NextToken"):
            return tuple(
                Refresh(row["InstanceRefreshId"], row["Status"]) for row in found if row["Status"] not in ENDED
            )
        more = {"NextToken": page["NextToken"]}
