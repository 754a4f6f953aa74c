"""The live template carries the version that was asked for.

A stack can be UPDATE_COMPLETE with another template: an update of ours that changed nothing, or one made by others since.
"""

from upgrade.catalogue import Finding, Severity, check, fail
from upgrade.config.product import Product
from upgrade.facts.snapshot import Snapshot


@check(
    id="version-is-the-target",
    title="The live template is the target's",
    severity=Severity.BLOCKER,
    why="The upgrade is done only when the deployed template is the one that was asked for.",
    remedy="Compare the live template with the target's; somebody may have updated the stack since.",
    requirements=("URS-07",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html",),
)
def check_version_is_the_target(before: Snapshot, after: Snapshot, product: Product) -> None:
    wanted, live = before.target.value, after.template.value
    marks = product.version_of(wanted), product.version_of(live)
    if marks[0] != marks[1] or wanted.body != live.body:
        fail(
            [
                Finding(
                    found=f"the live template has version mark {marks[1] or 'none'}, sha256 {live.sha256}",
                    expected=f"version mark {marks[0] or 'none'}, sha256 {wanted.sha256}",
                    remedy="see the stack's events for who updated it since",
                )
            ]
        )
