"""Storage by any client: never smaller, never a little larger, one change at a time; changes that wait; what is told."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.outside import Outside, refused
from tests.sandbox.providers.resource import aws


def database(**values: Any) -> dict[str, Any]:
    wanted = {
        "DBInstanceIdentifier": f"db-{uuid4()}",
        "AllocatedStorage": 60,
        "DBInstanceClass": "db.t3.medium",
        "Engine": "postgres",
        "EngineVersion": "15",
        "StorageType": "gp3",
        "MasterUsername": "me",
        "MasterUserPassword": "not-a-secret",
    }
    return dict(aws("rds").create_db_instance(**{**wanted, **values})["DBInstance"])


def modify(database: dict[str, Any], **values: Any) -> dict[str, Any]:
    name = database["DBInstanceIdentifier"]
    return dict(aws("rds").modify_db_instance(DBInstanceIdentifier=name, **values)["DBInstance"])


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        (20, r"Requested storage size \(20\) cannot be smaller than current storage size \(60\)"),
        (61, "Invalid storage size for engine name postgres and storage type gp3: 61"),
    ],
    ids=["smaller", "little"],
)
def test_refused(size: int, reason: str) -> None:
    made = database()
    with pytest.raises(ClientError, match=reason) as refused:
        modify(made, AllocatedStorage=size)
    assert refused.value.response["Error"]["Code"] == "InvalidParameterCombination"
    [live] = aws("rds").describe_db_instances(DBInstanceIdentifier=made["DBInstanceIdentifier"])["DBInstances"]
    assert live["AllocatedStorage"] == 60


def test_ten_percent_and_the_same_are_accepted() -> None:
    made = database()
    assert modify(made, AllocatedStorage=60)["AllocatedStorage"] == 60
    assert modify(made, AllocatedStorage=66, ApplyImmediately=True)["AllocatedStorage"] == 66


def test_maximum_leaves_room() -> None:
    made = database()
    assert "MaxAllocatedStorage" not in made
    with pytest.raises(ClientError, match="Max storage size must be greater than storage size"):
        modify(made, MaxAllocatedStorage=50)
    with pytest.raises(ClientError, match="at least 10 percent"):
        modify(made, MaxAllocatedStorage=61)
    assert modify(made, MaxAllocatedStorage=100)["MaxAllocatedStorage"] == 100
    assert modify(made, AllocatedStorage=100, ApplyImmediately=True)["AllocatedStorage"] == 100


def test_a_maximum_equal_to_the_size_switches_autoscaling_off() -> None:
    made = database(MaxAllocatedStorage=100)
    assert "MaxAllocatedStorage" not in modify(made, MaxAllocatedStorage=60)


def test_a_major_version_becomes_a_minor_one() -> None:
    assert database()["EngineVersion"] == "15.7"
    assert database(EngineVersion="15.8")["EngineVersion"] == "15.8"


def test_an_encrypted_instance_names_a_key_that_exists() -> None:
    key = database(StorageEncrypted=True)["KmsKeyId"]
    assert aws("kms").describe_key(KeyId=key)["KeyMetadata"]["Arn"] == key


def test_restored_from_a_snapshot_it_is_another_instance() -> None:
    made = database(MaxAllocatedStorage=100)
    name = f"snapshot-{uuid4()}"
    aws("rds").create_db_snapshot(DBInstanceIdentifier=made["DBInstanceIdentifier"], DBSnapshotIdentifier=name)
    restored = aws("rds").restore_db_instance_from_db_snapshot(
        DBInstanceIdentifier=f"db-{uuid4()}", DBSnapshotIdentifier=name
    )["DBInstance"]
    assert restored["DbiResourceId"] != made["DbiResourceId"]
    assert "MaxAllocatedStorage" not in restored


# ---- at once, or in the window ---------------------------------------------------------------------------------------


class Database:
    """An instance over HTTP."""

    def __init__(self, http: Outside, **values: Any) -> None:
        self.rds = http.client("rds")
        self.name = str(database(**values)["DBInstanceIdentifier"])

    def modify(self, **values: Any) -> dict[str, Any]:
        return dict(self.rds.modify_db_instance(DBInstanceIdentifier=self.name, **values)["DBInstance"])

    def refused(self, **values: Any) -> tuple[str, str]:
        return refused(self.rds.modify_db_instance, DBInstanceIdentifier=self.name, ApplyImmediately=True, **values)

    def live(self) -> dict[str, Any]:
        [found] = self.rds.describe_db_instances(DBInstanceIdentifier=self.name)["DBInstances"]
        return dict(found)

    def pending(self) -> dict[str, Any]:
        return dict(self.live()["PendingModifiedValues"])

    def events(self, **span: Any) -> list[dict[str, Any]]:
        pages = self.rds.get_paginator("describe_events").paginate(
            SourceIdentifier=self.name, SourceType="db-instance", **span
        )
        return [event for page in pages for event in page["Events"]]

    def told(self, **span: Any) -> list[str]:
        return [event["Message"] for event in self.events(**span) if "storage" in event["Message"]]


@pytest.fixture
def db(http: Outside) -> Database:
    return Database(http)


def test_nothing_is_pending_at_first(db: Database) -> None:
    assert (db.pending(), db.live()["DBInstanceStatus"]) == ({}, "available")


def test_what_is_not_applied_immediately_is_pending(db: Database) -> None:
    answer = db.modify(AllocatedStorage=80, DBInstanceClass="db.t3.large", MaxAllocatedStorage=100)
    waiting = {"AllocatedStorage": 80, "DBInstanceClass": "db.t3.large"}
    live = db.live()
    assert (db.pending(), answer["PendingModifiedValues"]) == (waiting, waiting)
    assert (live["AllocatedStorage"], live["DBInstanceClass"]) == (60, "db.t3.medium")
    assert live["MaxAllocatedStorage"] == 100
    assert db.told() == []


def test_what_waits_is_made_with_the_next_change_at_once(db: Database) -> None:
    db.modify(DBInstanceClass="db.t3.large", EngineVersion="16.3")
    db.modify(AllocatedStorage=80, ApplyImmediately=True)
    live = db.live()
    assert (live["DBInstanceClass"], live["EngineVersion"], live["AllocatedStorage"]) == ("db.t3.large", "16.3", 80)
    assert db.pending() == {}


def test_asking_for_what_there_is_takes_a_pending_change_back(db: Database) -> None:
    db.modify(DBInstanceClass="db.t3.large", MultiAZ=True)
    db.modify(DBInstanceClass="db.t3.medium")
    assert db.pending() == {"MultiAZ": True}


def test_a_new_name_waits_too(db: Database) -> None:
    name = f"db-{uuid4()}"
    db.modify(NewDBInstanceIdentifier=name)
    assert db.pending() == {"DBInstanceIdentifier": name}
    db.modify(ApplyImmediately=True)
    db.name = name
    assert db.pending() == {}


@pytest.mark.parametrize(("period", "pending"), [(7, {}), (0, {"BackupRetentionPeriod": 0})])
def test_a_retention_period_waits_if_it_ends_backups(db: Database, period: int, pending: dict[str, int]) -> None:
    db.modify(BackupRetentionPeriod=period)
    assert db.pending() == pending


def test_a_pending_size_that_has_become_too_small_is_refused_with_the_next_change(db: Database) -> None:
    db.modify(AllocatedStorage=66)
    db.modify(AllocatedStorage=80, ApplyImmediately=True)
    db.modify(DBInstanceClass="db.t3.large")
    assert db.refused(AllocatedStorage=66)[0] == "InvalidParameterCombination"
    assert db.pending() == {"DBInstanceClass": "db.t3.large"}


# ---- storage takes its time ------------------------------------------------------------------------------------------

BUSY = (
    "InvalidParameterCombination",
    "You can't currently modify the storage of this DB instance because the previous storage change is being optimized.",
)


def test_storage_is_optimized_for_a_while(http: Outside, db: Database) -> None:
    http.set(optimize_delay=3600)
    db.modify(AllocatedStorage=80, ApplyImmediately=True)
    live = db.live()
    assert (live["DBInstanceStatus"], live["AllocatedStorage"]) == ("storage-optimization", 80)
    assert live["PendingModifiedValues"] == {}
    assert db.refused(AllocatedStorage=100) == BUSY
    assert db.refused(StorageType="gp2") == BUSY
    http.set(optimize_delay=0)
    assert db.live()["DBInstanceStatus"] == "available"
    assert db.modify(AllocatedStorage=100, ApplyImmediately=True)["AllocatedStorage"] == 100


def test_all_else_can_be_changed_meanwhile(http: Outside, db: Database) -> None:
    http.set(optimize_delay=3600)
    db.modify(AllocatedStorage=80, ApplyImmediately=True)
    db.modify(AllocatedStorage=80, DBInstanceClass="db.t3.large", ApplyImmediately=True)
    assert db.live()["DBInstanceClass"] == "db.t3.large"


def test_without_the_knob_it_takes_no_time(db: Database) -> None:
    db.modify(AllocatedStorage=80, ApplyImmediately=True)
    assert db.live()["DBInstanceStatus"] == "available"
    assert db.modify(AllocatedStorage=100, ApplyImmediately=True)["AllocatedStorage"] == 100


def test_what_changes_no_storage_optimizes_none(http: Outside, db: Database) -> None:
    http.set(optimize_delay=3600)
    db.modify(AllocatedStorage=60, DBInstanceClass="db.t3.large", ApplyImmediately=True)
    assert db.live()["DBInstanceStatus"] == "available"
    assert db.told(Duration=360) == []


# ---- events ----------------------------------------------------------------------------------------------------------

TOLD = ["Applying modification to allocated storage", "Finished applying modification to allocated storage"]


def test_a_storage_change_is_told(db: Database) -> None:
    began = datetime.now(UTC)
    assert db.told(Duration=360) == []
    db.modify(AllocatedStorage=80, ApplyImmediately=True)
    assert db.told(Duration=360) == TOLD
    last = db.events(Duration=360)[-1]
    assert began - timedelta(seconds=1) <= last["Date"] <= datetime.now(UTC)
    assert (last["SourceIdentifier"], last["SourceType"]) == (db.name, "db-instance")
    assert (last["EventCategories"], last["SourceArn"]) == (["configuration change"], db.live()["DBInstanceArn"])


@pytest.mark.parametrize(
    ("minutes", "seen"), [(359, {"Duration": 360}), (361, {"Duration": 720}), (59, {}), (61, {"Duration": 62})], ids=str
)
def test_how_far_back(http: Outside, db: Database, minutes: int, seen: dict[str, int]) -> None:
    http.set(event_age=minutes * 60)
    db.modify(AllocatedStorage=80, ApplyImmediately=True)
    http.set(event_age=0)
    assert db.told(**seen) == TOLD
    assert db.told(Duration=minutes - 1) == []


def test_a_span_of_time(http: Outside, db: Database) -> None:
    http.set(event_age=7200)
    db.modify(AllocatedStorage=80, ApplyImmediately=True)
    http.set(event_age=0)
    db.modify(AllocatedStorage=100, ApplyImmediately=True)
    middle = datetime.now(UTC) - timedelta(hours=1)
    early = middle - timedelta(hours=2)
    assert db.told(StartTime=early) == TOLD * 2
    assert db.told(StartTime=early, EndTime=middle) == db.told(StartTime=middle) == TOLD
    assert [event["Date"] for event in db.events(StartTime=early)] == sorted(
        event["Date"] for event in db.events(StartTime=early)
    )


def test_events_of_a_category_in_pages(http: Outside, db: Database) -> None:
    db.modify(AllocatedStorage=80, ApplyImmediately=True)
    http.set(page=1)
    assert [event["Message"] for event in db.events(EventCategories=["configuration change"])] == TOLD
    assert refused(db.rds.describe_events, Marker="x")[0] == "InvalidParameterValue"


def test_events_of_a_source_need_its_type(db: Database) -> None:
    assert refused(db.rds.describe_events, SourceIdentifier=db.name)[0] == "InvalidParameterCombination"
