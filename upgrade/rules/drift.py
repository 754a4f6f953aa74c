"""What drift means for a stack at a time: which rows stop an upgrade, which are told, and whether the picture is whole. Pure.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from upgrade.catalogue import Finding
from upgrade.config.entry import StackEntry
from upgrade.config.product import Product
from upgrade.errors import CannotTell
from upgrade.facts.drift import Drift, PropertyDifference, ResourceDrift
from upgrade.facts.stack import Resource, Template

READABLE = frozenset({"IN_SYNC", "MODIFIED", "DELETED", "NOT_CHECKED", "UNSUPPORTED"})
ALWAYS_CHECKED = frozenset({"AWS::RDS::DBInstance", "AWS::EC2::SecurityGroup", "AWS::S3::Bucket", "AWS::IAM::Role"})
"""Critical types that drift detection supports: one of these without a row means that our picture has a hole.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resource-import-supported-resources.html"""

SEEN = {
    "IN_SYNC": "in sync",
    "MODIFIED": "drifted",
    "DELETED": "drifted",
    "NOT_CHECKED": "not checked",
    "UNSUPPORTED": "unsupported",
}
"""What a row's status says of the coverage; any other is unreadable."""

ABSENT = frozenset({"", "null"})
KEYS = frozenset({"AWS::KMS::Key", "AWS::KMS::ReplicaKey"})
INLINE_RULES = ("/SecurityGroupIngress", "/SecurityGroupEgress")
TAGS = ("/Tags/", "/BackupVaultTags/")


class DriftJudge:
    """What a difference means for this stack at this time."""

    def __init__(self, entry: StackEntry, product: Product, deployed: Template, at: datetime) -> None:
        self._entry, self._product, self._deployed, self._at = entry, product, deployed, at

    def judged(self, drift: Drift, resources: Iterable[Resource]) -> tuple[list[Finding], list[Finding]]:
        """What stops an upgrade, and what is only told.

        Raises:
            CannotTell: something that matters was not looked at.
        """
        _require_coverage(drift, tuple(resources))
        unreadable = [row for row in drift.rows if row.status not in READABLE]
        if critical := [row for row in unreadable if self._product.is_critical_type(row.type)]:
            named = ", ".join(f"{row.logical_id}: {row.status} {row.reason}".strip() for row in critical)
            raise CannotTell(f"whether critical resources have drifted is not known: {named}")
        findings: list[Finding] = []
        warnings = [
            replace(
                finding(row, f"may have drifted, AWS can't tell: {row.status} {row.reason}".rstrip()),
                remedy="compare it with its template by hand, or run again",
            )
            for row in unreadable
        ]
        for row in drift.rows:
            if row.status == "DELETED":
                findings.append(_deleted(row))
            elif row.status == "MODIFIED":
                blocking, told = self._modified(row)
                findings += blocking
                warnings += told
        return findings, warnings

    def expected(self, row: ResourceDrift, path: str) -> str | None:
        """Why a difference is expected: by the configuration, until its day, or by the product in this version."""
        for known in self._entry.expected_drift:
            covers = path == known.property or path.startswith(known.property + "/")
            if known.resource == row.logical_id and covers and known.expires > self._at:
                return known.reason
        version = self._product.version_of(self._deployed)
        return self._product.expects_drift(row.logical_id, row.type, path, version)

    def _modified(self, row: ResourceDrift) -> tuple[list[Finding], list[Finding]]:
        """Blocking findings and warnings of a MODIFIED row; one without differences is no proof of anything harmless."""
        if not row.differences:
            unclear = finding(row, "was changed outside CloudFormation, and AWS does not tell which property")
            return ([unclear], []) if self._product.is_critical_type(row.type) else ([], [unclear])
        blocking: list[Finding] = []
        warnings: list[Finding] = []
        for difference in row.differences:
            reason = self.expected(row, difference.path)
            said = finding(row, _said(difference) + (f", which is known: {reason}" if reason else ""), difference.path)
            if reason:
                said = replace(said, expected="this difference, or none", remedy="")
            stops = reason is None and not is_tag(difference.path) and self._is_critical(row, difference.path)
            (blocking if stops else warnings).append(said)
        return blocking, warnings

    def _is_critical(self, row: ResourceDrift, path: str) -> bool:
        # A neighbour stack may add rules of its own to a group whose rules the template declares one by one.
        added = path.startswith(INLINE_RULES) and not self._declares(row.logical_id, path.split("/")[1])
        return not added and self._product.is_critical(row.type, path)

    def _declares(self, logical_id: str, name: str) -> bool:
        if "." in logical_id:
            return True  # a nested stack's: its template was not read, so no neighbour can be told from a hand
        node: object = self._deployed.body
        for key in ("Resources", logical_id, "Properties"):
            node = node.get(key) if isinstance(node, Mapping) else None
        return isinstance(node, Mapping) and name in node


def coverage(drift: Drift, resources: Iterable[Resource]) -> str:
    """How much of the stack the detection has seen, a sentence; a resource without a row is of a type AWS does not check."""
    found = Counter(SEEN.get(row.status, "unreadable") for row in drift.rows)
    unsupported = {resource.logical_id for resource in resources} - {row.logical_id for row in drift.rows}
    found["unsupported"] += len(unsupported)
    told = [*dict.fromkeys(SEEN.values()), "unreadable"]
    return f"of {found.total()} resources: {', '.join(f'{found[each]} {each}' for each in told)}"


def is_tag(path: str) -> bool:
    """Whether a property path is a tag's, or that of all tags."""
    return f"{path}/".startswith(TAGS)


_CHANGE_BACK = "change it back, or set the value that is right by a parameter or the next template"
_MAKE_AGAIN = (
    "find out who deleted it and whether data is lost; how CloudFormation gets it back: "
    "https://repost.aws/knowledge-center/failing-stack-updates-deleted"
)


def finding(row: ResourceDrift, said: str, path: str = "") -> Finding:
    """A finding about a row."""
    return Finding(
        found=f"{row.logical_id} {said}",
        expected="as CloudFormation last set it",
        remedy=_MAKE_AGAIN if row.status == "DELETED" else _CHANGE_BACK,
        logical_id=row.logical_id,
        physical_id=row.physical_id,
        property=path,
    )


def _deleted(row: ResourceDrift) -> Finding:
    """For drift detection a key that waits for its deletion is gone: it can still be saved."""
    if row.type not in KEYS:
        return finding(row, "was deleted outside CloudFormation")
    return replace(
        finding(row, "was deleted, or scheduled for deletion, outside CloudFormation"),
        remedy="if KMS shows it as pending deletion, cancel the deletion and enable the key: without it nothing that it "
        "encrypts can be read",
        paste=f"aws kms cancel-key-deletion --key-id {row.physical_id}" if row.physical_id else "",
    )


def _require_coverage(drift: Drift, resources: tuple[Resource, ...]) -> None:
    """What CloudFormation always checks must have been checked; a detection without rows has looked at nothing."""
    checked = {row.logical_id for row in drift.rows if row.status not in {"NOT_CHECKED", "UNSUPPORTED"}}
    missing = [r.logical_id for r in resources if r.type in ALWAYS_CHECKED and r.logical_id not in checked]
    if resources and (missing or not drift.rows):
        raise CannotTell(f"drift detection says nothing about {', '.join(missing) or 'any resource'}")


def _said(difference: PropertyDifference) -> str:
    return f"{difference.path} is {shown(difference.actual)} instead of {shown(difference.expected)}"


def shown(value: str) -> str:
    """A value of a difference; `null` is CloudFormation's word for one that is not there."""
    return "absent" if value in ABSENT else value
