"""Only what the rollback itself could not take back may be skipped.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html (ResourcesToSkip)
"""

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable
from upgrade.facts.snapshot import Snapshot


@check(
    id="skips-are-allowed",
    title="Every resource to skip is in UPDATE_FAILED because its rollback failed",
    severity=Severity.BLOCKER,
    why="CloudFormation refuses to skip anything else, and who names another resource means something else.",
    remedy="Name what the rollback could not take back, or leave --skip out.",
    requirements=("URS-39",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html",),
)
def check_skips_are_allowed(before: Snapshot, skips: tuple[str, ...]) -> None:
    if not skips:
        not_applicable("no resource is to be skipped")
    stuck = {each.name: each for each in before.stuck.value}
    allowed = [name for name, each in stuck.items() if each.may_be_skipped]
    remedy = f"what may be skipped: {', '.join(allowed) or 'nothing'}"
    findings = []
    for name in skips:
        if name in allowed:
            continue
        if name in stuck:
            found = f"{name} is in UPDATE_FAILED, but only because of another one: {stuck[name].reason}"
        else:
            found = f"{name} was not left in UPDATE_FAILED by the rollback"
        findings.append(Finding(found, "a resource whose own rollback failed", remedy, logical_id=name))
    fail(findings)
