"""Auto Scaling groups and what is in them."""

from collections.abc import Iterator, Mapping
from typing import Any

from upgrade.aws.ec2 import read_launch_source, read_machine_images
from upgrade.errors import ServiceFailed
from upgrade.facts.compute import Instance, Launch, Machine, Refresh, ScalingGroup

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
    return {logical_id: _group(row) for logical_id, row in _rows(client, names).items()}


def read_launches(client: Any, ec2: Any, names: Mapping[str, str]) -> dict[str, Launch]:
    """DescribeAutoScalingGroups, and of EC2 the versions and machines they name.

    Args:
        client: boto3's, of Auto Scaling.
        ec2: boto3's.
        names: of the groups, by logical id.

    Raises:
        ServiceFailed: a group of the stack is not there.
    """
    rows = _rows(client, names)
    images = read_machine_images(ec2, [each["InstanceId"] for row in rows.values() for each in row["Instances"]])
    return {
        logical_id: Launch(
            group=row["AutoScalingGroupName"],
            desired=row["DesiredCapacity"],
            sources=tuple(read_launch_source(ec2, *each) for each in dict.fromkeys(_specified(row))),
            machines=tuple(_machine(each, images.get(each["InstanceId"], "")) for each in row["Instances"]),
        )
        for logical_id, row in rows.items()
    }


def _specified(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Id and version of the launch templates of a group: its own, or the policy's and those of its overrides."""
    policy = row.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {})
    overridden = (each.get("LaunchTemplateSpecification") for each in policy.get("Overrides", []))
    for each in (row.get("LaunchTemplate"), policy.get("LaunchTemplateSpecification"), *overridden):
        if each:
            yield each["LaunchTemplateId"], each.get("Version", "$Default")


def _machine(row: dict[str, Any], image: str) -> Machine:
    source = row.get("LaunchTemplate", {})
    template, version = source.get("LaunchTemplateId", ""), source.get("Version", "")
    return Machine(row["InstanceId"], row["LifecycleState"], template, version, image)


def _rows(client: Any, names: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """What Auto Scaling tells of each group, by logical id."""
    wanted = list(names.values())
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(wanted), AT_ONCE):
        pages = client.get_paginator("describe_auto_scaling_groups").paginate(
            AutoScalingGroupNames=wanted[start : start + AT_ONCE]
        )
        found |= {row["AutoScalingGroupName"]: row for page in pages for row in page["AutoScalingGroups"]}
    if missing := [name for name in wanted if name not in found]:
        # A name that does not exist is left out of the answer without a word.
        raise ServiceFailed(f"Auto Scaling knows no group {', '.join(missing)}")
    return {logical_id: found[name] for logical_id, name in names.items()}


def _group(row: dict[str, Any]) -> ScalingGroup:
    return ScalingGroup(
        name=row["AutoScalingGroupName"],
        instances=tuple(Instance(each["InstanceId"], each["LifecycleState"]) for each in row.get("Instances", [])),
        tags={each["Key"]: each.get("Value", "") for each in row.get("Tags", [])},
        max_size=row["MaxSize"],
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
