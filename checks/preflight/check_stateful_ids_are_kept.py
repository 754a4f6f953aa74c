"""No resource that holds data leaves the template: neither its logical id, nor its type, nor its condition.

To CloudFormation a logical id that is no longer there is a resource to delete, whatever another one is called.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html
"""

from collections.abc import Mapping

from upgrade.catalogue import Finding, Severity, check, fail
from upgrade.config.product import Product
from upgrade.facts.changes import Plan, ResourceChange
from upgrade.facts.known import Fact
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Resource
from upgrade.rules.relevance import touched
from upgrade.rules.stateful import holds_data
from upgrade.rules.versions import version_pair


@check(
    id="stateful-ids-are-kept",
    title="No resource that holds data disappears from the template",
    severity=Severity.BLOCKER,
    why="A renamed, retyped or switched-off database is deleted, or left behind with the data, and a new, empty one is made.",
    remedy="Keep logical id, type and condition, or plan the migration of the data with the vendor.",
    requirements=("URS-30",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html",),
)
def check_stateful_ids_are_kept(before: Snapshot, plan: Fact[Plan], product: Product) -> None:
    prediction, declared = before.prediction.value, before.target.value.body["Resources"]
    predicted, planned = touched(prediction), touched(plan.value)
    macros = [each.why for each in prediction.unpredicted if not each.logical_id]
    versions = version_pair(before, product)
    findings, warnings = list[Finding](), list[Finding]()
    for resource in holds_data(before.resources.value, before.template.value, product):
        root = resource.logical_id.partition(".")[0]  # what lies in a nested stack goes with that stack
        is_declared = isinstance(declared, Mapping) and root in declared
        if macros and not is_declared:
            warnings.append(_unclear(resource, macros[0]))
        gone = _gone(predicted.get(root), is_declared) or _gone(planned.get(root), is_declared)
        if gone:
            excuse = product.drops(resource.logical_id, *versions)
            (warnings if excuse else findings).append(_finding(resource, gone, excuse))
    fail(findings, warnings)


def _gone(change: ResourceChange | None, is_declared: bool) -> str:  # noqa: FBT001  # the only thing it can be
    """What becomes of a resource, a clause; empty if it stays."""
    match change:
        case ResourceChange(action="Remove"):
            return (
                "is removed: its condition is false in the target" if is_declared else "is not in the target template"
            )
        case ResourceChange(action="Dynamic"):
            return "may be removed: whether its condition holds in the target is not known"
        case ResourceChange(scope=scope, type=type_) if "Type" in scope:
            return f"changes its type to {type_}"
    return ""


def _finding(resource: Resource, gone: str, excuse: str) -> Finding:
    because = f", which is known of this upgrade: {excuse}" if excuse else ""
    return Finding(
        found=f"{resource.logical_id} ({resource.type}) {gone}{because}",
        expected="the same logical id, type and condition as deployed",
        remedy="have the template keep it as it is; where a condition removes it, correct the parameter that the condition asks; "
        "else plan the migration of its data with the vendor",
        logical_id=resource.logical_id,
        physical_id=resource.physical_id,
    )


def _unclear(resource: Resource, why: str) -> Finding:
    """What a macro or a loop makes nobody sees in the template; that it goes the change set shows, which is judged too."""
    return Finding(
        found=f"{resource.logical_id} ({resource.type}) is not in the target as it was submitted: {why}",
        expected="a resource that is seen in the template, or made there by a macro or a loop as before",
        remedy="look for it in the change set: stateful-resources-survive judges whether it is removed there",
        logical_id=resource.logical_id,
        physical_id=resource.physical_id,
    )
