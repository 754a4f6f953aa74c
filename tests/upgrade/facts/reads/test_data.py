"""Volumes, search domains, caches, file systems and free storage: where they are read, refused and absent."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.builders import entry, known, unknown
from tests.upgrade import things
from tests.upgrade.world import World
from upgrade.facts.data import StatefulService
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.reads.data import DataReads
from upgrade.facts.stack import Resource

VOLUME, DATABASE = "AWS::EC2::Volume", "AWS::RDS::DBInstance"
SEARCH, CACHE, FILES = "AWS::OpenSearchService::Domain", "AWS::ElastiCache::ReplicationGroup", "AWS::EFS::FileSystem"

Read = Callable[[DataReads, Any], Fact[Any]]


def reads(world: World) -> DataReads:
    return DataReads(world.source(entry(product="generic")))


def resources(*found: tuple[str, str, str]) -> Known[tuple[Resource, ...]]:
    """Logical id, physical id and type of each, among others."""
    return known(
        tuple(Resource(*row, "UPDATE_COMPLETE") for row in (("Topic", "arn:topic", "AWS::SNS::Topic"), *found))
    )


def value(fact: Fact[Any]) -> Any:
    assert isinstance(fact, Known), fact
    return fact.value


def reason(fact: Fact[Any]) -> Reason:
    assert isinstance(fact, Unknown), fact
    return fact.reason


def test_volumes_are_told_with_their_last_modification(world: World) -> None:
    grown, quiet, ec2 = things.volume(world, 100), things.volume(world, 50), world.client("ec2")
    world.faults(optimize_delay=3600.0)
    ec2.modify_volume(VolumeId=grown, Size=200)
    found = value(reads(world).volumes(resources(("Grown", grown, VOLUME), ("Quiet", quiet, VOLUME))))
    assert {name: (each.id, each.size, each.modification) for name, each in found.items()} == {
        "Grown": (grown, 200, "optimizing"),
        "Quiet": (quiet, 50, ""),
    }
    assert found["Quiet"].state == "available"


def test_the_key_of_an_encrypted_volume_is_told(world: World) -> None:
    found = value(reads(world).volumes(resources(("V", things.volume(world, 10, Encrypted=True), VOLUME))))
    assert found["V"].kms_key.startswith("arn:aws:kms:")


def test_search_domain_cache_and_file_system_are_told_with_engine_and_state(world: World) -> None:
    domain, cache, files = f"d{uuid4().hex[:8]}", f"c{uuid4().hex[:8]}", str(uuid4())
    world.client("opensearch").create_domain(DomainName=domain, EngineVersion="OpenSearch_1.3")
    world.client("elasticache").create_replication_group(
        ReplicationGroupId=cache,
        ReplicationGroupDescription="cache",
        Engine="redis",
        EngineVersion="7.1",
        NumCacheClusters=2,
        AutomaticFailoverEnabled=True,
    )
    system = world.client("efs").create_file_system(CreationToken=files)["FileSystemId"]
    rows = resources(("Search", domain, SEARCH), ("Cache", cache, CACHE), ("Files", system, FILES))
    assert value(reads(world).stateful_services(rows)) == {
        "Search": StatefulService(domain, "available", "OpenSearch", "1.3"),
        "Cache": StatefulService(cache, "available", "redis", "7.1.0"),
        "Files": StatefulService(system, "available"),
    }


def test_the_last_measurement_of_free_storage_is_told_in_bytes(world: World) -> None:
    name, cloudwatch = things.database(world), world.client("cloudwatch")
    row = resources(("D", name, DATABASE))
    assert value(reads(world).free_storage(row)) == {"D": 42 * 1024**3}
    measured = {"Dimensions": [{"Name": "DBInstanceIdentifier", "Value": name}], "MetricName": "FreeStorageSpace"}
    now = reads(world).source.clock.now()
    for ago, free in ((600, 5.0), (120, 3.0)):
        point = {**measured, "Value": free, "Timestamp": now.timestamp() - ago}
        cloudwatch.put_metric_data(Namespace="AWS/RDS", MetricData=[point])
    assert value(reads(world).free_storage(row)) == {"D": 3}


def test_an_old_measurement_is_none(world: World) -> None:
    name = things.database(world)
    point = {
        "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": name}],
        "MetricName": "FreeStorageSpace",
        "Value": 5.0,
        "Timestamp": reads(world).source.clock.now().timestamp() - 7200,
    }
    world.client("cloudwatch").put_metric_data(Namespace="AWS/RDS", MetricData=[point])
    assert value(reads(world).free_storage(resources(("D", name, DATABASE)))) == {"D": None}


@pytest.mark.parametrize("read", [DataReads.volumes, DataReads.stateful_services, DataReads.free_storage])
def test_a_stack_without_any_asks_nobody(world: World, read: Read) -> None:
    sent = len(world.calls())
    assert value(read(reads(world), resources())) == {}
    assert len(world.calls()) == sent


REFUSED: list[tuple[Read, str, tuple[str, str, str]]] = [
    (DataReads.volumes, "DescribeVolumes", ("V", "vol-0123456789abcdef0", VOLUME)),
    (DataReads.volumes, "DescribeVolumesModifications", ("V", "", VOLUME)),
    (DataReads.stateful_services, "DescribeDomain", ("S", "domain", SEARCH)),
    (DataReads.stateful_services, "DescribeReplicationGroups", ("C", "cache", CACHE)),
    (DataReads.stateful_services, "DescribeFileSystems", ("F", "fs-0123456789abcdef0", FILES)),
    (DataReads.free_storage, "GetMetricStatistics", ("D", "database", DATABASE)),
]


@pytest.mark.parametrize(("read", "action", "row"), REFUSED, ids=[action for _, action, _ in REFUSED])
def test_what_is_denied_is_unknown_and_names_the_action(
    world: World, read: Read, action: str, row: tuple[str, str, str]
) -> None:
    logical_id, name, type_ = row
    found = resources((logical_id, name or things.volume(world, 10), type_))
    world.fail(action, "denied")
    fact = read(reads(world), found)
    assert reason(fact) is Reason.DENIED
    assert str(fact).partition(":")[2].startswith(action)


ABSENT: list[tuple[Read, tuple[str, str, str]]] = [
    (read, row) for read, action, row in REFUSED if row[1] and action != "GetMetricStatistics"
]


@pytest.mark.parametrize(("read", "row"), ABSENT, ids=[row[1] for _, row in ABSENT])
def test_what_is_absent_is_not_found(world: World, read: Read, row: tuple[str, str, str]) -> None:
    assert reason(read(reads(world), resources(row))) is Reason.NOT_FOUND


@pytest.mark.parametrize("read", [DataReads.volumes, DataReads.stateful_services, DataReads.free_storage])
def test_without_the_resources_nothing_is_asked(world: World, read: Read) -> None:
    assert reason(read(reads(world), unknown())) is Reason.BLOCKED
