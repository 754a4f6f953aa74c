"""What was backed up before is backed up after: the plan, its selection and the vault are still there for it.

A resource that was replaced, or a selection made anew, can fall out of the backup without anybody being told.
https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
"""

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.backups import arns, selected


@check(
    id="backups-still-cover-everything",
    title="Everything that was backed up still is",
    severity=Severity.BLOCKER,
    why="A resource that fell out of its backup is missed on the day it is needed.",
    remedy="Add the resource to a selection of a backup plan again, with a vault that exists.",
    requirements=("URS-32",),
    references=("https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html",),
    compares_baseline=True,
)
def check_backups_still_cover_everything(before: Snapshot, after: Snapshot) -> None:
    was = selected(arns(before.resources.value, before.identity.value), before.selections.value)
    if not was:
        not_applicable("no selection of a backup plan named a resource of the stack before the upgrade")
    mine, vaults = arns(after.resources.value, after.identity.value), after.vaults.value
    now = selected(mine, after.selections.value)
    findings = []
    for name in was:
        if name not in mine:  # out of the stack: whether that was planned, others judge
            continue
        goes_to = [vault for each in now.get(name, []) for vault in each.vaults]
        missing = [vault for vault in goes_to if vault not in vaults]
        if not goes_to:
            findings.append(_finding(name, mine[name], "is in no selection of a backup plan any more"))
        elif len(missing) == len(goes_to):
            findings.append(_finding(name, mine[name], f"is backed up into {', '.join(missing)}, which does not exist"))
    fail(findings)


def _finding(name: str, arn: str, problem: str) -> Finding:
    return Finding(
        found=f"{name} {problem}",
        expected="a selection that takes it in, as before, and a vault that exists",
        remedy="add it to a selection of a backup plan",
        logical_id=name,
        physical_id=arn,
    )
