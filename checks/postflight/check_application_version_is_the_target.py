"""The running application has the target's version: two requests tell, one wants that version, one a newer one.

The first must not be refused with 400, the second must be; an application that does not look at the header refuses neither.
https://github.com/codeocean/codeocean-sdk-python (Min-Server-Version)
"""

from upgrade.catalogue import Finding, Severity, check, not_applicable, tell, warn
from upgrade.config.entry import StackEntry
from upgrade.config.product import Product, parse_version
from upgrade.errors import CannotTell
from upgrade.facts.health import REFUSED, VersionProbe
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.application import version_text, where


@check(
    id="application-version-is-the-target",
    title="The running application has the target's version",
    severity=Severity.WARNING,
    why="A machine that failed to start, or started from an old image, leaves the old application running.",
    remedy="Look which image the services machine runs, and at its start log.",
    requirements=("URS-38",),
    references=("https://github.com/codeocean/codeocean-sdk-python",),
)
def check_application_version_is_the_target(
    before: Snapshot, after: Snapshot, entry: StackEntry, product: Product
) -> None:
    if entry.health.token_env is None:
        not_applicable("no token is configured to ask the application with (health.token_env)")
    addresses, why_not = where(entry, product, after.stack.value.parameters)
    if not addresses:
        not_applicable(why_not)
    probe = after.version_probe.value
    if probe is None:
        not_applicable(f"the version of product {product.name} can't be asked, or its template carries none")
    target = parse_version(product.version_of(before.target.value) or "")
    if target is None or version_text(target) != probe.version:
        raise CannotTell(f"the deployed template is of {probe.version}, which is not the target")
    if probe.is_older:
        warn([_older(probe)])
    if not probe.at_least.good:
        raise CannotTell(f"{probe.address}: {probe.at_least}")
    if probe.above.status != REFUSED:
        raise CannotTell(f"{probe.address} does not refuse a version that is newer ({probe.above}): nothing is proved")
    tell(f"the running application is {probe.version}")


def _older(probe: VersionProbe) -> Finding:
    return Finding(
        found=f"{probe.address} refuses a request that wants version {probe.version}: the application is older",
        expected=f"an application of version {probe.version}",
        remedy="look which image the services machine runs, and at its start log",
    )
