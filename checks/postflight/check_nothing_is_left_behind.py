"""What the update replaced or removed is gone.

CloudFormation deletes old resources at the very end. One that it can't delete, or is told to keep, stays outside the
stack; the stack is UPDATE_COMPLETE all the same.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from upgrade.catalogue import Finding, Severity, check, fail
from upgrade.config.product import Product
from upgrade.facts.operation import Operation
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Event
from upgrade.rules.actual import is_own, prefixes
from upgrade.rules.stateful import is_stateful


@check(
    id="nothing-is-left-behind",
    title="Nothing that the update replaced or removed is left behind",
    severity=Severity.BLOCKER,
    why="What is left behind belongs to no stack: it costs money, holds names and addresses, and may hold data.",
    remedy="Look at each resource by its physical id; keep what holds data, and have its owner decide on the rest.",
    requirements=("URS-23",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html",),
)
def check_nothing_is_left_behind(before: Snapshot, upgrade: Operation, product: Product) -> None:
    template = before.template.value
    deletions = (each for each in upgrade.events if each.status.startswith("DELETE_") and not is_own(each))
    last = {event.physical_id: event for event in deletions}
    prefix = prefixes(upgrade.events)
    findings, warnings = list[Finding](), list[Finding]()
    for event in last.values():
        if event.status in {"DELETE_FAILED", "DELETE_SKIPPED"}:
            name = prefix[event.stack_arn] + event.logical_id
            stateful = is_stateful(name, event.type, template, product)
            (findings if stateful else warnings).append(_finding(name, event))
    fail(findings, warnings)


def _finding(name: str, event: Event) -> Finding:
    kept = event.status == "DELETE_SKIPPED"
    because = f" ({event.reason})" if event.reason else ""
    return Finding(
        found=f"{name} ({event.type}) {event.physical_id} is left outside the stack: {event.status}{because}",
        expected="deleted",
        remedy="its template keeps it (DeletionPolicy, UpdateReplacePolicy): note who owns it from now on"
        if kept
        else "CloudFormation has given up: find out what holds it, then have its owner decide "
        "(https://repost.aws/knowledge-center/cloudformation-stack-delete-failed)",
        logical_id=name,
        physical_id=event.physical_id,
    )
