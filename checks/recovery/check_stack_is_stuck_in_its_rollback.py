"""Only a rollback that has failed can be continued.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html
"""

from upgrade.catalogue import Finding, Severity, check, fail
from upgrade.config.entry import StackEntry
from upgrade.facts.known import Reason, Unknown
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import AT_REST
from upgrade.facts.stuck import STUCK


@check(
    id="stack-is-stuck-in-its-rollback",
    title=f"The stack is {STUCK}",
    severity=Severity.BLOCKER,
    why="CloudFormation continues a rollback that has failed, and nothing else.",
    remedy="See what state the stack is in; where it is at rest there is nothing to recover.",
    requirements=("URS-39",),
    references=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html",
    ),
)
def check_stack_is_stuck_in_its_rollback(before: Snapshot, entry: StackEntry) -> None:
    if isinstance(before.stack, Unknown) and before.stack.reason is Reason.NOT_FOUND:
        fail([Finding(f"no stack {entry.stack_name} in region {entry.region}", STUCK, "correct stack_name or region")])
    stack = before.stack.value
    if stack.status == STUCK:
        return
    if stack.status in AT_REST:
        remedy = "nothing is to be recovered: upgrade as usual"
    elif stack.status.endswith("_IN_PROGRESS"):
        remedy = "wait until the running operation has ended; CloudTrail knows who started it"
    else:
        remedy = "this is another state than that of a failed rollback: look at the stack's events in the console"
    fail([Finding(f"{stack.name} is {stack.status}", STUCK, remedy, physical_id=stack.arn)])
