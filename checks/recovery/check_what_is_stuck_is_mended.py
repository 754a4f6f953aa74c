"""A rollback that is continued fails again where it has failed, unless its cause was mended meanwhile.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html#troubleshooting-errors-update-rollback-failed
"""

from upgrade.catalogue import Finding, Severity, check, not_applicable, warn
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.reasons import advice, bare


@check(
    id="what-is-stuck-is-mended",
    title="What the rollback could not take back has been mended",
    severity=Severity.WARNING,
    why="Plimsoll can't see whether the cause is gone; the continuation tries the same again.",
    remedy="Mend what each reason names; if that can't be done, read what it means to skip a resource.",
    requirements=("URS-39",),
    references=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html#troubleshooting-errors-update-rollback-failed",
    ),
)
def check_what_is_stuck_is_mended(before: Snapshot, skips: tuple[str, ...]) -> None:
    left = [each for each in before.stuck.value if each.may_be_skipped and each.name not in skips]
    if not left:
        not_applicable("the rollback has left nothing in UPDATE_FAILED that is not to be skipped")
    warn(
        [
            Finding(
                found=f"{each.name} ({each.type}) was not taken back: {bare(each.reason)}",
                expected="its cause is gone",
                remedy=f"make sure of it before the rollback is continued. {advice(each.reason).remedy}",
                logical_id=each.logical_id,
                physical_id=each.physical_id,
            )
            for each in left
        ]
    )
