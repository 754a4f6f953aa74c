"""The stack's policy lets CloudFormation do what is planned.

The policy is asked in the middle of the update, not when the change set is made: what it denies ends in a rollback.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
"""

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable
from upgrade.facts.changes import Plan, ResourceChange
from upgrade.facts.known import Fact
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.stack_policy import StackPolicy


@check(
    id="stack-policy-allows-the-plan",
    title="The stack policy allows every planned change",
    severity=Severity.BLOCKER,
    why="CloudFormation refuses what the stack policy denies only when it comes to it, and rolls the whole update back.",
    remedy="Have whoever wrote the stack policy allow the change; a change set can't override it.",
    requirements=("URS-13",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html",),
)
def check_stack_policy_allows_the_plan(before: Snapshot, plan: Fact[Plan]) -> None:
    text, made = before.stack_policy.value, plan.value
    if not text:
        not_applicable("the stack has no policy")
    policy = StackPolicy(text)
    findings, warnings = list[Finding](), list[Finding]()
    for change in made.changes:
        if "." not in change.logical_id:  # a stack's policy does not reach into those nested in it
            denied, may_be = policy.denials(change)
            findings += [_finding(change, reason) for reason in denied]
            warnings += [_finding(change, f"{reason}, which may turn out to be needed") for reason in may_be]
    fail(findings, warnings)


def _finding(change: ResourceChange, reason: str) -> Finding:
    return Finding(
        found=f"{change.logical_id} ({change.type}): in the stack policy {reason}",
        expected="a stack policy that allows this change",
        remedy="find out why it is protected, then have the policy's owner allow it for this update "
        "(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html)",
        logical_id=change.logical_id,
        physical_id=change.physical_id,
    )
