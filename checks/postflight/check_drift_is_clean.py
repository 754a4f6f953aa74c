"""After the upgrade the resources are as the target's template says.

A hand made change that survived, or a machine that has begun to change what it should not, shows at once.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
"""

from upgrade.catalogue import Severity, check, fail, tell
from upgrade.config.entry import StackEntry
from upgrade.config.product import Product
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.drift import DriftJudge, coverage


@check(
    id="drift-is-clean",
    title="No resource has drifted from the deployed template where it matters",
    severity=Severity.BLOCKER,
    why="An update can complete while a resource is gone, or is not what the new template says.",
    remedy="Compare the resource with the template, and find out who changed it since the update.",
    requirements=("URS-26",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html",),
    compares_baseline=True,
    repeats="drift-is-understood",
)
def check_drift_is_clean(after: Snapshot, entry: StackEntry, product: Product) -> None:
    drift = after.drift.value
    judge = DriftJudge(entry, product, after.template.value, drift.detected_at)
    resources = after.resources.value
    seen = coverage(drift, resources)
    fail(*judge.judged(drift, resources), seen)
    tell(seen)
