"""The right account and region, and a root stack: everything else is read only once this holds.

https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
"""

from upgrade.catalogue import Finding, Severity, check, fail
from upgrade.config.entry import StackEntry
from upgrade.facts.known import Known
from upgrade.facts.snapshot import Snapshot


@check(
    id="account-is-the-expected-one",
    title="The credentials lead to the configured account and region, and to a root stack",
    severity=Severity.BLOCKER,
    why="An upgrade of the wrong account, or of a nested stack by itself, is made before anybody notices.",
    remedy="Use the profile or role of the configured account, or correct account_id, region or stack_name.",
    requirements=("URS-18",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html",),
    guards_plan=True,
)
def check_account_is_the_expected_one(before: Snapshot, entry: StackEntry) -> None:
    identity = before.identity.value
    findings = []
    if identity.account != entry.account_id:
        findings.append(
            Finding(
                found=f"the credentials ({identity.arn}) belong to account {identity.account}",
                expected=f"account {entry.account_id}, as configured",
                remedy="switch to credentials of the configured account; nothing else was read",
                property="account_id",
            )
        )
    if identity.region != entry.region:
        findings.append(
            Finding(
                found=f"the run is in region {identity.region}",
                expected=f"region {entry.region}, as configured",
                remedy=f"unset whatever sets the region, or correct region in [stacks.{entry.name}]",
                property="region",
            )
        )
    # Only a stack that was read can be nested; that it could not be read is told by stack-is-at-rest.
    if isinstance(before.stack, Known) and (root := before.stack.value.root_arn or before.stack.value.parent_arn):
        findings.append(
            Finding(
                found=f"{before.stack.value.name} is a nested stack of {root}",
                expected="a root stack",
                remedy="name the root stack in stack_name and upgrade that",
                physical_id=before.stack.value.arn,
                property="stack_name",
            )
        )
    fail(findings)
