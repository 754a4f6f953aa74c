"""Database instances as RDS sees them."""

from datetime import datetime
from typing import Any

from upgrade.aws.cloudformation import utc
from upgrade.facts.services import Database

DB_INSTANCE = "AWS::RDS::DBInstance"

QUIET_MINUTES = 6 * 60
"""RDS refuses to change storage again within this time, or until it is optimized.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.ModifyingExisting.html"""

STORAGE = "allocated storage"
"""In lower case, in every event about it: `Applying modification to allocated storage`, `Finished applying autoscaling-
initiated modification to allocated storage`."""


def read_database(client: Any, identifier: str) -> Database:
    """DescribeDBInstances of one instance."""
    row = client.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]
    endpoint = row.get("Endpoint", {})
    return Database(
        identifier=row["DBInstanceIdentifier"],
        resource_id=row["DbiResourceId"],
        status=row["DBInstanceStatus"],
        engine=row["Engine"],
        engine_version=row["EngineVersion"],
        instance_class=row["DBInstanceClass"],
        allocated_storage=row["AllocatedStorage"],
        max_allocated_storage=row.get("MaxAllocatedStorage"),
        endpoint=f"{endpoint['Address']}:{endpoint['Port']}" if endpoint.get("Address") else "",
        encrypted=row["StorageEncrypted"],
        kms_key=row.get("KmsKeyId", ""),
        multi_az=row["MultiAZ"],
        pending={name: str(value) for name, value in row.get("PendingModifiedValues", {}).items()},
    )


def read_storage_change(client: Any, identifier: str) -> datetime | None:
    """DescribeEvents: when the storage was last changed, or began to be; None if no event of the last hours says so."""
    pages = client.get_paginator("describe_events").paginate(
        SourceIdentifier=identifier, SourceType="db-instance", Duration=QUIET_MINUTES
    )
    changes = [utc(row["Date"]) for page in pages for row in page["Events"] if STORAGE in row["Message"].lower()]
    return max(changes, default=None)


def read_snapshots(client: Any, identifier: str) -> list[datetime]:
    """DescribeDBSnapshots: when each snapshot was made by hand that can be restored."""
    pages = client.get_paginator("describe_db_snapshots").paginate(
        DBInstanceIdentifier=identifier, SnapshotType="manual"
    )
    rows = (row for page in pages for row in page["DBSnapshots"])
    return [utc(row["SnapshotCreateTime"]) for row in rows if row["Status"] == "available"]
