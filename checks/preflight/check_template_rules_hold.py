"""The assertions in the target's Rules section hold for the values its parameters will have.

CloudFormation judges them before it makes anything, and refuses the change set with the first that does not hold.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
"""

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable
from upgrade.config.entry import StackEntry
from upgrade.facts.known import Known
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.assertions import Assertion, assertions
from upgrade.rules.inputs import behind
from upgrade.rules.parameters import planned_for, pseudo_parameters
from upgrade.template.functions import Unresolved


@check(
    id="template-rules-hold",
    title="The target template's own rules hold for the planned parameter values",
    severity=Severity.BLOCKER,
    why="A new version may ask for values that belong together; CloudFormation refuses the update where they don't.",
    remedy="Give the parameters values that the rule accepts; its description says what it asks for.",
    requirements=("URS-08",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html",),
)
def check_template_rules_hold(before: Snapshot, entry: StackEntry) -> None:
    target, stack = before.target.value, before.stack.value
    if not target.body.get("Rules"):
        not_applicable("the target template has no Rules")
    values = planned_for(before, entry).values
    stored = before.stored.value if isinstance(before.stored, Known) else {}
    seen = behind(target, values, stored)
    judged = list(assertions(target, values, pseudo_parameters(entry, stack), before.existing.value, seen))
    fail(
        [_finding(each, entry) for each in judged if each.holds is False],
        [_untold(each, each.holds.why) for each in judged if isinstance(each.holds, Unresolved)],
    )


def _finding(broken: Assertion, entry: StackEntry) -> Finding:
    return Finding(
        found=f"rule {broken.rule} does not hold for the planned parameter values",
        expected=broken.description or f"what rule {broken.rule} in the target template asks for",
        remedy=f"write values that the rule accepts under [stacks.{entry.name}.parameters]",
        property=f"Rules/{broken.rule}",
    )


def _untold(assertion: Assertion, why: str) -> Finding:
    return Finding(
        found=f"rule {assertion.rule} was not judged: {why}",
        expected=assertion.description or "a rule that can be judged before the change set is made",
        remedy="compare it with the planned values by hand; CloudFormation will, when the change set is made",
        property=f"Rules/{assertion.rule}",
    )
