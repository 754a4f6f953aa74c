"""The template to upgrade to is the one that was asked for, and not an older one.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html (Metadata)
"""

from upgrade.catalogue import Finding, Severity, check, fail
from upgrade.config.entry import StackEntry
from upgrade.config.product import Product, parse_version
from upgrade.facts.known import Fact, Reason, Unknown
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Template

OUR_MISTAKE = frozenset({Reason.NOT_FOUND, Reason.MALFORMED})
"""The address leads nowhere, or to something that is no template: a finding, not a want of knowledge."""


@check(
    id="template-is-the-target",
    title="The target template is the version that was asked for and not older than the deployed one",
    severity=Severity.BLOCKER,
    why="A mistyped address installs another version or another product, and a downgrade is not supported.",
    remedy="Correct target, template_url or template_sha256; take the address from the vendor's deployment page.",
    requirements=("URS-07",),
    references=("https://docs.codeocean.com/admin-guide/deployment-guide/upgrade-code-ocean",),
    guards_plan=True,
)
def check_template_is_the_target(before: Snapshot, entry: StackEntry, product: Product) -> None:
    _fail_if_no_template(before.target)
    target = before.target.value
    wanted, found = entry.target, product.version_of(target)
    deployed = product.version_of(before.template.value)
    findings = []
    if wanted is not None and product.version_mark and found != wanted:
        findings.append(
            Finding(
                found=f"the template at {target.source} has version mark {found or 'none'}",
                expected=f"version mark {wanted}",
                remedy="correct target, or ask the vendor for the right address",
                property="target",
            )
        )
    if entry.template_sha256 not in {None, target.sha256}:
        findings.append(
            Finding(
                found=f"the template at {target.source} has sha256 {target.sha256}",
                expected=f"sha256 {entry.template_sha256}, as pinned",
                remedy="find out why the published template changed before pinning the new one",
                property="template_sha256",
            )
        )
    findings += _downgrade(deployed, found, entry)
    unordered = _unordered(deployed, found, entry, product)
    pinned = entry.template_sha256 is not None
    fail([*findings, *([] if pinned else unordered)], unordered if pinned else [])


def _fail_if_no_template(target: Fact[Template]) -> None:
    if isinstance(target, Unknown) and target.reason in OUR_MISTAKE:
        fail(
            [
                Finding(
                    found=target.detail,
                    expected="a CloudFormation template",
                    remedy="correct target or template_url",
                    property="target",
                )
            ]
        )


def _downgrade(deployed: str | None, found: str | None, entry: StackEntry) -> list[Finding]:
    old, new = parse_version(deployed or ""), parse_version(found or "")
    if entry.allow_downgrade or old is None or new is None or new >= old:
        return []
    return [
        Finding(
            found=f"the target is {found}, which is older than the deployed {deployed}",
            expected="a target that is as new or newer",
            remedy="correct target; going back is a restore, to be planned with the vendor",
            property="target",
        )
    ]


def _unordered(deployed: str | None, found: str | None, entry: StackEntry, product: Product) -> list[Finding]:
    """Marks that can't be put in order: only a pin says then which template is meant."""
    if (
        not product.version_mark
        or (deployed is not None and deployed == found)
        or (parse_version(deployed or "") and parse_version(found or ""))
    ):
        return []
    return [
        Finding(
            found=f"the versions can't be put in order: deployed {deployed or 'no mark'}, target {found or 'no mark'}",
            expected="two marks such as v3.8.2, or a pinned template",
            remedy="compare the templates by hand and pin the one that was compared",
            property="template_sha256",
            paste="" if entry.template_sha256 else 'template_sha256 = "…"',
        )
    ]
