"""No data is replaced or removed by the change set.

CloudFormation deletes a replaced resource once the update is complete; for a database that is its end.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
"""

from upgrade.catalogue import Finding, Severity, check, fail
from upgrade.config.product import Product
from upgrade.facts.changes import Plan, ResourceChange
from upgrade.facts.known import Fact
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.relevance import require_predicted
from upgrade.rules.stateful import holds_data, is_stateful
from upgrade.rules.survival import Survival


@check(
    id="stateful-resources-survive",
    title="The change set neither replaces nor removes a resource that holds data",
    severity=Severity.BLOCKER,
    why="A replaced or removed database, volume, file system, bucket, key or secret takes its data with it.",
    remedy="Do not execute this change set; find out what asks for the replacement and talk to the vendor.",
    requirements=("URS-30",),
    references=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html",
    ),
)
def check_stateful_resources_survive(before: Snapshot, plan: Fact[Plan], product: Product) -> None:
    changes = plan.value.changes
    if plan.value.nothing_to_do:
        return  # of a change set that failed for having no change, AWS need not tell a template
    templates = before.template.value, plan.value.template.value
    survival = Survival(changes)
    fail(
        [
            _finding(change, threat)
            for change in changes
            if any(is_stateful(change.logical_id, change.type, template, product) for template in templates)
            for threat in survival.threats(change.logical_id)
        ]
    )
    require_predicted(
        plan.value, [each.logical_id for each in holds_data(before.resources.value, templates[0], product)]
    )


def _finding(change: ResourceChange, threat: str) -> Finding:
    return Finding(
        found=f"{change.logical_id} ({change.type}): {threat}",
        expected="a resource that stays: changed in place, or not at all",
        remedy="do not execute this plan: have the template keep the resource and what it says of it, or plan the migration of "
        "its data with the vendor",
        logical_id=change.logical_id,
        physical_id=change.physical_id,
    )
