"""What CloudWatch knows: alarms and measurements."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from upgrade.facts.health import Alarm

ALARMS = frozenset({"AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"})

AT_ONCE = 100
"""Names DescribeAlarms takes in one call."""

MINUTE = 60


def read_free_storage(client: Any, span: tuple[datetime, datetime], database: str) -> int | None:
    """GetMetricStatistics: free bytes of an RDS instance as last measured in a span of time; None without a measurement.

    FreeStorageSpace is in bytes: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
    """
    points = client.get_metric_statistics(
        Namespace="AWS/RDS",
        MetricName="FreeStorageSpace",
        Dimensions=[{"Name": "DBInstanceIdentifier", "Value": database}],
        StartTime=span[0],
        EndTime=span[1],
        Period=MINUTE,
        Statistics=["Minimum"],
    )["Datapoints"]
    last = max(points, key=lambda point: point["Timestamp"], default=None)
    return None if last is None else int(last["Minimum"])


def read_alarms(client: Any, names: Mapping[str, str]) -> dict[str, Alarm]:
    """DescribeAlarms; a name that CloudWatch does not know is left out of its answer without a word.

    Args:
        client: boto3's.
        names: of the alarms, by logical id.
    """
    wanted, rows = list(names.values()), list[dict[str, Any]]()
    for start in range(0, len(wanted), AT_ONCE):
        # Without AlarmTypes it leaves out composite alarms.
        pages = client.get_paginator("describe_alarms").paginate(
            AlarmNames=wanted[start : start + AT_ONCE],
            AlarmTypes=["MetricAlarm", "CompositeAlarm"],
            PaginationConfig={"PageSize": AT_ONCE},
        )
        for page in pages:
            rows += [*page.get("MetricAlarms", []), *page.get("CompositeAlarms", [])]
    found = {row["AlarmName"]: _alarm(row) for row in rows}
    return {logical_id: found.get(name, Alarm(name, "", "", None, ())) for logical_id, name in names.items()}


def _alarm(row: dict[str, Any]) -> Alarm:
    return Alarm(
        name=row["AlarmName"],
        state=row["StateValue"],
        reason=row.get("StateReason", ""),
        since=row.get("StateTransitionedTimestamp", row.get("StateUpdatedTimestamp")),
        actions=tuple(row.get("AlarmActions", ())),
    )
