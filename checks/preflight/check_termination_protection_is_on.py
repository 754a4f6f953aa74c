"""Nobody deletes the stack by mistake, before the upgrade or during it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html
"""

from upgrade.catalogue import Finding, Severity, check, warn
from upgrade.facts.snapshot import Snapshot


@check(
    id="termination-protection-is-on",
    title="Termination protection is on",
    severity=Severity.WARNING,
    why="Without it one wrong click or call deletes the stack, and with it every resource that is not retained.",
    remedy="Switch termination protection on.",
    requirements=("URS-13",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html",),
)
def check_termination_protection_is_on(before: Snapshot) -> None:
    stack = before.stack.value
    if not stack.termination_protection:
        warn(
            [
                Finding(
                    found=f"termination protection of {stack.name} is off",
                    expected="on",
                    remedy="switch it on; it does not get in the way of an update",
                    physical_id=stack.arn,
                    paste="aws cloudformation update-termination-protection --enable-termination-protection "
                    f"--stack-name {stack.arn}",
                )
            ]
        )
