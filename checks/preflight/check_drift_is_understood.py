"""What was changed by hand is known before an upgrade builds on it.

Judged by resource rows, never by the stack's summary, which counts expected drift and knows nothing of what was not
checked. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
"""

from upgrade.catalogue import Severity, check, fail, tell
from upgrade.config.entry import StackEntry
from upgrade.config.product import Product
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.drift import DriftJudge, coverage


@check(
    id="drift-is-understood",
    title="No resource is deleted or changed by hand where it matters",
    severity=Severity.BLOCKER,
    why="An update overwrites what was changed by hand, or fails on what was deleted.",
    remedy="Undo the change, carry it into the template's parameters, or state it as expected drift with an expiry.",
    requirements=("URS-26",),
    references=(
        "https://docs.codeocean.com/admin-guide/troubleshooting-guide/detecting-drift-in-aws-cloudformation-stacks",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html",
    ),
)
def check_drift_is_understood(before: Snapshot, entry: StackEntry, product: Product) -> None:
    drift = before.drift.value
    judge = DriftJudge(entry, product, before.template.value, drift.detected_at)
    resources = before.resources.value
    seen = coverage(drift, resources)
    fail(*judge.judged(drift, resources), seen)
    tell(seen)
