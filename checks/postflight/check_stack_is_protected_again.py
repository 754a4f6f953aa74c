"""Whatever protected the stack before the upgrade protects it now.

People switch protection off for an update, and forget it.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
"""

import json

from upgrade.catalogue import Finding, Severity, check, warn
from upgrade.facts.snapshot import Snapshot


@check(
    id="stack-is-protected-again",
    title="Termination protection and stack policy are as before",
    severity=Severity.WARNING,
    why="Protection that was taken away for the upgrade, and not put back, is missed when it is too late.",
    remedy="Set the protection again.",
    requirements=("URS-13",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html",),
    compares_baseline=True,
)
def check_stack_is_protected_again(before: Snapshot, after: Snapshot) -> None:
    was, stack = before.stack.value, after.stack.value
    findings = []
    if was.termination_protection and not stack.termination_protection:
        findings.append(
            Finding(
                found="termination protection is off",
                expected="on, as before the upgrade",
                remedy="switch it on again",
                physical_id=stack.arn,
                paste="aws cloudformation update-termination-protection --enable-termination-protection "
                f"--stack-name {stack.arn}",
            )
        )
    old, new = before.stack_policy.value, after.stack_policy.value
    if _parsed(old) != _parsed(new):
        findings.append(
            Finding(
                found=f"the stack policy is another one: {new or 'none'}",
                expected=old or "none",
                remedy="set the policy of before again, unless it was replaced on purpose",
                physical_id=stack.arn,
            )
        )
    warn(findings)


def _parsed(policy: str) -> object:
    return json.loads(policy) if policy else None
