"""Target groups as the load balancer sees them."""

from typing import Any

from upgrade.facts.services import Target, TargetGroup

TARGET_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"


def read_target_group(client: Any, arn: str) -> TargetGroup:
    """DescribeTargetHealth; the operation has no pages."""
    rows = client.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    targets = (
        Target(
            id=row["Target"]["Id"],
            port=row["Target"].get("Port"),
            state=row["TargetHealth"]["State"],
            reason=row["TargetHealth"].get("Reason", ""),
        )
        for row in rows
    )
    return TargetGroup(arn, tuple(sorted(targets, key=lambda target: (target.id, target.port or 0))))
