"""AWS::ElastiCache: replication group and subnet group."""

from typing import Any

from sandbox.providers import names, tags
from sandbox.providers.base import Handled, Properties, Request
from sandbox.providers.guarded import changed, only
from sandbox.providers.shapes import accepted

NAME_LIMIT = 40
MODIFIABLE = (
    "AutomaticFailoverEnabled",
    "CacheNodeType",
    "Engine",
    "EngineVersion",
    "MultiAZEnabled",
    "ReplicationGroupDescription",
    "SnapshotRetentionLimit",
)


def _carry_tags(request: Request, elasticache: Any, arn: str) -> None:
    tags.carry(
        request,
        lambda added: elasticache.add_tags_to_resource(ResourceName=arn, Tags=tags.listed(added)),
        lambda keys: elasticache.remove_tags_from_resource(ResourceName=arn, TagKeys=keys),
    )


class ReplicationGroup:
    """AWS::ElastiCache::ReplicationGroup."""

    drift = True

    def create(self, request: Request) -> Handled:
        elasticache = request.client("elasticache")
        name = names.given(request, "ReplicationGroupId", NAME_LIMIT, lower=True)
        values = {
            **request.properties,
            "ReplicationGroupId": name,
            "PreferredCacheClusterAZs": request.properties.get("PreferredCacheClusterAZs"),
            "Tags": tags.listed(tags.wanted(request)),
        }
        made = elasticache.create_replication_group(**accepted(elasticache, "CreateReplicationGroup", values))
        return _handled(made["ReplicationGroup"])

    def update(self, request: Request) -> Handled:
        elasticache = request.client("elasticache")
        group = self._describe(request)
        differing = {
            name: request.properties[name]
            for name in MODIFIABLE
            if name in request.properties and changed(request, name)
        }
        if differing:
            values = accepted(elasticache, "ModifyReplicationGroup", differing)
            elasticache.modify_replication_group(
                **values, ReplicationGroupId=request.physical_id, ApplyImmediately=True
            )
        _carry_tags(request, elasticache, group["ARN"])
        return _handled(self._describe(request))

    def delete(self, request: Request) -> None:
        request.client("elasticache").delete_replication_group(ReplicationGroupId=request.physical_id)

    def read(self, request: Request) -> Properties:
        elasticache = request.client("elasticache")
        group = self._describe(request)
        found = elasticache.list_tags_for_resource(ResourceName=group["ARN"])["TagList"]
        return {
            "ReplicationGroupDescription": group["Description"],
            "AutomaticFailoverEnabled": group["AutomaticFailover"] == "enabled",
            "MultiAZEnabled": group["MultiAZ"] == "enabled",
            "CacheNodeType": group["CacheNodeType"],
            "TransitEncryptionEnabled": group["TransitEncryptionEnabled"],
            "AtRestEncryptionEnabled": group["AtRestEncryptionEnabled"],
            "NumCacheClusters": len(group["MemberClusters"]),
            "SnapshotRetentionLimit": group.get("SnapshotRetentionLimit"),
            "Tags": found,
        }

    @staticmethod
    def _describe(request: Request) -> dict[str, Any]:
        elasticache = request.client("elasticache")
        found: dict[str, Any] = only(
            elasticache.describe_replication_groups(ReplicationGroupId=request.physical_id)["ReplicationGroups"],
        )
        return only([found] if found["Status"] != "deleting" else [])


def _handled(group: dict[str, Any]) -> Handled:
    node = group["NodeGroups"][0]
    attributes = {"ReplicationGroupId": group["ReplicationGroupId"]}
    for name, key in (("PrimaryEndPoint", "PrimaryEndpoint"), ("ReaderEndPoint", "ReaderEndpoint")):
        if key in node:
            attributes[f"{name}.Address"] = node[key]["Address"]
            attributes[f"{name}.Port"] = str(node[key]["Port"])
    return Handled(group["ReplicationGroupId"], attributes)


class SubnetGroup:
    """AWS::ElastiCache::SubnetGroup."""

    drift = True

    def create(self, request: Request) -> Handled:
        elasticache = request.client("elasticache")
        name = names.given(request, "CacheSubnetGroupName", lower=True)
        elasticache.create_cache_subnet_group(
            CacheSubnetGroupName=name,
            CacheSubnetGroupDescription=request.properties["Description"],
            SubnetIds=request.properties["SubnetIds"],
            Tags=tags.listed(tags.wanted(request)),
        )
        return Handled(name, {})

    def update(self, request: Request) -> Handled:
        elasticache = request.client("elasticache")
        group = elasticache.modify_cache_subnet_group(
            CacheSubnetGroupName=request.physical_id,
            CacheSubnetGroupDescription=request.properties["Description"],
            SubnetIds=request.properties["SubnetIds"],
        )["CacheSubnetGroup"]
        _carry_tags(request, elasticache, group["ARN"])
        return Handled(request.physical_id, {})

    def delete(self, request: Request) -> None:
        request.client("elasticache").delete_cache_subnet_group(CacheSubnetGroupName=request.physical_id)

    def read(self, request: Request) -> Properties:
        group = self._describe(request)
        found = request.client("elasticache").list_tags_for_resource(ResourceName=group["ARN"])["TagList"]
        return {"Description": group["CacheSubnetGroupDescription"], "Tags": found}

    @staticmethod
    def _describe(request: Request) -> dict[str, Any]:
        elasticache = request.client("elasticache")
        found: dict[str, Any] = only(
            elasticache.describe_cache_subnet_groups(CacheSubnetGroupName=request.physical_id)["CacheSubnetGroups"],
        )
        return found
