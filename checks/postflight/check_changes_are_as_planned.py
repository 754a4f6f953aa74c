"""What the update did is what the change set said, resource by resource.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html
"""

from upgrade.catalogue import Finding, Severity, check, fail, tell
from upgrade.facts.actual import Agreement, Compared, Happened
from upgrade.facts.changes import Plan
from upgrade.facts.known import Fact
from upgrade.facts.operation import Operation
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.actual import actual_changes, compare


@check(
    id="changes-are-as-planned",
    title="Every executed change was planned, and every planned one was executed",
    severity=Severity.BLOCKER,
    why="A change nobody planned was approved by nobody; a planned one that did not happen leaves the upgrade incomplete.",
    remedy="Compare the events of the resource with the plan, and look at the resource itself.",
    requirements=("URS-23",),
    references=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html",
    ),
)
def check_changes_are_as_planned(before: Snapshot, plan: Fact[Plan], upgrade: Operation) -> None:
    made = plan.value
    physical_ids = {resource.logical_id: resource.physical_id for resource in before.resources.value}
    actual = actual_changes(upgrade.events, physical_ids)
    rows = compare(made.changes, actual, made.stack_arn, upgrade.ending)
    fail([_finding(row) for row in rows if row.agreement in {Agreement.NOT_AS_PLANNED, Agreement.NOT_PLANNED}])
    untouched = [
        row.logical_id for row in rows if row.actual is Happened.UNTOUCHED and row.agreement is Agreement.AS_PLANNED
    ]
    unjudged = [row.logical_id for row in rows if row.agreement is Agreement.NOT_JUDGED]
    told = [
        *([f"had nothing to change in the end: {', '.join(untouched)}"] if untouched else []),
        *([f"not judged: {', '.join(unjudged)}"] if unjudged else []),
    ]
    if told:
        tell("; ".join(told))


def _finding(row: Compared) -> Finding:
    return Finding(
        found=f"{row.logical_id} ({row.type}) was {row.actual}",
        expected=f"{row.planned}, as planned" if row.planned else "no change: the plan does not name it",
        remedy=f"look at the resource and its events; {row.note}",
        logical_id=row.logical_id,
    )
