"""What was skipped is as it is, whatever CloudFormation takes it for: drift detection tells how it differs.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
"""

from upgrade.catalogue import Finding, Severity, check, not_applicable, warn
from upgrade.facts.drift import ResourceDrift
from upgrade.facts.operation import Operation
from upgrade.facts.snapshot import Snapshot

AS_IT_SAYS = "as the template says that the stack was rolled back to"


@check(
    id="skipped-resources-have-not-drifted",
    title="What was skipped is as the template says",
    severity=Severity.WARNING,
    why="CloudFormation takes a skipped resource for rolled back; the next update builds on a state that is not there.",
    remedy="Bring each resource to what the template says, then detect its drift again.",
    requirements=("URS-39",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html",),
)
def check_skipped_resources_have_not_drifted(recovery: Operation, after: Snapshot) -> None:
    if not recovery.skipped:
        not_applicable("nothing was skipped")
    rows = {row.logical_id: row for row in after.drift.value.rows}
    findings = [_finding(name, rows.get(name)) for name in recovery.skipped]
    warn([finding for finding in findings if finding is not None])


def _finding(name: str, row: ResourceDrift | None) -> Finding | None:
    if row is None or row.status not in {"IN_SYNC", "MODIFIED", "DELETED"}:
        why = f" ({row.status}{f': {row.reason}' if row.reason else ''})" if row else ""
        return Finding(
            found=f"{name} was skipped, and drift detection does not tell how it is{why}",
            expected=AS_IT_SAYS,
            remedy="compare it with the template by hand",
            logical_id=name,
        )
    if row.status == "IN_SYNC":
        return None
    told = "; ".join(f"{each.path} is {each.actual}, not {each.expected}" for each in row.differences)
    return Finding(
        found=f"{name} was skipped and is {row.status}{f': {told}' if told else ''}",
        expected=AS_IT_SAYS,
        remedy="bring it to what the template says, by hand, before the next update",
        logical_id=name,
        physical_id=row.physical_id,
    )
