"""When RDS, ElastiCache and OpenSearch Service work on what they run."""

from datetime import UTC, datetime
from typing import Any

from upgrade.aws.cloudformation import utc
from upgrade.facts.upkeep import Upkeep, Work

UNDER_WAY = ["waiting-to-start", "in-progress", "stopping"]
"""States of a service update of ElastiCache that is being made; one that is scheduled comes in a maintenance window.
https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_UpdateAction.html"""


def read_database_upkeep(client: Any, identifier: str) -> Upkeep:
    """DescribeDBInstances and DescribePendingMaintenanceActions of one instance.

    An action without CurrentApplyDate waits for somebody to ask for it.
    """
    row = client.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]
    pages = client.get_paginator("describe_pending_maintenance_actions").paginate(
        ResourceIdentifier=row["DBInstanceArn"]
    )
    actions = [
        action
        for page in pages
        for resource in page["PendingMaintenanceActions"]
        for action in resource["PendingMaintenanceActionDetails"]
    ]
    return Upkeep(
        name=row["DBInstanceIdentifier"],
        backup=row.get("PreferredBackupWindow", "") if row.get("BackupRetentionPeriod") else "",
        maintenance=tuple(filter(None, [row.get("PreferredMaintenanceWindow")])),
        pending=tuple(
            Work(action["Action"], utc(action["CurrentApplyDate"]))
            for action in actions
            if action.get("CurrentApplyDate")
        ),
    )


def read_cache_upkeep(client: Any, name: str) -> Upkeep:
    """DescribeReplicationGroups, DescribeCacheClusters and DescribeUpdateActions of one group."""
    group = client.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"][0]
    windows = [
        node.get("PreferredMaintenanceWindow", "")
        for member in group["MemberClusters"]
        for node in client.describe_cache_clusters(CacheClusterId=member)["CacheClusters"]
    ]
    pages = client.get_paginator("describe_update_actions").paginate(
        ReplicationGroupIds=[name], UpdateActionStatus=UNDER_WAY
    )
    return Upkeep(
        name=group["ReplicationGroupId"],
        backup=group.get("SnapshotWindow", "") if group.get("SnapshotRetentionLimit") else "",
        maintenance=tuple(sorted(set(filter(None, windows)))),
        pending=tuple(
            Work(f"service update {row['ServiceUpdateName']}", None) for page in pages for row in page["UpdateActions"]
        ),
    )


def read_domain_upkeep(client: Any, name: str) -> Upkeep:
    """DescribeDomain: a service software update. Its hourly snapshots disturb nothing."""
    row = client.describe_domain(DomainName=name)["DomainStatus"]
    software = row.get("ServiceSoftwareOptions", {})
    status, at = software.get("UpdateStatus"), software.get("AutomatedUpdateDate")
    what = f"service software update {software.get('NewVersion', '')}".rstrip()
    pending = []
    if status == "IN_PROGRESS":
        pending = [Work(what, None)]
    elif status == "PENDING_UPDATE" and at is not None and utc(at) > EPOCH:
        pending = [Work(what, utc(at))]
    return Upkeep(row["DomainName"], backup="", maintenance=(), pending=tuple(pending))


EPOCH = datetime(1970, 1, 2, tzinfo=UTC)
"""OpenSearch Service writes a date before it where it has none."""
