"""No resource that holds data loses the policy that keeps it when it is deleted or replaced.

The policy in force when a resource goes is that of the last template: an upgrade may disarm it long before.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
"""

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable
from upgrade.config.product import Product
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Resource
from upgrade.rules.retention import ChangedPolicy, changed_policies
from upgrade.rules.stateful import holds_data


@check(
    id="deletion-policies-are-kept",
    title="No resource that holds data loses its DeletionPolicy or UpdateReplacePolicy",
    severity=Severity.BLOCKER,
    why="With Retain or Snapshot the data outlives a deletion; without it the next mistake takes the data along.",
    remedy="Ask the vendor why the policy was taken away; keep the deployed one.",
    requirements=("URS-30",),
    references=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatereplacepolicy.html",
    ),
)
def check_deletion_policies_are_kept(before: Snapshot, product: Product) -> None:
    stateful = {each.logical_id: each for each in holds_data(before.resources.value, before.template.value, product)}
    if not stateful:
        not_applicable("the stack holds no resource with data")
    changed = changed_policies(before.prediction.value, before.template.value, before.target.value)
    less = [policy for policy in changed if policy.is_less and policy.logical_id in stateful]
    nested = {name.partition(".")[0] for name in stateful if "." in name}
    fail(
        [_finding(policy, stateful[policy.logical_id]) for policy in less if policy.is_lost],
        [
            *(_finding(policy, stateful[policy.logical_id]) for policy in less if not policy.is_lost),
            *map(_not_read, sorted(nested)),
        ],
    )


def _finding(policy: ChangedPolicy, resource: Resource) -> Finding:
    return Finding(
        found=f"{resource.logical_id} ({resource.type}): {policy.attribute} becomes {policy.after}",
        expected=f"{policy.before}, as deployed",
        remedy="ask the template's author to keep it, or have a backup of the data outside of the stack",
        logical_id=resource.logical_id,
        physical_id=resource.physical_id,
        property=policy.attribute,
    )


def _not_read(stack: str) -> Finding:
    return Finding(
        found=f"the policies of what lies in nested stack {stack} were not compared: its templates are not read",
        expected="nested templates that a person has compared",
        remedy="compare DeletionPolicy and UpdateReplacePolicy in the nested template of both versions",
        logical_id=stack,
    )
