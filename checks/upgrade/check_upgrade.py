"""The upgrade: one item between the phases, started only through an open gate.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html
"""

from collections.abc import Callable

from upgrade.catalogue import Finding, Severity, check, fail
from upgrade.facts.operation import Ending, Operation


@check(
    id="upgrade",
    title="The change set was executed and the update completed",
    severity=Severity.BLOCKER,
    why="This is the upgrade.",
    remedy="See the first cause; the stack's state and the way on are in the verdict.",
    requirement="Update the stack and follow it to its end",
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html",),
)
def check_upgrade(execute: Callable[[], Operation]) -> None:
    operation = execute()
    if operation.ending is Ending.COMPLETE:
        return
    cause = operation.cause
    fail(
        [
            Finding(
                found=f"{cause.logical_id}: {cause.reason}" if cause else operation.detail,
                expected="UPDATE_COMPLETE",
                remedy=f"correct this first cause before you upgrade again; {operation.detail}"
                if cause
                else operation.detail,
                logical_id=cause.logical_id if cause else "",
                physical_id=cause.physical_id if cause else "",
            )
        ]
    )
