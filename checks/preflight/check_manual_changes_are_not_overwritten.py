"""The plan does not take back what was changed by hand.

CloudFormation compares with what it last set, not with what is: a value changed by hand is overwritten without a word.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
"""

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable
from upgrade.config.entry import StackEntry
from upgrade.config.product import Product
from upgrade.errors import CannotTell
from upgrade.facts.changes import Plan
from upgrade.facts.drift import ResourceDrift
from upgrade.facts.known import Fact
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.drift import READABLE, DriftJudge, finding, is_tag
from upgrade.rules.overwriting import Fate, Touched, touched
from upgrade.rules.relevance import require_predicted
from upgrade.rules.survival import Survival


@check(
    id="manual-changes-are-not-overwritten",
    title="The plan sets no value that was changed by hand to another one",
    severity=Severity.BLOCKER,
    why="Somebody changed it for a reason, most likely in an incident; the update would take it back without a word.",
    remedy="Carry the value into a parameter, or undo it before the upgrade, or state it as expected drift.",
    requirement="The deployment is as CloudFormation last left it",
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html",),
)
def check_manual_changes_are_not_overwritten(
    before: Snapshot, plan: Fact[Plan], entry: StackEntry, product: Product
) -> None:
    drift, made = before.drift.value, plan.value
    changes, survival = {change.logical_id: change for change in made.changes}, Survival(made.changes)
    require_predicted(made, [row.logical_id for row in drift.rows if row.status == "MODIFIED"])
    planned = [row for row in drift.rows if row.logical_id in changes]
    if unread := [row for row in planned if row.status not in READABLE]:
        raise CannotTell(f"drift of what the plan changes is unknown: {', '.join(row.logical_id for row in unread)}")
    drifted = [row for row in planned if row.status == "MODIFIED"]
    if not drifted:
        not_applicable("nothing that the plan changes was changed by hand")
    judge = DriftJudge(entry, product, before.template.value, drift.detected_at)
    findings = [_unclear(row) for row in drifted if not row.differences]
    warnings: list[Finding] = []
    for row in drifted:
        stays = not survival.threats(row.logical_id)
        for each in touched(row, changes[row.logical_id], stays=stays):
            harmless = each.fate is Fate.ADOPTED or is_tag(each.difference.path)
            reason = judge.expected(row, each.difference.path)
            (warnings if harmless or reason else findings).append(_finding(each, reason))
    fail(findings, warnings)


def _unclear(row: ResourceDrift) -> Finding:
    return finding(row, "is MODIFIED, AWS does not say where, and the plan changes it")


def _finding(each: Touched, reason: str | None) -> Finding:
    row, difference = each.row, each.difference
    because = f" (expected: {reason})" if reason else ""
    actual = difference.actual or "absent"
    told = f"the plan adopts it: {each.planned}" if each.fate is Fate.ADOPTED else f"the plan sets {each.planned}"
    return Finding(
        found=f"{row.logical_id} {difference.path} is {actual}, set by hand; {told}{because}",
        expected=f"{actual}, or no change of it",
        remedy="carry the value into a parameter, or undo the change by hand first",
        logical_id=row.logical_id,
        physical_id=row.physical_id,
        property=difference.path,
    )
