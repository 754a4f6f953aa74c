"""The database takes the changes that are planned for it, now.

RDS refuses storage changes for six hours after the last one and for as long as it optimizes, and anything at all while it
is not available; the update then fails, and so may its rollback.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.ModifyingExisting.html
"""

from datetime import datetime, timedelta

from upgrade.catalogue import Finding, Severity, When, check, fail, not_applicable
from upgrade.facts.changes import Plan, ResourceChange
from upgrade.facts.known import Fact
from upgrade.facts.services import Database
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.health import is_available

QUIET = timedelta(hours=6)
STORAGE = frozenset({"AllocatedStorage", "Iops", "StorageThroughput", "StorageType"})
OPTIMIZING = "storage-optimization"
FULL = "storage-full"


@check(
    id="rds-accepts-changes",
    title="The database is available and takes the planned changes now",
    severity=Severity.BLOCKER,
    when=When.START,
    why="A change RDS does not take at the moment fails the update, and can leave it in UPDATE_ROLLBACK_FAILED.",
    remedy="Wait until the database is available and its last storage change is over.",
    requirements=("URS-34",),
    references=("https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.ModifyingExisting.html",),
)
def check_rds_accepts_changes(before: Snapshot, plan: Fact[Plan], now: datetime) -> None:
    databases, changes = before.databases.value, {change.logical_id: change for change in plan.value.changes}
    if not databases:
        not_applicable("the stack has no RDS database")
    findings: list[Finding] = []
    warnings: list[Finding] = []
    for name, database in databases.items():
        change = changes.get(name)
        changed = before.storage_changes.value.get(name)
        problems = _problems(database, changed, now, storage=_changes_storage(change, database))
        told = [_finding(name, database, problem, remedy) for problem, remedy in problems]
        # Readiness of a database that the plan does not touch stops nothing.
        (warnings if change is None else findings).extend(told)
        if database.status == FULL:
            full = _finding(name, database, "is storage-full", "give it more storage first: RDS takes no other change")
            takes_it = change is None or _raises_storage(change, database)
            (warnings if takes_it else findings).append(full)
    fail(findings, warnings)


def _changes_storage(change: ResourceChange | None, database: Database) -> bool:
    """Whether storage would really change: a parameter that only catches up with the actual size changes nothing."""
    actual = str(database.allocated_storage)
    return change is not None and any(
        detail.name in STORAGE and not (detail.name == "AllocatedStorage" and detail.after == actual)
        for detail in change.details
    )


def _raises_storage(change: ResourceChange, database: Database) -> bool:
    sizes = [detail.after or "" for detail in change.details if detail.name == "AllocatedStorage"]
    return any(size.isdigit() and int(size) > database.allocated_storage for size in sizes)


def _problems(database: Database, changed: datetime | None, now: datetime, *, storage: bool) -> list[tuple[str, str]]:
    problems = []
    if not is_available(database) and database.status != FULL:
        problems.append((f"is {database.status}", _WAYS.get(database.status, "wait until it is available")))
    if database.pending:
        waiting = ", ".join(f"{name} = {value}" for name, value in sorted(database.pending.items()))
        problems.append((f"has changes pending: {waiting}", "apply them now, or wait for the maintenance window"))
    if storage and database.status == OPTIMIZING:
        problems.append(("still optimizes its storage, and the plan changes it", "wait until it is available"))
    if storage and changed is not None and now - changed < QUIET:
        until = changed + QUIET
        problems.append(
            (
                f"changed its storage at {changed:%Y-%m-%d %H:%M %Z}, and the plan changes it again",
                f"wait until {until:%Y-%m-%d %H:%M %Z}, or leave the storage as it is",
            )
        )
    return problems


_WAYS = {"stopped": "start it, then wait until it is available"}


def _finding(name: str, database: Database, problem: str, remedy: str) -> Finding:
    return Finding(
        found=f"{name} {problem}",
        expected="available, nothing pending, no storage change within six hours",
        remedy=remedy,
        logical_id=name,
        physical_id=database.identifier,
    )
