"""The certificates that users see are valid, for a while to come, and a new one does not wait for a person.

CloudFormation waits for a new certificate until it is issued, and fails when nobody answers ACM's e-mail or makes its
DNS record.
https://docs.aws.amazon.com/acm/latest/userguide/domain-ownership-validation.html
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from upgrade.catalogue import Finding, Severity, cannot_tell, check, fail, not_applicable
from upgrade.config.entry import StackEntry
from upgrade.facts.changes import Plan, ResourceChange
from upgrade.facts.health import Certificate
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.certificates import CERTIFICATE, waits_for

ID = "certificate-is-valid"
DAYS = 30


@check(
    id=ID,
    title="The certificate is valid for 30 days or more, and a new one waits for nobody",
    severity=Severity.BLOCKER,
    why="An update waits for hours for a certificate that nobody confirms, and users are kept out by one that has expired.",
    remedy="Renew the certificate, or name a valid one, before the upgrade.",
    requirements=("URS-35",),
    references=("https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html",),
)
def check_certificate_is_valid(before: Snapshot, plan: Fact[Plan], entry: StackEntry, now: datetime) -> None:
    changes = [each for each in plan.value.changes if each.type == CERTIFICATE]
    gone = {each.physical_id for each in changes if each.action == "Remove" or each.replacement == "True"}
    certificates = {arn: each for arn, each in before.certificates.value.items() if arn not in gone}
    if not certificates and not changes:
        not_applicable("no listener of the target shows a certificate, and the stack has none of its own")
    read = [each.value for each in certificates.values() if isinstance(each, Known)]
    expired = [each for each in read if each.status == "EXPIRED" or (each.expires and each.expires <= now)]
    soon = now + timedelta(days=entry.checks.threshold(ID, DAYS))
    ending = [each for each in read if each not in expired and (each.status != "ISSUED" or _before(each, soon))]
    blocking = [*map(_finding, expired), *_waiting(before, plan.value, changes, entry.region)]
    unread = {arn: each for arn, each in certificates.items() if isinstance(each, Unknown)}
    if not blocking:
        cannot_tell([_unread(arn, each) for arn, each in unread.items() if each.reason is not Reason.NOT_ASKED])
    told = [_unread(arn, each) for arn, each in unread.items() if each.reason is Reason.NOT_ASKED]
    fail(blocking, [*map(_finding, ending), *told])


def _before(certificate: Certificate, when: datetime) -> bool:
    return certificate.expires is not None and certificate.expires < when


def _waiting(before: Snapshot, plan: Plan, changes: list[ResourceChange], region: str) -> Iterator[Finding]:
    for each in changes:
        if each.action != "Add" and each.replacement not in {"True", "Conditional"}:
            continue
        what = waits_for(before.target.value, plan.parameters, {"AWS::Region": region}, each.logical_id)
        if what:
            yield Finding(
                found=f"the plan makes a new certificate {each.logical_id}, which waits for {what}",
                expected="a certificate that is issued without anybody's help",
                remedy="have a certificate issued before the upgrade and let the stack use it; or be there to confirm it",
                logical_id=each.logical_id,
            )


def _finding(certificate: Certificate) -> Finding:
    ends = f"ends at {certificate.expires:%Y-%m-%d %H:%M %Z}" if certificate.expires else "is not issued"
    return Finding(
        found=f"the certificate of {certificate.domain} {ends} ({certificate.status})",
        expected="an issued certificate that does not end soon",
        remedy="find out why ACM has not renewed it yet: its DNS validation record must still exist"
        if certificate.renews
        else "renew it and import it again, or give the deployment a valid one",
        physical_id=certificate.arn,
    )


def _unread(arn: str, why: Unknown) -> Finding:
    return Finding(
        found=f"until when certificate {arn} is valid is not known: {why}",
        expected="a certificate that can be looked at",
        remedy=f"allow {why.call} to the reading role, or look at it by hand" if why.call else "look at it by hand",
        physical_id=arn,
    )
