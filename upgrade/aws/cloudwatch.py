"""Measurements that CloudWatch holds."""

from datetime import datetime
from typing import Any

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
