"""No volume is made smaller, and none that grew by hand is touched unless somebody has looked at it.

EBS can't shrink: an update that tries it fails, and so may its rollback. The vendor's remedy for a full data volume is to
enlarge it by hand, after which the template says less than there is.
https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modify-volume.html
"""

from datetime import datetime

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable
from upgrade.config.product import Product
from upgrade.errors import CannotTell
from upgrade.facts.changes import Plan, ResourceChange
from upgrade.facts.data import Volume
from upgrade.facts.known import Fact
from upgrade.facts.review import Review
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.acknowledgements import problem
from upgrade.rules.planned import planned, sets
from upgrade.rules.relevance import by_relevance, touched
from upgrade.rules.versions import UNKNOWN, version_pair
from upgrade.template.functions import Unresolved
from upgrade.template.resolve import NO_VALUE, Resolver

ID = "enlarged_volume"
"""What a person states who has seen that the volume was enlarged by hand."""
CHANGING = frozenset({"modifying", "optimizing"})


@check(
    id="volumes-are-not-shrunk",
    title="The plan makes no volume smaller",
    severity=Severity.BLOCKER,
    why="EBS volumes can't shrink: the update fails, and its rollback may fail, too.",
    remedy="Leave the size as it is, or as the volume has become.",
    requirements=("URS-30",),
    references=(
        "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modify-volume.html",
        "https://docs.codeocean.com/admin-guide/deployment-guide/upgrade-code-ocean",
    ),
)
def check_volumes_are_not_shrunk(
    before: Snapshot, plan: Fact[Plan], product: Product, review: Review, now: datetime
) -> None:
    volumes, changes = before.volumes.value, touched(plan.value)
    if not volumes:
        not_applicable("the stack has no EBS volume")
    resolver, versions = Resolver(before.target.value, plan.value.parameters), version_pair(before, product)
    unstated = (
        f"{ID} can't be acknowledged, as the versions are not known"
        if UNKNOWN in versions
        else problem(ID, review.acknowledgements, versions, now)
    )
    findings = []
    for name, volume in volumes.items():
        change = changes.get(name)
        size = _size(resolver, change, name)
        if size is not None and size < volume.size:
            if sets(change, "Size"):
                findings.append(_shrunk(name, volume, size, resolver.parameter_behind(name, "Size")))
            elif unstated:
                findings.append(_enlarged(name, volume, size, unstated))
        if volume.modification in CHANGING:
            findings.append(_changing(name, volume))
    fail(*by_relevance(findings, plan.value))


def _size(resolver: Resolver, change: ResourceChange | None, name: str) -> int | None:
    """GiB that are planned; None where nothing says a size. What only AWS knows matters if the plan touches the volume."""
    size = planned(resolver, change, name, "Size")
    if size is NO_VALUE or (isinstance(size, Unresolved) and change is None):
        return None
    try:
        return int(str(size))
    except ValueError:
        raise CannotTell(f"{name} Size: {size.why if isinstance(size, Unresolved) else size!r}") from None


def _shrunk(name: str, volume: Volume, size: int, parameter: str | None) -> Finding:
    return Finding(
        found=f"{name} has {volume.size} GiB, the plan makes it {size} GiB",
        expected=f"at least {volume.size} GiB",
        remedy="give the parameter behind it the size that the volume has"
        if parameter
        else "the template fixes the size: ask its author to raise it",
        logical_id=name,
        physical_id=volume.id,
        property="Size",
        paste=f"{parameter} = {volume.size}" if parameter else "",
    )


def _enlarged(name: str, volume: Volume, size: int, unstated: str) -> Finding:
    return Finding(
        found=f"{name} has {volume.size} GiB, the template says {size} GiB: it was enlarged by hand, and {unstated}",
        expected="the template's size, or a person who has acknowledged that the volume was enlarged",
        remedy="make sure that the plan does not set its size and that a recovery point of it exists; then add to the command",
        logical_id=name,
        physical_id=volume.id,
        property="Size",
        paste=f"--acknowledge={ID}",
    )


def _changing(name: str, volume: Volume) -> Finding:
    return Finding(
        found=f"the last modification of {name} is still {volume.modification}",
        expected="no modification under way",
        remedy="wait until this tells that it is completed",
        logical_id=name,
        physical_id=volume.id,
        paste=f"aws ec2 describe-volumes-modifications --volume-ids {volume.id}",
    )
