"""Everything that is backed up has a recent recovery point to go back to.

The update may lose what it should keep; the vendor's database has no backups of its own beside those of AWS Backup.
https://docs.aws.amazon.com/aws-backup/latest/devguide/recov-point-create-on-demand-backup.html
"""

from datetime import datetime

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable, tell
from upgrade.config.entry import StackEntry
from upgrade.config.product import Product
from upgrade.facts.backups import RecoveryPoint, Selection
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.backups import arns, is_recent, max_age, selected, unselected


@check(
    id="recovery-points-are-recent",
    title="Everything that is backed up has a recent recovery point",
    severity=Severity.BLOCKER,
    why="Without a recent recovery point, what an update damages is lost, or as old as the last good backup.",
    remedy="Make an on-demand backup, wait until it is completed, then run again.",
    requirements=("URS-31",),
    references=(
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/recov-point-create-on-demand-backup.html",
        "https://docs.codeocean.com/admin-guide/v2.22/the-admin-dashboard/backup-and-restore",
    ),
)
def check_recovery_points_are_recent(before: Snapshot, entry: StackEntry, product: Product, now: datetime) -> None:
    mine, points = arns(before.resources.value, before.identity.value), before.recovery_points.value
    taken = selected(mine, before.selections.value)
    # Where tags decide what is backed up, whatever has been backed up once counts as protected.
    protected = {name: point for name, point in points.items() if name in taken or point is not None}
    others = unselected(before.resources.value, product, protected)
    if not protected:
        not_applicable(f"nothing of the stack is backed up by AWS Backup (there is: {others or 'nothing to back up'})")
    age = max_age(entry, product)
    old = {name: point for name, point in protected.items() if not is_recent(point, now, age)}
    fail(
        [
            Finding(
                found=_newest(name, point),
                expected=f"a recovery point that is at most {age.total_seconds() / 3600:g} hours old",
                remedy="make one, and wait until it is completed",
                logical_id=name,
                physical_id=mine[name],
                paste=_line(mine[name], point, taken.get(name, []), entry),
            )
            for name, point in old.items()
        ]
    )
    if others:
        tell(f"in no backup selection: {others}")


def _newest(name: str, point: RecoveryPoint | None) -> str:
    if point is None:
        return f"{name} has no recovery point"
    return f"the newest recovery point of {name} is of {point.created:%Y-%m-%d %H:%M %Z}"


def _line(arn: str, point: RecoveryPoint | None, selections: list[Selection], entry: StackEntry) -> str:
    vaults = [vault for each in selections for vault in each.vaults] or [
        point.vault if point and point.vault else "VAULT"
    ]
    role = selections[0].role if selections else f"arn:aws:iam::{entry.account_id}:role/ROLE"
    return (
        f"aws backup start-backup-job --backup-vault-name {vaults[0]} --resource-arn {arn} --iam-role-arn {role} "
        f"--region {entry.region}"
    )
