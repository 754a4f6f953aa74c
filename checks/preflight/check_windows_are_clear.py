"""AWS itself leaves databases, caches and search domains alone while the upgrade runs.

A backup or maintenance in the middle of an update makes changes wait, and takes the service down for moments.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Maintenance.html
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from upgrade.catalogue import Finding, Severity, When, check, not_applicable, warn
from upgrade.config.entry import StackEntry
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.upkeep import Upkeep
from upgrade.rules.windows import opens_between


@check(
    id="windows-are-clear",
    title="No backup or maintenance of database, cache or search falls into the upgrade",
    severity=Severity.WARNING,
    when=When.START,
    why="Changes wait while AWS backs up or maintains a service, and an upgrade that waits may run out of time.",
    remedy="Begin when the window has closed.",
    requirements=("URS-20",),
    references=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Maintenance.html",
        "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/maintenance-window.html",
    ),
)
def check_windows_are_clear(before: Snapshot, entry: StackEntry, now: datetime) -> None:
    upkeep = before.upkeep.value
    if not upkeep:
        not_applicable("the stack has no database, cache group or search domain")
    until = now + timedelta(minutes=entry.minutes)
    warn(
        [
            Finding(
                found=f"{name}: {problem}",
                expected=f"no backup and no maintenance between now and {until:%a %H:%M} UTC",
                remedy="begin when it is over",
                logical_id=name,
                physical_id=each.name,
            )
            for name, each in upkeep.items()
            for problem in _problems(each, now, until)
        ]
    )


def _problems(upkeep: Upkeep, now: datetime, until: datetime) -> Iterator[str]:
    if upkeep.backup and opens_between(upkeep.backup, now, until):
        yield f"its backup window is {upkeep.backup} UTC"
    for window in upkeep.maintenance:
        if opens_between(window, now, until):
            yield f"its maintenance window is {window} UTC"
    for work in upkeep.pending:
        if work.at is None:
            yield f"{work.what} is under way"
        elif work.at < until:
            yield f"{work.what} is due at {work.at:%Y-%m-%d %H:%M} UTC"
