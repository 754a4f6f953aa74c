"""What the target takes from SSM and Secrets Manager is what the last update took from there.

A value behind an SSM parameter type, or behind a dynamic reference without a version, may have moved since: the update
brings the new one along, and no difference of templates or parameters shows it.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
"""

from upgrade.catalogue import Finding, Severity, check, not_applicable, warn
from upgrade.config.entry import StackEntry
from upgrade.facts.changes import Plan
from upgrade.facts.known import Fact
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.inputs import dynamic_references, named_in_ssm, target_branches
from upgrade.rules.moved import Moved, behind_parameters, behind_reference
from upgrade.rules.parameters import planned_for
from upgrade.rules.relevance import touched


@check(
    id="dynamic-references-are-stable",
    title="What the target takes from SSM and Secrets Manager has not changed since the last update",
    severity=Severity.WARNING,
    why="A value that moved in between comes along with the update, and no difference of templates shows it.",
    remedy="Look whether the new value is meant to come with this upgrade; a version in the reference keeps the old one.",
    requirements=("URS-23",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html",),
)
def check_dynamic_references_are_stable(before: Snapshot, entry: StackEntry, plan: Fact[Plan]) -> None:
    target, stack, nested = before.target.value, before.stack.value, before.nested_targets.value
    values = planned_for(before, entry).values
    named = named_in_ssm(target, values)
    own = before.resources.value
    tree = target_branches(target, stack, entry, values, resources=own, nested=nested, dynamic=True)
    found = dict.fromkeys(dynamic_references(tree))
    if not named and not found:
        not_applicable("the target takes nothing from SSM or Secrets Manager")
    relevant = touched(plan.value)
    behind = (behind_reference(before, each, is_touched=each[0] in relevant) for each in found)
    warn([_finding(moved) for moved in (*behind_parameters(before, named), *behind) if moved is not None])


def _finding(moved: Moved) -> Finding:
    return Finding(
        found=moved.told,
        expected="the value that the last update took",
        remedy="look whether the new value is meant to come with this upgrade, or name a version in the reference",
        logical_id=moved.logical_id,
        property=moved.parameter,
    )
