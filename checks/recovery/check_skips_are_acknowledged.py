"""To skip a resource is to give it up to whoever mends it by hand: somebody has to say so, by its name.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html
"""

from upgrade.catalogue import Finding, Severity, When, check, fail, not_applicable
from upgrade.facts.review import Review
from upgrade.rules.acknowledgements import SKIP


@check(
    id="skips-are-acknowledged",
    title="Somebody has acknowledged each resource that is skipped",
    severity=Severity.BLOCKER,
    when=When.START,
    why="What is skipped stays as it is, while CloudFormation takes it for rolled back from then on.",
    remedy="Read what it means, and state each one by name with --acknowledge=skip:ID.",
    requirements=("URS-39",),
    references=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html",
    ),
)
def check_skips_are_acknowledged(review: Review, skips: tuple[str, ...]) -> None:
    if not skips:
        not_applicable("no resource is to be skipped")
    stated = {each.id for each in review.acknowledgements}
    missing = [_meaning(name) for name in skips if SKIP + name not in stated]
    fail(missing, [_meaning(name) for name in skips if SKIP + name in stated])


def _meaning(name: str) -> Finding:
    return Finding(
        found=f"{name} is to be skipped: CloudFormation marks it UPDATE_COMPLETE and leaves it as it is, so that it and the "
        "template differ, and the next update that touches it, or something that depends on it, may fail",
        expected=f"acknowledged by name, as {SKIP}{name}",
        remedy="mend its cause instead where that can be done; if this is meant, bring the resource to what the template "
        "says afterwards "
        "(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html)",
        logical_id=name,
    )
