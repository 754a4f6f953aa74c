"""Copies of recovery points arrive in the vault they are copied to.

Copying fails silently: the vendor's function that copies only logs its errors. So the copy jobs are looked at, and the
vault itself where an entry can read it.
https://docs.aws.amazon.com/aws-backup/latest/devguide/recov-point-create-a-copy.html
"""

from datetime import datetime

from upgrade.catalogue import Finding, Severity, check, not_applicable, tell, warn
from upgrade.config.entry import StackEntry
from upgrade.config.product import Product
from upgrade.facts.backups import CopyJob, RecoveryPoint
from upgrade.facts.known import Known, Unknown
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.backups import arns, destinations, is_recent, max_age, selected

DONE = "COMPLETED"


@check(
    id="backup-copies-arrive",
    title="Copies of recovery points arrive where they are copied to",
    severity=Severity.WARNING,
    why="Copies that stopped arriving are noticed on the day they are needed.",
    remedy="Look at the copy jobs in AWS Backup and at the log of whatever starts them.",
    requirements=("URS-32",),
    references=("https://docs.aws.amazon.com/aws-backup/latest/devguide/recov-point-create-a-copy.html",),
)
def check_backup_copies_arrive(before: Snapshot, entry: StackEntry, product: Product, now: datetime) -> None:
    vaults = destinations(before.stack.value, product, before.selections.value)
    if not vaults:
        not_applicable("backups are copied to no other vault")
    mine = arns(before.resources.value, before.identity.value)
    age, arrived, jobs = max_age(entry, product), before.arrived.value, before.copy_jobs.value
    findings, unread = list[Finding](), set[str]()
    for vault in vaults:
        there = arrived.get(vault)
        if isinstance(there, Unknown):
            unread.add(f"what lies in {vault} was not looked at: {there}")
        for name in selected(mine, before.selections.value):
            copies = [job for job in jobs if (job.resource, job.destination) == (mine[name], vault)]
            copied = any(job.state == DONE and now - job.at <= age for job in copies)
            points = [p for p in there.value if p.resource == mine[name]] if isinstance(there, Known) else None
            lies_there = copied if points is None else any(is_recent(point, now, age) for point in points)
            if not lies_there:
                findings.append(_finding(name, mine[name], vault, copies, points))
    warn(findings)
    if unread:
        tell("; ".join(sorted(unread)))


def _finding(name: str, arn: str, vault: str, copies: list[CopyJob], points: list[RecoveryPoint] | None) -> Finding:
    newest = copies[0] if copies else None
    told = (
        f"its last copy job is {newest.state} ({newest.at:%Y-%m-%d %H:%M %Z}): {newest.message}".removesuffix(": ")
        if newest
        else "there is no copy job"
    )
    return Finding(
        found=f"{name} has no recent copy in {vault}; {told}",
        expected="a copy as recent as its recovery points" + (", in the vault itself" if points is not None else ""),
        remedy="find out why the copy fails, and copy its newest recovery point by hand",
        logical_id=name,
        physical_id=arn,
    )
