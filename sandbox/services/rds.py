"""RDS storage that can't shrink and takes its time, changes that wait for the window, instances with an identity.

moto accepts any storage size, makes every change at once, shows events of all times, gives every instance one
DbiResourceId, takes `15` for a version, turns storage autoscaling on where nobody asked for it, hides a maximum that has
been reached, names no real key, and loses a subnet group that is modified.
"""

from datetime import timedelta
from typing import Any

from moto.core.responses import ActionResult
from moto.kms.models import kms_backends
from moto.moto_api._internal import mock_random
from moto.rds import urls
from moto.rds.exceptions import InvalidParameterCombination, InvalidParameterValue
from moto.rds.models import DBInstance, RDSBackend, rds_backends
from moto.rds.responses import RDSResponse

from sandbox.services import rds_changes, settings
from sandbox.services.backends import use_backend, use_responses
from sandbox.services.paging import cut

MINOR_VERSIONS = {
    "postgres": {"13": "13.15", "14": "14.12", "15": "15.7", "16": "16.3", "17": "17.2"},
    "mysql": {"8.0": "8.0.37"},
}
"""The minor version RDS picks for a major one."""

KEY = "alias/aws/rds"
"""The key RDS takes where none is named."""

SMALLEST_RAISE = 1.1
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.ModifyingExisting.html"""


class Instance(DBInstance):  # type: ignore[misc]  # moto ships no types
    """moto's, which hides a maximum that has been reached; with changes that wait, and storage that is optimized."""

    pending: dict[str, Any]
    optimizing: settings.Lasting | None

    @property
    def status(self) -> str:
        """DBInstanceStatus."""
        status = str(self.__dict__["status"])
        busy = status == "available" and self.optimizing is not None and not self.optimizing.over
        return "storage-optimization" if busy else status

    @status.setter
    def status(self, value: str) -> None:
        self.__dict__["status"] = value

    @property
    def pending_modified_values(self) -> dict[str, Any]:
        """As DescribeDBInstances shows them."""
        return {rds_changes.DEFERRED[name]: value for name, value in self.pending.items()}

    @property
    def max_allocated_storage(self) -> int | None:
        """None: storage autoscaling is off."""
        maximum: int | None = self._max_allocated_storage
        return maximum

    @max_allocated_storage.setter
    def max_allocated_storage(self, value: int | None) -> None:
        self._max_allocated_storage = value


class Rds(RDSBackend):  # type: ignore[misc]  # moto ships no types
    """moto's, strict about storage."""

    def create_db_instance(self, db_kwargs: dict[str, Any]) -> Any:
        version = db_kwargs.get("engine_version")
        if version:
            minors = MINOR_VERSIONS.get(db_kwargs.get("engine", ""), {})
            db_kwargs["engine_version"] = minors.get(version, version)
        if db_kwargs.get("storage_encrypted") and not db_kwargs.get("kms_key_id"):
            db_kwargs["kms_key_id"] = kms_backends[self.account_id][self.region_name].describe_key(KEY).arn
        return _own(super().create_db_instance(db_kwargs), db_kwargs)

    def restore_db_instance_from_db_snapshot(self, from_snapshot_id: str, overrides: dict[str, Any]) -> Any:
        return _own(super().restore_db_instance_from_db_snapshot(from_snapshot_id, overrides), overrides)

    def modify_db_instance(self, db_instance_identifier: str, db_kwargs: dict[str, Any]) -> Any:
        database = self.describe_db_instances(db_instance_identifier)[0]
        mine = isinstance(database, Instance)
        at_once, later = rds_changes.divide(database, db_kwargs) if mine else (db_kwargs, {})
        asked = {**db_kwargs, **at_once}
        _check_storage(database, asked.get("allocated_storage"))
        _check_maximum(database, asked)
        if not mine:  # a member of a cluster, a replica
            return super().modify_db_instance(db_instance_identifier, db_kwargs)
        rds_changes.check_idle(database, asked)
        storage = rds_changes.changes(database, at_once, rds_changes.STORAGE)
        super().modify_db_instance(db_instance_identifier, at_once)
        _follow(database, at_once, later, storage)
        return database

    def add_event(self, event_type: str, resource: Any) -> None:
        super().add_event(event_type, resource)
        self.events[-1].date -= timedelta(seconds=settings.knobs().event_age)

    def describe_events(self, *arguments: Any, **wanted: Any) -> list[Any]:
        found = super().describe_events(*arguments, **wanted)
        categories = set(wanted.get("event_categories") or ())
        chosen = (event for event in found if not categories or categories & set(event.event_categories))
        times = (wanted.get(name) for name in ("start_time", "end_time", "duration"))
        return rds_changes.between(chosen, *times)

    def modify_db_subnet_group(self, subnet_name: str, description: str, subnets: list[Any]) -> Any:
        group = super().modify_db_subnet_group(subnet_name, description, subnets)
        self.subnet_groups[subnet_name] = group
        return group


def _own(database: Any, db_kwargs: dict[str, Any]) -> Any:
    """Give an instance that moto made an identity and a maximum of its own."""
    database.dbi_resource_id = f"db-{mock_random.get_random_string(26).upper()}"
    if type(database) is DBInstance:
        database.__class__ = Instance
        database.pending, database.optimizing = {}, None
        database.max_allocated_storage = db_kwargs.get("max_allocated_storage")
    return database


def _follow(database: Any, made: dict[str, Any], later: dict[str, Any], storage: dict[str, Any]) -> None:
    """What a change that was made leaves: others that wait, storage that is optimized, events."""
    database.pending = later
    if made.get("max_allocated_storage") == database.allocated_storage:
        database.max_allocated_storage = None
    if storage:
        database.optimizing = settings.Lasting.begun("optimize_delay")
    if "allocated_storage" in storage:
        for event in rds_changes.STORAGE_EVENTS:
            database.add_event(event)


def _check_storage(database: Any, wanted: int | None) -> None:
    actual = database.allocated_storage
    if wanted is None or wanted == actual:
        return
    if wanted < actual:
        raise InvalidParameterCombination(
            f"Requested storage size ({wanted}) cannot be smaller than current storage size ({actual})"
        )
    if wanted < actual * SMALLEST_RAISE:
        raise InvalidParameterCombination(
            f"Invalid storage size for engine name {database.engine} and storage type {database.storage_type}: {wanted}"
        )


def _check_maximum(database: Any, db_kwargs: dict[str, Any]) -> None:
    """A maximum equal to the size switches autoscaling off; any other must leave room for one step."""
    maximum = db_kwargs.get("max_allocated_storage")
    size = db_kwargs.get("allocated_storage") or database.allocated_storage
    if maximum is None or maximum in (database.max_allocated_storage, size):
        return
    if maximum < size:
        raise InvalidParameterCombination("Max storage size must be greater than storage size")
    if maximum < size * SMALLEST_RAISE:
        raise InvalidParameterCombination("The maximum allocated storage must be increased by at least 10 percent.")


class RdsResponses(RDSResponse):  # type: ignore[misc]  # moto ships no types
    """moto's, with pages of events."""

    def describe_events(self) -> ActionResult:
        found = self.backend.describe_events(**self.params)
        most, page = self._get_int_param("MaxRecords"), settings.knobs().page
        try:
            shown, more = cut(enumerate(found), self._get_param("Marker"), min(most, page) if most else page)
        except ValueError:
            raise InvalidParameterValue("The specified marker is not valid.") from None
        return ActionResult({"Events": shown, "Marker": more})

    def describe_pending_maintenance_actions(self) -> ActionResult:
        """What knob `upkeep` says; only of one resource, by its ARN."""
        arn = self._get_param("ResourceIdentifier")
        if not arn:
            raise NotImplementedError("pending maintenance of all resources")
        rows = settings.knobs().upkeep.get(arn.split(":")[-1], [])
        found = [{"ResourceIdentifier": arn, "PendingMaintenanceActionDetails": rows}] if rows else []
        return ActionResult({"PendingMaintenanceActions": found})


def install() -> None:
    """Use our backend and our responses."""
    rds_changes.install()
    use_backend(rds_backends, Rds)
    use_responses(urls, RdsResponses)
