"""RDS storage that can't shrink, and instances with an identity.

moto accepts any storage size, gives every instance one DbiResourceId, takes `15` for a version, turns storage
autoscaling on where nobody asked for it, hides a maximum that has been reached, names no real key, and loses a subnet
group that is modified.
"""

from typing import Any

from moto.kms.models import kms_backends
from moto.moto_api._internal import mock_random
from moto.rds.exceptions import InvalidParameterCombination
from moto.rds.models import DBInstance, RDSBackend, rds_backends

from sandbox.services.backends import use_backend

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
    """moto's, which hides a maximum that has been reached."""

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
        _check_storage(database, db_kwargs.get("allocated_storage"))
        _check_maximum(database, db_kwargs)
        database = super().modify_db_instance(db_instance_identifier, db_kwargs)
        if db_kwargs.get("max_allocated_storage") == database.allocated_storage:
            database.max_allocated_storage = None
        return database

    def modify_db_subnet_group(self, subnet_name: str, description: str, subnets: list[Any]) -> Any:
        group = super().modify_db_subnet_group(subnet_name, description, subnets)
        self.subnet_groups[subnet_name] = group
        return group


def _own(database: Any, db_kwargs: dict[str, Any]) -> Any:
    """Give an instance that moto made an identity and a maximum of its own."""
    database.dbi_resource_id = f"db-{mock_random.get_random_string(26).upper()}"
    if type(database) is DBInstance:
        database.__class__ = Instance
        database.max_allocated_storage = db_kwargs.get("max_allocated_storage")
    return database


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


def install() -> None:
    """Use our backend."""
    use_backend(rds_backends, Rds)
