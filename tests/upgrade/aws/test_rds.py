"""A database as it is, and when its storage was last changed."""

from datetime import UTC, timedelta

import pytest
from botocore.exceptions import ClientError

from tests.upgrade import things
from tests.upgrade.world import World
from upgrade.aws.rds import QUIET_MINUTES, read_database, read_storage_change
from upgrade.clock import SystemClock


def grow(world: World, identifier: str, size: int) -> None:
    world.client("rds").modify_db_instance(
        DBInstanceIdentifier=identifier, AllocatedStorage=size, ApplyImmediately=True
    )


def test_a_database_is_told_as_rds_sees_it(world: World) -> None:
    name = things.database(world, MaxAllocatedStorage=100, StorageEncrypted=True, MultiAZ=True)
    found = read_database(world.client("rds"), name)
    assert (found.identifier, found.status, found.engine, found.engine_version) == (
        name, "available", "postgres", "15.7",
    )  # fmt: skip
    assert (found.allocated_storage, found.max_allocated_storage) == (60, 100)
    assert (found.instance_class, found.multi_az, found.encrypted) == ("db.t3.medium", True, True)
    assert found.kms_key.startswith("arn:aws:kms:")
    assert found.endpoint.endswith(":5432")
    assert found.resource_id.startswith("db-")
    assert found.pending == {}


def test_without_storage_autoscaling_there_is_no_maximum(world: World) -> None:
    assert read_database(world.client("rds"), things.database(world)).max_allocated_storage is None


def test_what_waits_for_the_window_is_told_as_text(world: World) -> None:
    name, rds = things.database(world), world.client("rds")
    rds.modify_db_instance(DBInstanceIdentifier=name, AllocatedStorage=80, DBInstanceClass="db.t3.large")
    found = read_database(rds, name)
    assert found.pending == {"AllocatedStorage": "80", "DBInstanceClass": "db.t3.large"}
    assert found.allocated_storage == 60


def test_a_database_that_is_absent_goes_through(world: World) -> None:
    with pytest.raises(ClientError, match="DBInstanceNotFound"):
        read_database(world.client("rds"), "absent")


def test_without_an_event_about_storage_none_was_changed(world: World) -> None:
    name, rds = things.database(world), world.client("rds")
    rds.reboot_db_instance(DBInstanceIdentifier=name)
    assert read_storage_change(rds, name) is None


def test_a_change_of_storage_is_told_with_its_time(world: World) -> None:
    name, clock = things.database(world), SystemClock()
    earlier = clock.now().replace(microsecond=0)
    grow(world, name, 80)
    changed = read_storage_change(world.client("rds"), name)
    assert changed is not None
    assert earlier - timedelta(seconds=1) <= changed <= clock.now() + timedelta(seconds=1)
    assert changed.tzinfo is UTC


def test_of_several_changes_the_last_is_told(world: World) -> None:
    name, rds = things.database(world), world.client("rds")
    world.faults(event_age=2 * 3600.0)
    grow(world, name, 80)
    first = read_storage_change(rds, name)
    world.faults(event_age=3600.0)
    grow(world, name, 100)
    last = read_storage_change(rds, name)
    world.faults(event_age=0.0)
    assert first is not None
    assert last is not None
    assert last - first > timedelta(minutes=50)


def test_a_change_longer_ago_than_rds_minds_is_none(world: World) -> None:
    name = things.database(world)
    world.faults(event_age=QUIET_MINUTES * 60 + 60.0)
    grow(world, name, 80)
    world.faults(event_age=0.0)
    assert read_storage_change(world.client("rds"), name) is None


def test_the_change_of_another_database_is_not_ours(world: World) -> None:
    name = things.database(world)
    grow(world, things.database(world), 80)
    assert read_storage_change(world.client("rds"), name) is None


def test_a_change_on_a_later_page_is_found(world: World) -> None:
    name, rds = things.database(world), world.client("rds")
    for _ in range(4):
        rds.reboot_db_instance(DBInstanceIdentifier=name)
    grow(world, name, 80)
    world.faults(page=1)
    assert read_storage_change(rds, name) is not None


def test_events_that_may_not_be_read_are_no_quiet_time(world: World) -> None:
    name = things.database(world)
    world.fail("DescribeEvents", "denied")
    with pytest.raises(ClientError, match="AccessDenied"):
        read_storage_change(world.client("rds"), name)
