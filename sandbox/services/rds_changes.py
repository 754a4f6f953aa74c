"""When RDS makes a change of an instance: at once, or in the next maintenance window; and what it tells of storage.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ModifyInstance.ApplyImmediately.html
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.core.utils import utcnow
from moto.rds.exceptions import InvalidParameterCombination
from moto.rds.models import Event

STORAGE = ("allocated_storage", "storage_type", "iops", "storage_throughput")

DEFERRED = {
    "allocated_storage": "AllocatedStorage",
    "backup_retention_period": "BackupRetentionPeriod",
    "ca_certificate_identifier": "CACertificateIdentifier",
    "db_instance_class": "DBInstanceClass",
    "db_subnet_group_name": "DBSubnetGroupName",
    "dedicated_log_volume": "DedicatedLogVolume",
    "enable_iam_database_authentication": "IAMDatabaseAuthenticationEnabled",
    "engine_version": "EngineVersion",
    "iops": "Iops",
    "license_model": "LicenseModel",
    "multi_az": "MultiAZ",
    "new_db_instance_identifier": "DBInstanceIdentifier",
    "storage_throughput": "StorageThroughput",
    "storage_type": "StorageType",
}
"""Parameters of ModifyDBInstance that wait for the window, and what PendingModifiedValues calls them. All others
(the maximum of the storage, deletion protection, the password …) are changed at once, whatever ApplyImmediately says."""

STORAGE_EVENTS = {
    "SANDBOX_STORAGE_START": "Applying modification to allocated storage",
    "SANDBOX_STORAGE_FINISH": "Finished applying modification to allocated storage",
}
"""RDS-EVENT-0018 and 0017: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html"""

BUSY = (
    "You can't currently modify the storage of this DB instance because the previous storage change is being optimized."
)
HOUR = 60
"""Minutes DescribeEvents looks back unless it is told otherwise."""


def install() -> None:
    """Teach moto the events of storage."""
    told = {name: {"Categories": ["configuration change"], "Message": text} for name, text in STORAGE_EVENTS.items()}
    Event.EVENT_MAP.update(told)


def current(database: Any, name: str) -> Any:
    """What an instance has now, by the name of ModifyDBInstance's parameter."""
    if name == "new_db_instance_identifier":
        return database.db_instance_identifier
    return getattr(database, name, None)


def changes(database: Any, wanted: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The part of what is wanted, of these parameters, that differs from what there is."""
    asked = {name: wanted[name] for name in names if wanted.get(name) is not None}
    return {name: value for name, value in asked.items() if value != current(database, name)}


def divide(database: Any, wanted: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a request changes at once, and everything that waits from now on, what waited before included."""
    pending: dict[str, Any] = database.pending
    if wanted.get("apply_immediately"):
        return {**pending, **wanted}, {}
    asked = {name for name in DEFERRED if wanted.get(name) is not None and not _at_once(database, wanted, name)}
    kept = {name: value for name, value in pending.items() if name not in asked}
    at_once = {name: value for name, value in wanted.items() if name not in asked}
    return at_once, {**kept, **changes(database, wanted, asked)}


def _at_once(database: Any, wanted: Mapping[str, Any], name: str) -> bool:
    """A retention period waits only if backups are switched on or off."""
    return name == "backup_retention_period" and bool(wanted[name]) == bool(current(database, name))


def check_idle(database: Any, wanted: Mapping[str, Any]) -> None:
    """Raises InvalidParameterCombination if storage is to change while the last change of it is being optimized."""
    if database.optimizing and not database.optimizing.over and changes(database, wanted, STORAGE):
        raise InvalidParameterCombination(BUSY)


def between(events: Iterable[Any], start: Any, end: Any, minutes: int | None) -> list[Any]:
    """Events of a span of time, oldest first."""
    after = _naive(start) or utcnow() - timedelta(minutes=minutes or HOUR)
    before = _naive(end) or utcnow()
    return sorted((event for event in events if after <= event.date <= before), key=lambda event: event.date)


def _naive(moment: Any) -> datetime | None:
    """A moment as moto has it, which is UTC and does not say so."""
    if not isinstance(moment, datetime):
        return None
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
