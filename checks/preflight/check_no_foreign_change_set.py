"""Nobody else is about to change the stack.

Executing a change set deletes all others of the stack, so whoever made one loses it.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-execute.html
"""

from upgrade.catalogue import Finding, Severity, check, warn
from upgrade.facts.changes import PREFIX, ListedChangeSet
from upgrade.facts.snapshot import Snapshot


@check(
    id="no-foreign-change-set",
    title="No change set of somebody else waits for the stack",
    severity=Severity.WARNING,
    why="Somebody is preparing another change: the upgrade would delete their change set, or theirs would follow on it.",
    remedy="Find out who made it and agree on an order.",
    requirements=("URS-22",),
    references=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-execute.html",
    ),
)
def check_no_foreign_change_set(before: Snapshot) -> None:
    warn([_finding(each) for each in before.change_sets.value if _waits(each) and not each.name.startswith(PREFIX)])


def _waits(change_set: ListedChangeSet) -> bool:
    """Whether it may still be executed; one that failed stays in the list until somebody deletes it."""
    return change_set.status != "FAILED" and change_set.execution_status in {"AVAILABLE", "UNAVAILABLE"}


def _finding(change_set: ListedChangeSet) -> Finding:
    return Finding(
        found=f"change set {change_set.name}, made at {change_set.created:%Y-%m-%d %H:%M %Z}, waits to be executed "
        f"({change_set.status})",
        expected="no change set but those of Plimsoll",
        remedy="find out who made it and whether it is still needed: executing the upgrade deletes it",
        physical_id=change_set.arn,
    )
