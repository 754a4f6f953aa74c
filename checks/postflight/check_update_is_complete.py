"""The operation ended, and the stack says the same; of an upgrade that is only verified, the newest update.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from upgrade.catalogue import Finding, Severity, check, fail
from upgrade.facts.operation import Ending, Operation
from upgrade.facts.snapshot import Snapshot


@check(
    id="update-is-complete",
    title="The update ended and the stack is UPDATE_COMPLETE",
    severity=Severity.BLOCKER,
    why="A status alone may be that of an earlier update; the last event of our own operation is proof.",
    remedy="Look at the stack's events: another operation may have begun.",
    requirements=("URS-16",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html",),
)
def check_update_is_complete(upgrade: Operation, after: Snapshot) -> None:
    stack = after.stack.value
    findings = []
    if upgrade.ending is not Ending.COMPLETE or not upgrade.events:
        findings.append(
            Finding(
                upgrade.detail,
                "an update that has ended in UPDATE_COMPLETE",
                "look at the stack's events for the first that failed",
            )
        )
    if stack.status != "UPDATE_COMPLETE":
        findings.append(
            Finding(
                found=f"{stack.name} is {stack.status}",
                expected="UPDATE_COMPLETE",
                remedy="look at the stack's events for what began after the update",
                physical_id=stack.arn,
            )
        )
    fail(findings)
