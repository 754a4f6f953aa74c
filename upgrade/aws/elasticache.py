"""Cache groups as ElastiCache sees them."""

from typing import Any

from upgrade.facts.data import StatefulService

GROUP = "AWS::ElastiCache::ReplicationGroup"


def read_group(client: Any, name: str) -> StatefulService:
    """DescribeReplicationGroups, and DescribeCacheClusters of a member: only that tells the engine's version."""
    group = client.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"][0]
    member = client.describe_cache_clusters(CacheClusterId=group["MemberClusters"][0])["CacheClusters"][0]
    return StatefulService(group["ReplicationGroupId"], group["Status"], member["Engine"], member["EngineVersion"])
