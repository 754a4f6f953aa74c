"""Every change of the change set follows from a difference of templates, parameters or tags.

A change set says what changes, not what for: what nobody asked for is seen only if somebody else has worked it out.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html
"""

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable
from upgrade.config.product import Product
from upgrade.facts.changes import Plan, Unpredicted
from upgrade.facts.known import Fact
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.explained import Unexplained, not_assessed, unexplained
from upgrade.rules.stateful import is_stateful


@check(
    id="plan-is-explained",
    title="Every planned change follows from a difference of templates, parameters or tags",
    severity=Severity.BLOCKER,
    why="A change that nothing explains comes from somewhere else: another template, another parameter, a stack that moved.",
    remedy="Find out where the change comes from before it is executed; run the gate again if somebody changed the stack.",
    requirements=("URS-15",),
    references=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html",
    ),
)
def check_plan_is_explained(before: Snapshot, plan: Fact[Plan], product: Product) -> None:
    made, predicted = plan.value, before.prediction.value
    if made.predicted:
        not_applicable("this run makes no change set: its plan is what the differences say")
    findings: list[Finding] = []
    warnings = [_not_assessed(where, names) for where, names in not_assessed(made, predicted).items()]
    for each in unexplained(made, predicted):
        change = each.change
        templates = [fact.value for fact in (before.template, before.target)]
        holds_data = any(is_stateful(change.logical_id, change.type, template, product) for template in templates)
        matters = each.static and (holds_data or product.is_critical(change.type, each.path))
        (findings if each.unheard or matters else warnings).append(_finding(each))
    fail(findings, warnings)


def _finding(each: Unexplained) -> Finding:
    change = each.change
    return Finding(
        found=f"{change.logical_id} ({change.type}): {each.what}",
        expected="a change that follows from a difference of templates, parameters or tags",
        remedy="look at the change in the plan and in both templates; if the stack has moved meanwhile, run the gate again",
        logical_id=change.logical_id,
        physical_id=change.physical_id,
        property=each.path,
    )


def _not_assessed(where: Unpredicted, changed: list[str]) -> Finding:
    what = f"change of {changed[0]} is" if len(changed) == 1 else f"changes of {', '.join(changed)} are"
    return Finding(
        found=f"whether the {what} explained can't be told: {where.why}",
        expected="changes that can be predicted from the templates",
        remedy="look at them in the plan yourself",
        logical_id=where.logical_id or changed[0],
    )
