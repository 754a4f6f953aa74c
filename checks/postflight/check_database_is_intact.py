"""The database after the upgrade is the database from before, available, and no smaller.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstance.html
"""

from collections.abc import Iterator, Mapping

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable
from upgrade.facts.changes import Plan
from upgrade.facts.known import Fact, Known
from upgrade.facts.operation import Ending, Operation
from upgrade.facts.services import Database
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.engines import Engine, is_older
from upgrade.rules.health import is_available

KEPT = {
    "resource_id": (),
    "engine": ("Engine",),
    "endpoint": ("Port", "DBInstanceIdentifier"),
    "encrypted": ("StorageEncrypted",),
    "kms_key": ("KmsKeyId",),
    "instance_class": ("DBInstanceClass",),
    "multi_az": ("MultiAZ",),
    "max_allocated_storage": ("MaxAllocatedStorage",),
}
"""Fields that must be as before, and the planned properties that may change each."""


@check(
    id="database-is-intact",
    title="The database is available and the same as before, or as planned",
    severity=Severity.BLOCKER,
    why="The update can end well while the database is restarting, smaller, unencrypted or another one.",
    remedy="Look at the database's events in RDS; keep users out until it is as it should be.",
    requirements=("URS-34",),
    references=("https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstance.html",),
    compares_baseline=True,
)
def check_database_is_intact(before: Snapshot, plan: Fact[Plan], upgrade: Operation, after: Snapshot) -> None:
    was, now = before.databases.value, after.databases.value
    if not was and not now:
        not_applicable("the stack has no RDS database")
    planned = {} if upgrade.ending is Ending.ROLLED_BACK else _planned(plan)
    findings: list[Finding] = []
    for name, old in was.items():
        new = now.get(name)
        problems = ["is gone"] if new is None else list(_problems(old, new, planned.get(name, {})))
        findings += [
            Finding(
                found=f"{name} {problem}",
                expected="available, and as before or as planned",
                remedy="look at the database's events in RDS",
                logical_id=name,
                physical_id=old.identifier,
            )
            for problem in problems
        ]
    fail(findings)


def _planned(plan: Fact[Plan]) -> dict[str, dict[str, str | None]]:
    """The properties the change set changes and their new values, by logical id."""
    if not isinstance(plan, Known):
        return {}
    return {change.logical_id: {d.name: d.after for d in change.details} for change in plan.value.changes}


def _problems(old: Database, new: Database, planned: Mapping[str, str | None]) -> Iterator[str]:
    if not is_available(new):
        yield f"is {new.status}"
    size = planned.get("AllocatedStorage") or ""
    if size.isdigit() and new.allocated_storage < int(size):
        yield f"has {new.allocated_storage} GiB instead of the planned {size}"
    elif new.allocated_storage < old.allocated_storage:
        yield f"shrank from {old.allocated_storage} to {new.allocated_storage} GiB"
    version = planned.get("EngineVersion")
    if version and is_older(Engine(new.engine, new.engine_version), Engine(new.engine, version)):
        yield f"has engine version {new.engine_version} instead of the planned {version}"
    elif not version and _major(new.engine_version) != _major(old.engine_version):
        yield f"has engine version {new.engine_version} instead of {old.engine_version}"
    for field, properties in KEPT.items():
        was, now = getattr(old, field), getattr(new, field)
        if was != now and not any(name in planned for name in properties):
            yield f"has {field.replace('_', ' ')} {now} instead of {was}"


def _major(version: str) -> str:
    """`15.7` → `15`: minor versions go ahead by themselves (AutoMinorVersionUpgrade)."""
    return version.partition(".")[0]
