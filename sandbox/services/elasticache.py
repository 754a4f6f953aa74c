"""ElastiCache: groups have all their nodes, take a new engine version, and go when they are deleted.

moto makes one node whatever NumCacheClusters says, shows none of a group's nodes by itself, keeps the old version, shows a deleted group for ever, and knows no
change or end of a subnet group.
"""

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.elasticache import urls
from moto.elasticache.models import ElastiCacheBackend, elasticache_backends
from moto.elasticache.responses import ElastiCacheResponse

from sandbox.services import settings
from sandbox.services.backends import use_backend, use_responses

DEFAULT_VERSION = "7.1.0"


class ElastiCache(ElastiCacheBackend):  # type: ignore[misc]  # moto ships no types
    """moto's, with all its nodes and an end."""

    def create_replication_group(self, **named: Any) -> Any:
        nodes = named["num_cache_clusters"]
        if nodes and not named["replicas_per_node_group"]:
            named["replicas_per_node_group"] = nodes - 1
        return super().create_replication_group(**named)

    def delete_replication_group(self, replication_group_id: str, retain_primary_cluster: bool | None) -> Any:  # noqa: FBT001  # moto's signature
        group = super().delete_replication_group(replication_group_id, retain_primary_cluster)
        self.replication_groups.pop(replication_group_id)
        return group

    def describe_cache_clusters(self, cache_cluster_id: str | None = None) -> list[Any]:
        members = [_member(group, name) for group in self.replication_groups.values() for name in group.member_clusters]
        if cache_cluster_id is None:
            return [*super().describe_cache_clusters(), *members]
        mine = [member for member in members if member["CacheClusterId"] == cache_cluster_id]
        return mine or list(super().describe_cache_clusters(cache_cluster_id))


def _member(group: Any, name: str) -> dict[str, Any]:
    """A node of a group as DescribeCacheClusters shows it."""
    version = group.engine_version or DEFAULT_VERSION
    return {
        "CacheClusterId": name,
        "ReplicationGroupId": group.replication_group_id,
        "CacheClusterStatus": group.status,
        "CacheNodeType": group.cache_node_type,
        "Engine": str(group.engine).lower(),
        "EngineVersion": version if version.count(".") > 1 else f"{version}.0",
        "NumCacheNodes": 1,
        "PreferredMaintenanceWindow": "sun:05:00-sun:06:00",
    }


class ElastiCacheResponses(ElastiCacheResponse):  # type: ignore[misc]  # moto ships no types
    """moto's, and what it leaves out."""

    def modify_replication_group(self) -> Any:
        answer = super().modify_replication_group()
        name = self._get_param("ReplicationGroupId")
        group = self.elasticache_backend.replication_groups[name]
        group.engine_version = self._get_param("EngineVersion") or group.engine_version
        return answer

    def modify_cache_subnet_group(self) -> ActionResult:
        [group] = self._subnet_groups()
        description = self._get_param("CacheSubnetGroupDescription")
        group.cache_subnet_group_description = description or group.cache_subnet_group_description
        group.subnet_ids = self._get_param("SubnetIds") or group.subnet_ids
        return ActionResult({"CacheSubnetGroup": group})

    def delete_cache_subnet_group(self) -> EmptyResult:
        [group] = self._subnet_groups()
        self.elasticache_backend.cache_subnet_groups.pop(group.cache_subnet_group_name)
        return EmptyResult()

    def describe_update_actions(self) -> ActionResult:
        """What knob `upkeep` says of these groups, in these states."""
        names, states = self._get_param("ReplicationGroupIds", []), self._get_param("UpdateActionStatus", [])
        rows = [{"ReplicationGroupId": name, **row} for name in names for row in settings.knobs().upkeep.get(name, [])]
        return ActionResult({"UpdateActions": [row for row in rows if row["UpdateActionStatus"] in states]})

    def _subnet_groups(self) -> Any:
        name = self._get_param("CacheSubnetGroupName")
        return self.elasticache_backend.describe_cache_subnet_groups(cache_subnet_group_name=name)


def install() -> None:
    """Use our backend and our responses."""
    use_backend(elasticache_backends, ElastiCache)
    use_responses(urls, ElastiCacheResponses)
