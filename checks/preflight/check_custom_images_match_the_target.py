"""Where a deployment runs on images of its owner, somebody has made those for the target version.

Each version has an image and container images of its own. A custom image, or a registry that mirrors the vendor's, stays
as it is through an upgrade: the old version's.
"""

from datetime import datetime

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable, tell
from upgrade.config.entry import StackEntry
from upgrade.config.product import Product
from upgrade.errors import CannotTell
from upgrade.facts.review import Review
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.acknowledgements import problem
from upgrade.rules.parameters import declarations, planned_for
from upgrade.rules.versions import UNKNOWN, version_pair
from upgrade.template.functions import literal

ID = "custom_images"
"""What a person states: that the images are those of the target version."""


@check(
    id="custom-images-match-the-target",
    title="Custom images are those of the target version",
    severity=Severity.BLOCKER,
    why="An image of the old version under a new one is a combination nobody has tried, and the parameter stays as it is.",
    remedy="Make the image, or mirror the container images, for the target version; then acknowledge custom_images.",
    requirements=("URS-28",),
    references=("https://github.com/codeocean/infra-aws-vpc-system-requirements",),
)
def check_custom_images_match_the_target(
    before: Snapshot, entry: StackEntry, product: Product, review: Review, now: datetime
) -> None:
    if not product.custom_images:
        not_applicable(f"product {product.name} has no custom images")
    live, planned = before.stack.value.parameters, planned_for(before, entry).values
    kept = {name: live[name] for name in product.custom_images if name in live and planned.get(name) == live[name]}
    custom = {name: value for name, value in kept.items() if value not in _own(before, name)}
    if not custom:
        not_applicable(f"no custom image is kept: {', '.join(product.custom_images)} are not set, or get a new value")
    versions = version_pair(before, product)
    if UNKNOWN in versions:
        raise CannotTell(f"which versions this upgrade goes between is not known: {' → '.join(versions)}")
    if versions[0] == versions[1]:
        not_applicable(f"the version stays {versions[1]}")
    why = problem(ID, review.acknowledgements, versions, now)
    if why is None:
        tell(f"a person has acknowledged that {', '.join(custom)} fit the target version")
    fail([_finding(name, value, why, entry, versions) for name, value in custom.items()])


def _own(before: Snapshot, name: str) -> set[str]:
    """Values of a parameter that mean the vendor's own images: none, and what it takes by default."""
    declared = (declarations(template.value).get(name, {}) for template in (before.template, before.target))
    return {"", *(literal(each.get("Default", "")) for each in declared)}


def _finding(name: str, value: str, why: str, entry: StackEntry, versions: tuple[str, str]) -> Finding:
    return Finding(
        found=f"parameter {name} is {value}, a custom image; Plimsoll can't see whether it is made for {versions[1]}, and {why}",
        expected=f"an acknowledgement that it is made for {versions[1]}, or no custom image",
        remedy=(
            f"make the image, or mirror the images, for {versions[1]}; write a new value of {name} under "
            f"[stacks.{entry.name}.parameters]; "
            "then add to the command"
        ),
        property=name,
        paste=f"--acknowledge={ID}",
    )
