"""The database has free storage, and room to grow by itself.

The vendor's own alarm on free storage has the wrong unit and never goes off, so it is measured here.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
"""

from collections.abc import Iterator

from upgrade.catalogue import Finding, Severity, check, not_applicable, warn
from upgrade.config.entry import StackEntry
from upgrade.facts.services import Database
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.storage import least_maximum

ID = "rds-can-still-grow"
GIB = 1024**3
FREE = 10
"""Per cent of the storage: below it RDS enlarges the storage, if it may."""


@check(
    id=ID,
    title="The database has free storage and can still grow",
    severity=Severity.WARNING,
    why="A database without free storage stops, and takes no change but more storage.",
    remedy="Give it more storage, or a higher maximum.",
    requirements=("URS-34",),
    references=("https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html",),
)
def check_rds_can_still_grow(before: Snapshot, entry: StackEntry) -> None:
    databases = before.databases.value
    if not databases:
        not_applicable("the stack has no RDS database")
    free, least = before.free_storage.value, entry.checks.threshold(ID, FREE)
    warn(
        [
            Finding(
                found=f"{name} {found}",
                expected=expected,
                remedy=remedy,
                logical_id=name,
                physical_id=database.identifier,
            )
            for name, database in databases.items()
            for found, expected, remedy in _problems(database, free.get(name), least)
        ]
    )


def _problems(database: Database, free: int | None, least: float) -> Iterator[tuple[str, str, str]]:
    actual, maximum = database.allocated_storage, database.max_allocated_storage
    if maximum is not None and maximum < least_maximum(actual):
        expected = f"a maximum of at least {least_maximum(actual)} GiB, 10 % above its size"
        yield f"has {actual} GiB and may grow to {maximum} GiB only", expected, "raise its maximum storage"
    if free is None:
        remedy = "look at FreeStorageSpace in CloudWatch"
        yield "has no measurement of its free storage in the last half hour", "one measurement a minute", remedy
    elif 100 * free <= least * actual * GIB:
        share = 100 * free / (actual * GIB)
        grows = "" if maximum else "; it does not grow by itself, storage autoscaling is off"
        yield f"has {share:.0f} % of {actual} GiB free{grows}", f"more than {least:g} % free", "give it more storage"
