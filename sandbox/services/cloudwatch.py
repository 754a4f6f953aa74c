"""CloudWatch: an alarm that is changed keeps its state, and databases are measured.

moto starts a changed alarm anew, and measures nothing. A measurement of a database that was put by PutMetricData counts
instead of ours; AWS lets nobody write into its own namespaces.
"""

from datetime import timedelta
from typing import Any

from moto.cloudwatch.models import CloudWatchBackend, MetricDatum, cloudwatch_backends
from moto.core.utils import utcnow
from moto.rds.models import rds_backends

from sandbox.services.backends import use_backend

USUALLY_FREE = 0.7
"""Share of a database's storage."""
GIB = 1024**3
FREE_STORAGE = ("AWS/RDS", "FreeStorageSpace")


class CloudWatch(CloudWatchBackend):  # type: ignore[misc]  # moto ships no types
    """moto's, with alarms that remember and measurements of databases."""

    def put_metric_alarm(self, name: str, *arguments: Any, **named: Any) -> Any:
        before = self.alarms.get(name)
        alarm = super().put_metric_alarm(name, *arguments, **named)
        if before is not None:
            alarm.update_state(before.state_reason, before.state_reason_data, before.state_value)
        return alarm

    @property
    def aws_metric_data(self) -> list[Any]:
        """What AWS measures by itself."""
        return [*super().aws_metric_data, *self._free_storage()]

    def _free_storage(self) -> list[Any]:
        moment = utcnow() - timedelta(minutes=1)
        return [
            MetricDatum(*FREE_STORAGE, size * GIB * USUALLY_FREE, dimensions, moment, "Bytes")
            for name, size in self._databases().items()
            for dimensions in [[{"Name": "DBInstanceIdentifier", "Value": name}]]
            if not any(
                (put.namespace, put.name) == FREE_STORAGE and put.filter(None, None, dimensions)
                for put in self.metric_data
            )
        ]

    def _databases(self) -> dict[str, int]:
        """GiB of each by its identifier."""
        found = rds_backends[self.account_id][self.region_name].databases.values()
        return {database.db_instance_identifier: int(database.allocated_storage) for database in found}


def install() -> None:
    """Use our backend."""
    use_backend(cloudwatch_backends, CloudWatch)
