"""Windows and planned work of databases, cache groups and search domains, as their services tell them."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from tests.builders import entry, known, unknown
from tests.upgrade import things
from tests.upgrade.world import World
from upgrade.facts.known import Fact, Reason, Unknown
from upgrade.facts.reads.upkeep import UpkeepReads
from upgrade.facts.stack import Resource
from upgrade.facts.upkeep import Upkeep, Upkeeps, Work

DATABASE, CACHE, SEARCH = (
    "AWS::RDS::DBInstance",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::OpenSearchService::Domain",
)
DUE = datetime(2026, 12, 1, 3, tzinfo=UTC)


def read(world: World, *found: tuple[str, str]) -> Fact[Upkeeps]:
    rows = known(tuple(Resource("X", id_, type_, "UPDATE_COMPLETE") for type_, id_ in found))
    return UpkeepReads(world.source(entry(product="generic"))).upkeep(rows)


def cache(world: World) -> str:
    made = world.client("elasticache").create_replication_group(
        ReplicationGroupId=f"g{uuid4().hex[:12]}",
        ReplicationGroupDescription="x",
        NumCacheClusters=2,
        Engine="redis",
        CacheNodeType="cache.t3.micro",
        AutomaticFailoverEnabled=True,
    )
    return str(made["ReplicationGroup"]["ReplicationGroupId"])


def domain(world: World) -> str:
    made = world.client("opensearch").create_domain(DomainName=f"d{uuid4().hex[:12]}")
    return str(made["DomainStatus"]["DomainName"])


def test_a_database(world: World) -> None:
    name = things.database(
        world,
        BackupRetentionPeriod=7,
        PreferredBackupWindow="03:00-04:00",
        PreferredMaintenanceWindow="sun:05:00-sun:06:00",
    )
    due = {"Action": "system-update", "CurrentApplyDate": DUE.isoformat()}
    world.faults(upkeep={name: [due, {"Action": "db-upgrade"}]})
    assert read(world, (DATABASE, name)).value["X"] == Upkeep(
        name, "03:00-04:00", ("sun:05:00-sun:06:00",), (Work("system-update", DUE),)
    )


def test_a_database_without_backups_has_no_backup_window(world: World) -> None:
    name = things.database(world, BackupRetentionPeriod=0)
    assert read(world, (DATABASE, name)).value["X"].backup == ""


def test_a_cache_group(world: World) -> None:
    name = cache(world)
    rows = [
        {"ServiceUpdateName": "s-1", "UpdateActionStatus": "in-progress"},
        {"ServiceUpdateName": "s-2", "UpdateActionStatus": "not-applied"},
    ]
    world.faults(upkeep={name: rows})
    found = read(world, (CACHE, name)).value["X"]
    assert (found.name, found.pending) == (name, (Work("service update s-1", None),))
    assert len(found.maintenance) == 1


@pytest.mark.parametrize(
    ("options", "pending"),
    [
        ({"UpdateStatus": "COMPLETED"}, ()),
        ({"UpdateStatus": "ELIGIBLE", "AutomatedUpdateDate": 0}, ()),
        ({"UpdateStatus": "PENDING_UPDATE", "AutomatedUpdateDate": 0}, ()),
        (
            {"UpdateStatus": "PENDING_UPDATE", "NewVersion": "R2", "AutomatedUpdateDate": DUE.timestamp()},
            (Work("service software update R2", DUE),),
        ),
        ({"UpdateStatus": "IN_PROGRESS"}, (Work("service software update", None),)),
    ],
)
def test_a_search_domain(world: World, options: dict[str, object], pending: tuple[Work, ...]) -> None:
    name = domain(world)
    world.faults(upkeep={name: options})
    assert read(world, (SEARCH, name)).value["X"] == Upkeep(name, "", (), pending)


def test_a_refusal_names_the_action(world: World) -> None:
    name = things.database(world)
    world.fail("DescribePendingMaintenanceActions", "denied")
    found = read(world, (DATABASE, name))
    assert isinstance(found, Unknown)
    assert (found.reason, found.call) == (Reason.DENIED, "rds:DescribePendingMaintenanceActions")


def test_where_there_is_none_nobody_is_asked(world: World) -> None:
    sent = len(world.calls())
    assert read(world).value == {}
    assert len(world.calls()) == sent
    found = UpkeepReads(world.source(entry(product="generic"))).upkeep(unknown())
    assert isinstance(found, Unknown)
