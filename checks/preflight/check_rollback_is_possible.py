"""If the update fails, CloudFormation can take it back; and nothing takes back one that is well.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-rollback-triggers.html
"""

from collections.abc import Iterator, Mapping

from upgrade.catalogue import Finding, Severity, check, tell, warn
from upgrade.config.entry import StackEntry
from upgrade.config.product import Product
from upgrade.facts.changes import Plan
from upgrade.facts.known import Fact
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.rollback import one_way, rollback_plan


@check(
    id="rollback-is-possible",
    title="CloudFormation can take the update back, and no alarm takes back a healthy one",
    severity=Severity.WARNING,
    why="A rollback that fails leaves a stack that only a person can bring to rest; one without need costs the upgrade.",
    remedy="Take a snapshot of what can't go back, and keep rollback triggers to alarms that a healthy upgrade does not raise.",
    requirements=("URS-36",),
    references=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-rollback-triggers.html",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html",
    ),
)
def check_rollback_is_possible(before: Snapshot, plan: Fact[Plan], entry: StackEntry, product: Product) -> None:
    made, template = plan.value, before.template.value
    names = {r.physical_id: r.logical_id for r in before.resources.value if r.type == "AWS::CloudWatch::Alarm"}
    way_back = rollback_plan(before.stack.value, made, entry, product.version_of(template) or template.source)
    warn([*_irreversible(made), *_triggers(before.rollback_alarms.value, names, product)], way_back)
    tell(way_back)


def _irreversible(plan: Plan) -> Iterator[Finding]:
    for change, detail, reason in one_way(plan.changes):
        values = f"from {detail.before or 'an unknown value'} to {detail.after or 'an unknown value'}"
        yield Finding(
            found=f"{change.logical_id} {detail.name} changes {values}, and {reason}: a rollback would fail here",
            expected="changes that can be taken back",
            remedy="take a snapshot or recovery point first; if the rollback fails, go on as the rollback plan says",
            logical_id=change.logical_id,
            physical_id=change.physical_id,
            property=detail.name,
        )


def _triggers(states: Mapping[str, str], names: Mapping[str, str], product: Product) -> Iterator[Finding]:
    """What is wrong with each rollback trigger; `names` are the logical ids of the stack's alarms by physical id."""
    for arn, state in states.items():
        logical_id = names.get(arn.split(":", 6)[-1], "")
        if not state:
            found, remedy = "does not exist, which fails the update", "make the alarm again, or name another trigger"
        elif state == "ALARM":
            found, remedy = "is in ALARM, which rolls the update back", "end what it tells of before the upgrade"
        elif logical_id in product.alarms_of_an_upgrade:
            found, remedy = "fires in every healthy upgrade, which rolls it back", "choose another trigger"
        else:
            continue
        yield Finding(f"rollback trigger {arn} {found}", "an alarm that is OK", remedy, logical_id, arn)
