"""Database instances as RDS sees them."""

from typing import Any

from upgrade.facts.services import Database

DB_INSTANCE = "AWS::RDS::DBInstance"


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
    )
