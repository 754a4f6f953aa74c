"""The parameters that link a deployment to its backup stack fit each other.

Half a link looks like a whole one: snapshots are copied and buckets are not, or the other way round.
https://docs.codeocean.com/admin-guide/v2.22/the-admin-dashboard/backup-and-restore
"""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable, warn
from upgrade.config.entry import StackEntry
from upgrade.config.product import BackupGroup, Product
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.parameters import plan_parameters


@check(
    id="backup-link-is-consistent",
    title="The parameters of the link to the backup stack fit each other",
    severity=Severity.BLOCKER,
    why="A link that is half set up copies only half of the data, or makes the update fail.",
    remedy="Set the parameters of the link from the outputs of the backup stack, or leave all of them empty.",
    requirements=("URS-02",),
    references=("https://docs.codeocean.com/admin-guide/v2.22/the-admin-dashboard/backup-and-restore",),
)
def check_backup_link_is_consistent(before: Snapshot, entry: StackEntry, product: Product) -> None:
    group, link = product.backup_group, product.backup_link
    if group is None:
        not_applicable(f"product {product.name} has no parameters that link it to a backup stack")
    live, databases = before.stack.value.parameters, before.databases.value
    planned = plan_parameters(entry, before.stack.value, before.target.value, databases).values
    values = {name: value for name, value in planned.items() if _belongs(name, group, link)}
    linked = any(value for name, value in values.items() if name != group.cross_region)
    if not linked and values.get(group.cross_region) != "yes":
        not_applicable("the deployment is linked to no backup stack")
    findings = [
        Finding(
            found,
            expected,
            f"take it from the outputs of the backup stack, and write under [stacks.{entry.name}.parameters]",
            property=name,
            paste=f'{name} = "…"',
        )
        for name, found, expected in _problems(values, group, link)
    ]
    # What has been so all along stops no upgrade; what this one would make so does.
    if any(name in live and live[name] != value for name, value in values.items()):
        fail(findings)
    warn(findings)


def _belongs(name: str, group: BackupGroup, link: str) -> bool:
    return name in {link, group.cross_region, group.bucket_key} or fnmatchcase(name, group.buckets)


def _problems(values: Mapping[str, str], group: BackupGroup, link: str) -> Iterator[tuple[str, str, str]]:
    """Parameter, what is the matter with it, and what is expected; a parameter the target has not is no problem."""
    vault, key = values.get(link, ""), values.get(group.bucket_key)
    if vault and key == "":
        yield (
            group.bucket_key,
            f"{link} is set and {group.bucket_key} is empty: buckets are not copied",
            "the backup stack's key",
        )
    if key:
        for name, value in values.items():
            if fnmatchcase(name, group.buckets) and not value:
                yield name, f"{group.bucket_key} is set and {name} is empty", "the ARN of the backup stack's bucket"
    if values.get(group.cross_region) == "yes" and not vault:
        yield link, f"{group.cross_region} is yes and {link} is empty", "the ARN of the backup stack's vault"
