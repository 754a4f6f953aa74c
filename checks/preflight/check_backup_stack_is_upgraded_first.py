"""The backup stack is at rest and new enough before the primary is upgraded.

Newer versions of the product can require a newer backup stack; the release notes state the minimum.
"""

from datetime import datetime

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable, tell
from upgrade.config.entry import StackEntry
from upgrade.config.product import Product, parse_version
from upgrade.config.values import NoBackup
from upgrade.errors import CannotTell
from upgrade.facts.known import Known
from upgrade.facts.review import Review
from upgrade.facts.services import LinkedStack
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import AT_REST
from upgrade.rules.acknowledgements import problem
from upgrade.rules.versions import UNKNOWN, version_pair

ID = "backup_upgraded"
"""What a person states where the backup stack can't be read."""


@check(
    id="backup-stack-is-upgraded-first",
    title="The backup stack is at rest and at least at the version the target asks for",
    severity=Severity.BLOCKER,
    why="A primary that is ahead of its backup stack may stop copying, and nothing says so.",
    remedy="Upgrade the backup stack first: it is an entry of its own, `pytest --stack BACKUP --upgrade`.",
    requirements=("URS-01",),
    references=(
        "https://docs.codeocean.com/admin-guide/deployment-guide/upgrade-code-ocean",
        "https://docs.codeocean.com/admin-guide/v2.22/the-admin-dashboard/backup-and-restore",
    ),
)
def check_backup_stack_is_upgraded_first(
    before: Snapshot, entry: StackEntry, product: Product, review: Review, now: datetime
) -> None:
    if not isinstance(before.backup, Known) and _is_stated(before, product, review, now):
        tell(f"acknowledged as upgraded by {', '.join(a.by for a in review.acknowledgements if a.id == ID)}")
    if isinstance(entry.backup, NoBackup):
        not_applicable(f"the configuration states that there is no backup stack: {entry.backup.reason}")
    backup = before.backup.value
    if backup is None:
        _without_entry(before, entry, product)
    else:
        fail(_findings(backup, entry, product))


def _is_stated(before: Snapshot, product: Product, review: Review, now: datetime) -> bool:
    """Whether a person has stated it: of versions that are known, else it would hold for any."""
    versions = version_pair(before, product)
    return UNKNOWN not in versions and problem(ID, review.acknowledgements, versions, now) is None


def _without_entry(before: Snapshot, entry: StackEntry, product: Product) -> None:
    vault = before.stack.value.parameters.get(product.backup_link, "") if product.backup_link else ""
    if not vault:
        not_applicable(f"the stack links to no backup vault ({product.backup_link or 'the product has no such link'})")
    fail(
        [
            Finding(
                found=f"the stack copies its backups to {vault}, and no backup stack is configured",
                expected='an entry for the backup stack, or the reason why there is none: backup = { none = "…" }',
                remedy=f"add the backup stack's entry to the stacks file and name it in [stacks.{entry.name}]",
                physical_id=vault,
                property="backup",
                paste=f'backup = "{entry.name}-backup"',
            )
        ]
    )


def _findings(backup: LinkedStack, entry: StackEntry, product: Product) -> list[Finding]:
    findings = []
    if backup.stack.status not in AT_REST:
        findings.append(
            Finding(
                found=f"backup stack {backup.stack.name} is {backup.stack.status}",
                expected="a stack at rest, such as UPDATE_COMPLETE",
                remedy="bring it to rest first; this tells how",
                physical_id=backup.stack.arn,
                paste=f"pytest --stack {backup.entry}",
            )
        )
    minimum = entry.backup_policy.min_version
    version = product.version_of(backup.template)
    if minimum is None:
        findings.append(
            Finding(
                found=f"no minimum version of the backup stack is configured; the deployed one has {f'version {version}' if version else 'no version mark'}",
                expected="the minimum that the target's release notes state",
                remedy=f"look it up in the release notes and write it under [stacks.{entry.name}.backup_policy]",
                property="backup_policy.min_version",
                paste='min_version = "…"',
            )
        )
    elif not (_reaches(version, minimum) if version else _equals_published(backup)):
        findings.append(
            Finding(
                found=f"backup stack {backup.stack.name} has "
                + (f"version {version}" if version else f"no version mark, and another template than {minimum}"),
                expected=f"at least version {minimum}",
                remedy="upgrade it first",
                physical_id=backup.stack.arn,
                property="backup_policy.min_version",
                paste=f"pytest --stack {backup.entry} --upgrade",
            )
        )
    return findings


def _reaches(version: str, minimum: str) -> bool:
    found, wanted = parse_version(version), parse_version(minimum)
    if found is None or wanted is None:
        return version == minimum
    return found >= wanted


def _equals_published(backup: LinkedStack) -> bool:
    """Without a version mark the template itself is the mark: it must be the minimum version's."""
    if backup.published is None:
        raise CannotTell(f"backup stack {backup.stack.name} carries no version mark, and no published one is known")
    return backup.published.value.body == backup.template.body
