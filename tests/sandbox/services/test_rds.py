"""Storage by any client: never smaller, never a little larger."""

from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

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
    assert modify(made, AllocatedStorage=66)["AllocatedStorage"] == 66


def test_maximum_leaves_room() -> None:
    made = database()
    assert "MaxAllocatedStorage" not in made
    with pytest.raises(ClientError, match="Max storage size must be greater than storage size"):
        modify(made, MaxAllocatedStorage=50)
    with pytest.raises(ClientError, match="at least 10 percent"):
        modify(made, MaxAllocatedStorage=61)
    assert modify(made, MaxAllocatedStorage=100)["MaxAllocatedStorage"] == 100
    assert modify(made, AllocatedStorage=100)["AllocatedStorage"] == 100


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
