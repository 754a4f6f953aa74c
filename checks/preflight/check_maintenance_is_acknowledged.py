"""A person states that maintenance mode is on, because no API tells it.

Maintenance mode keeps users out, saves their sessions and stops what runs; it exists from v3.1 on.
"""

from datetime import datetime

from upgrade.catalogue import Finding, Severity, When, check, fail, not_applicable
from upgrade.config.product import Product, parse_version
from upgrade.errors import CannotTell
from upgrade.facts.review import Review
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.acknowledgements import problem
from upgrade.rules.versions import UNKNOWN, version_pair

ID = "maintenance_mode"


@check(
    id="maintenance-is-acknowledged",
    title="A person has acknowledged that users are kept out and their work is saved",
    severity=Severity.BLOCKER,
    when=When.START,
    why="Unsaved sessions and running computations are lost in an upgrade, and no API tells that there are none.",
    remedy="Switch maintenance mode on, then add --acknowledge=maintenance_mode to the command.",
    requirements=("URS-05",),
    references=("https://docs.codeocean.com/admin-guide/deployment-guide/upgrade-code-ocean",),
)
def check_maintenance_is_acknowledged(before: Snapshot, review: Review, product: Product, now: datetime) -> None:
    maintenance = product.maintenance
    if maintenance is None:
        not_applicable(f"product {product.name} has no maintenance mode")
    versions = version_pair(before, product)
    if UNKNOWN in versions:
        raise CannotTell(
            f"the versions are not known ({' → '.join(versions)}), so nothing can be acknowledged for them"
        )
    found = problem(ID, review.acknowledgements, versions, now)
    if found is None:
        return
    deployed = parse_version(versions[0])
    has_it = deployed is None or deployed >= maintenance.since
    fail(
        [
            Finding(
                found=f"Plimsoll can't see whether {'maintenance mode is on' if has_it else 'all activity is stopped'}, and {found}",
                expected=f"an acknowledgement for {versions[0]} → {versions[1]}, at most 12 hours before the upgrade",
                remedy=f"{maintenance.how if has_it else maintenance.before}; then add to the command",
                paste=f"--acknowledge={ID}",
            )
        ]
    )
