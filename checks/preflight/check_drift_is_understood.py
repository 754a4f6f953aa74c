"""What was changed by hand is known before an upgrade builds on it.

Judged by resource rows, never by the stack's summary, which counts expected drift and knows nothing of what was not
checked. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
"""

from collections.abc import Mapping
from datetime import datetime

from upgrade.catalogue import Finding, Severity, check, fail
from upgrade.config.entry import StackEntry
from upgrade.config.product import Product
from upgrade.errors import CannotTell
from upgrade.facts.drift import Drift, PropertyDifference, ResourceDrift
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Template

READABLE = frozenset({"IN_SYNC", "MODIFIED", "DELETED", "NOT_CHECKED", "UNSUPPORTED"})
ALWAYS_CHECKED = frozenset({"AWS::RDS::DBInstance", "AWS::EC2::SecurityGroup", "AWS::S3::Bucket", "AWS::IAM::Role"})
"""Critical types that drift detection supports: one of these without a row means that our picture has a hole.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resource-import-supported-resources.html"""

INLINE_RULES = ("/SecurityGroupIngress", "/SecurityGroupEgress")
TAGS = ("/Tags/", "/BackupVaultTags/")


@check(
    id="drift-is-understood",
    title="No resource is deleted or changed by hand where it matters",
    severity=Severity.BLOCKER,
    why="An update overwrites what was changed by hand, or fails on what was deleted.",
    remedy="Undo the change, carry it into the template's parameters, or state it as expected drift with an expiry.",
    requirement="The deployment is as CloudFormation last left it",
    references=(
        "https://docs.codeocean.com/admin-guide/troubleshooting-guide/detecting-drift-in-aws-cloudformation-stacks",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html",
    ),
)
def check_drift_is_understood(before: Snapshot, entry: StackEntry, product: Product) -> None:
    drift = before.drift.value if before.drift else None
    if drift is None:
        raise CannotTell("drift was not read")
    _require_coverage(before, drift)
    unreadable = [row for row in drift.rows if row.status not in READABLE]
    if critical := [row for row in unreadable if product.is_critical_type(row.type)]:
        named = ", ".join(f"{row.logical_id}: {row.status} {row.reason}".strip() for row in critical)
        raise CannotTell(f"drift of critical resources is unknown: {named}")
    judge = _Judge(entry, product, before.template.value, drift.detected_at)
    findings: list[Finding] = []
    warnings = [_finding(row, f"drift unknown: {row.status} {row.reason}") for row in unreadable]
    for row in drift.rows:
        if row.status == "DELETED":
            findings.append(_finding(row, "was deleted outside CloudFormation"))
        elif row.status == "MODIFIED":
            blocking, told = judge.modified(row)
            findings += blocking
            warnings += told
    fail(findings, warnings)


def _require_coverage(before: Snapshot, drift: Drift) -> None:
    """What CloudFormation always checks must have been checked; a detection without rows has looked at nothing."""
    checked = {row.logical_id for row in drift.rows if row.status not in {"NOT_CHECKED", "UNSUPPORTED"}}
    resources = before.resources.value
    missing = [r.logical_id for r in resources if r.type in ALWAYS_CHECKED and r.logical_id not in checked]
    if resources and (missing or not drift.rows):
        raise CannotTell(f"drift detection says nothing about {', '.join(missing) or 'any resource'}")


class _Judge:
    """What a difference means for this stack at this time."""

    def __init__(self, entry: StackEntry, product: Product, deployed: Template, at: datetime) -> None:
        self._entry, self._product, self._deployed, self._at = entry, product, deployed, at

    def modified(self, row: ResourceDrift) -> tuple[list[Finding], list[Finding]]:
        """Blocking findings and warnings of a MODIFIED row; one without differences is no proof of anything harmless."""
        if not row.differences:
            finding = _finding(row, "is MODIFIED, and AWS does not say where")
            return ([finding], []) if self._product.is_critical_type(row.type) else ([], [finding])
        blocking: list[Finding] = []
        warnings: list[Finding] = []
        for difference in row.differences:
            reason = self._expected(row, difference.path)
            finding = _finding(row, _said(difference) + (f" (expected: {reason})" if reason else ""), difference.path)
            stops = reason is None and not _is_tag(difference) and self._is_critical(row, difference.path)
            (blocking if stops else warnings).append(finding)
        return blocking, warnings

    def _is_critical(self, row: ResourceDrift, path: str) -> bool:
        # A neighbour stack may add rules of its own to a group whose rules the template declares one by one.
        added = path.startswith(INLINE_RULES) and not self._declares(row.logical_id, path.split("/")[1])
        return not added and self._product.is_critical(row.type, path)

    def _declares(self, logical_id: str, name: str) -> bool:
        node: object = self._deployed.body
        for key in ("Resources", logical_id, "Properties"):
            node = node.get(key) if isinstance(node, Mapping) else None
        return isinstance(node, Mapping) and name in node

    def _expected(self, row: ResourceDrift, path: str) -> str | None:
        for known in self._entry.expected_drift:
            covers = path == known.property or path.startswith(known.property + "/")
            if known.resource == row.logical_id and covers and known.expires > self._at:
                return known.reason
        version = self._product.version_of(self._deployed)
        return self._product.expects_drift(row.logical_id, row.type, path, version)


def _is_tag(difference: PropertyDifference) -> bool:
    return f"{difference.path}/".startswith(TAGS)


def _said(difference: PropertyDifference) -> str:
    return f"{difference.path} is {difference.actual or 'absent'} instead of {difference.expected or 'absent'}"


def _finding(row: ResourceDrift, said: str, path: str = "") -> Finding:
    return Finding(
        found=f"{row.logical_id} {said}",
        expected="as CloudFormation last set it",
        remedy="undo it, or carry it into the configuration",
        logical_id=row.logical_id,
        physical_id=row.physical_id,
        property=path,
    )
