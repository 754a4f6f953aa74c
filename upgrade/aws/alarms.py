"""CloudWatch alarms, metric and composite ones."""

from collections.abc import Iterable, Mapping
from typing import Any

TYPES = ["MetricAlarm", "CompositeAlarm"]
"""Without this parameter DescribeAlarms leaves composite alarms out.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html"""


def read_states(client: Any, arns: Iterable[str]) -> Mapping[str, str]:
    """DescribeAlarms: the state of each alarm by its ARN; empty for one that does not exist."""
    names = {arn: arn.split(":", 6)[-1] for arn in arns}
    if not names:
        return {}
    pages = client.get_paginator("describe_alarms").paginate(AlarmNames=list(names.values()), AlarmTypes=TYPES)
    rows = (row for page in pages for kind in ("MetricAlarms", "CompositeAlarms") for row in page.get(kind, []))
    states = {row["AlarmName"]: str(row["StateValue"]) for row in rows}
    return {arn: states.get(name, "") for arn, name in names.items()}
