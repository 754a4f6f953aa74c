"""A stack that is at work, or stuck, takes no change set.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html (stack status codes)
"""

from upgrade.catalogue import Finding, Severity, check, fail
from upgrade.config.entry import StackEntry
from upgrade.facts.changes import PREFIX
from upgrade.facts.known import Fact, Reason, Unknown
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import AT_REST, Event, Stack

WAYS_OUT = {
    "UPDATE_ROLLBACK_FAILED": "bring the stack back to rest first: mend the cause, then continue the rollback with --recover "
    "(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html)",
    "UPDATE_FAILED": "roll the stack back to its last good state first "
    "(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html)",
    "ROLLBACK_COMPLETE": "its creation failed: it can't be updated and has to be created anew",
    "ROLLBACK_FAILED": "its creation failed and so did its rollback: ask AWS support or the vendor",
    "CREATE_FAILED": "its creation failed: it can't be updated and has to be created anew",
    "REVIEW_IN_PROGRESS": "the stack was never created: execute the change set that waits to create it, or correct stack_name",
    "DELETE_FAILED": "somebody is deleting this stack: find out who and why",
}


@check(
    id="stack-is-at-rest",
    title="The stack and its nested stacks are at rest",
    severity=Severity.BLOCKER,
    why="CloudFormation refuses to update a stack that is at work or stuck, and two operations must never cross.",
    remedy="Wait for the running operation, or bring the stack back to rest.",
    requirements=("URS-33",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html",),
    guards_plan=True,
)
def check_stack_is_at_rest(before: Snapshot, entry: StackEntry) -> None:
    if isinstance(before.stack, Unknown) and before.stack.reason is Reason.NOT_FOUND:
        fail(
            [
                Finding(
                    found=f"no stack {entry.stack_name} in region {entry.region}",
                    expected="a deployed stack to upgrade",
                    remedy="correct stack_name or region; Plimsoll upgrades stacks, it does not create them",
                    property="stack_name",
                )
            ]
        )
    stacks = (before.stack.value, *before.nested.value)
    fail([_finding(stack, before.running) for stack in stacks if stack.status not in AT_REST])


def _finding(stack: Stack, running: Fact[Event | None]) -> Finding:
    because = f" ({stack.status_reason})" if stack.status_reason else ""
    remedy, paste = (
        WAYS_OUT.get(stack.status, "Plimsoll does not know this status: look at the stack's events in the console"),
        "",
    )
    if stack.status not in WAYS_OUT and stack.status.endswith("_IN_PROGRESS"):
        because += f", {_started(running)}"
        remedy = "wait until the running operation has ended; CloudTrail knows who started it"
        paste = f"aws cloudtrail lookup-events --lookup-attributes AttributeKey=ResourceName,AttributeValue={stack.arn}"
    return Finding(
        found=f"{stack.name} is {stack.status}{because}",
        expected="a status at rest, such as UPDATE_COMPLETE",
        remedy=remedy,
        physical_id=stack.arn,
        paste=paste,
    )


def _started(running: Fact[Event | None]) -> str:
    """Since when the operation runs and by which request, as far as that can be seen."""
    if isinstance(running, Unknown):
        return f"by whom is not known ({running})"
    if running.value is None:
        return "its beginning is not among its events"
    token = running.value.token
    by = "by Plimsoll " if token.startswith(PREFIX) else "in the console " if token.startswith("Console-") else ""
    return f"started {running.value.at:%Y-%m-%d %H:%M %Z} {by}by request {token or 'without a token'}"
