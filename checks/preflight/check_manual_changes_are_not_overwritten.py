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
from upgrade.rules.drift import ABSENT, READABLE, DriftJudge, finding, is_tag
from upgrade.rules.overwriting import Fate, Touched, touched
from upgrade.rules.relevance import require_predicted
from upgrade.rules.survival import Survival

REMEDY = (
    "set the parameter behind it to the value it has, or change it back by hand before the upgrade; if the value may be "
    "lost, declare it as expected_drift of the stack, with a reason"
)


@check(
    id="manual-changes-are-not-overwritten",
    title="The plan overwrites nothing that was changed by hand",
    severity=Severity.BLOCKER,
    why="Somebody changed it for a reason, most likely in an incident; the update would take it back without a word.",
    remedy="Set the parameter behind it to the value it has, or change it back before the upgrade, or declare it as expected_drift.",
    requirements=("URS-26",),
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
        raise CannotTell(
            f"whether these have drifted, which the plan changes, AWS can't tell: {', '.join(row.logical_id for row in unread)}"
        )
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
    return finding(
        row, "was changed outside CloudFormation, AWS does not tell which property, and the plan changes the resource"
    )


def _finding(each: Touched, reason: str | None) -> Finding:
    row, difference = each.row, each.difference
    because = f", which is known: {reason}" if reason else ""
    gone = difference.actual in ABSENT
    by_hand = "removed by hand" if gone else f"changed by hand to {difference.actual}"
    told = {
        Fate.ADOPTED: f"the plan keeps that and sets {each.planned}",
        Fate.OVERWRITTEN: f"the plan sets it to {each.planned}",
        Fate.UNCLEAR: "what the plan sets is known only during the update",
        Fate.REPLACED: "the plan replaces or removes the resource, or may do so, and the value is lost with it",
    }[each.fate]
    return Finding(
        found=f"{row.logical_id} {difference.path} was {by_hand}{because}; {told}",
        expected="a plan that leaves it alone" if gone else f"a plan that sets {difference.actual}, or leaves it alone",
        remedy=REMEDY if each.fate is not Fate.ADOPTED and not reason else "",
        logical_id=row.logical_id,
        physical_id=row.physical_id,
        property=difference.path,
    )
