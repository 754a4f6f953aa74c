"""The role CloudFormation will use is there and lets CloudFormation use it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
"""

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable
from upgrade.config.entry import StackEntry
from upgrade.facts.snapshot import Snapshot

SERVICE = "cloudformation.amazonaws.com"


@check(
    id="service-role-exists",
    title="The role CloudFormation will use exists and trusts CloudFormation",
    severity=Severity.BLOCKER,
    why="Without its role CloudFormation can neither update the stack nor roll it back.",
    remedy="Create the role again, or let cloudformation.amazonaws.com assume it.",
    requirements=("URS-04",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html",),
)
def check_service_role_exists(before: Snapshot, entry: StackEntry) -> None:
    role, sticks = before.service_role.value, before.stack.value.role_arn
    if role is None:
        not_applicable("CloudFormation uses the permissions of the caller: neither stack nor configuration name a role")
    findings, warnings = [], []
    if not role.exists:
        findings.append(
            Finding(
                found=f"role {role.name} does not exist",
                expected="the role that CloudFormation will use",
                remedy="correct service_role_arn"
                if entry.service_role_arn
                else "create it again under the same ARN: the stack keeps using it",
                physical_id=role.arn,
                property="service_role_arn",
            )
        )
    elif SERVICE not in role.trusts:
        findings.append(
            Finding(
                found=f"role {role.name} trusts {', '.join(role.trusts) or 'no service'}, and not CloudFormation",
                expected=f"a role that {SERVICE} may assume",
                remedy=f"add {SERVICE} as a principal to the role's trust policy",
                physical_id=role.arn,
                property="service_role_arn",
            )
        )
    if entry.service_role_arn and entry.service_role_arn != sticks:
        warnings.append(
            Finding(
                found=f"this upgrade makes CloudFormation use {entry.service_role_arn}, where it has used "
                f"{sticks or 'the permissions of the caller'}",
                expected="a role that is meant: the stack keeps it for every later update",
                remedy="remove service_role_arn if that is not wanted",
                physical_id=entry.service_role_arn,
                property="service_role_arn",
            )
        )
    fail(findings, warnings)
