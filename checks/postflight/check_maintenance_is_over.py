"""Users can work again: a person states it, or worker machines can start; and what is left for people is listed.

No API tells whether maintenance mode is on; the upgrade ends it by itself.
"""

from datetime import datetime

from upgrade.catalogue import Finding, Severity, check, not_applicable, tell, warn
from upgrade.config.product import Maintenance, Product
from upgrade.facts.operation import Operation
from upgrade.facts.review import Review
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.acknowledgements import problem
from upgrade.rules.quiet import can_start, worker_groups
from upgrade.rules.versions import version_pair

ID = "maintenance_over"


@check(
    id="maintenance-is-over",
    title="Users can work again",
    severity=Severity.WARNING,
    why="An application that is upgraded and still kept in maintenance looks healthy and is of use to nobody.",
    remedy="Switch maintenance mode off, then acknowledge it: --verify --acknowledge=maintenance_over.",
    requirements=("URS-17",),
    references=("https://docs.codeocean.com/admin-guide/deployment-guide/upgrade-code-ocean",),
)
def check_maintenance_is_over(  # noqa: PLR0917  # facts, by name
    before: Snapshot, after: Snapshot, upgrade: Operation, review: Review, product: Product, now: datetime
) -> None:
    maintenance = product.maintenance
    if maintenance is None:
        not_applicable(f"product {product.name} has no maintenance mode")
    left = f"left for people: {'; '.join(maintenance.afterwards)}"
    since = [each for each in review.acknowledgements if each.at >= upgrade.finished]
    if problem(ID, since, version_pair(before, product), now) is None:
        tell(f"a person has acknowledged that maintenance is over; {left}")
    groups = worker_groups(after.groups.value, product.workers) if product.workers else {}
    able = [name for name, group in groups.items() if can_start(group)]
    warn([] if able else [_finding(maintenance, tuple(groups))])
    tell(f"worker machines can start in {', '.join(able)}; {left}")


def _finding(maintenance: Maintenance, groups: tuple[str, ...]) -> Finding:
    where = f"in any of {', '.join(groups)}" if groups else "as far as is known: there is no worker group"
    return Finding(
        found=f"no worker machine can start {where}, and nobody has acknowledged since the update that maintenance is over",
        expected="that users can work again",
        remedy=f"left for people to do: {'; '.join(maintenance.afterwards)}; then add to the command",
        paste=f"--verify --acknowledge={ID}",
    )
