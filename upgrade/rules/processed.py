"""Templates as CloudFormation has processed them: what macros and loops make can then be judged like all that is written. Pure.

Of the deployed stack CloudFormation tells it at any time, of a target only once a change set holds it.
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html
"""

from dataclasses import replace

from upgrade.config.entry import StackEntry
from upgrade.config.product import Product
from upgrade.facts.changes import Plan
from upgrade.facts.known import Fact, Known, Reason
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Template
from upgrade.rules.prediction import predicted
from upgrade.template.macros import is_processed


def comparable(deployed: Template, processed: Fact[Template], target: Template) -> Template:
    """The deployed template in the form in which a target that was not processed yet can be compared with it."""
    return _with(deployed, processed) if not is_processed(target) and isinstance(processed, Known) else deployed


def as_processed(before: Snapshot, plan: Plan, entry: StackEntry, product: Product) -> tuple[Snapshot, Plan]:
    """The facts and the plan with what macros and loops have made of both templates.

    A template of which CloudFormation was asked for that and did not tell it is unknown. Both are as they were where no
    template has any, where the change set failed, or where it holds another template than the one that was judged.
    """
    deployed, target, made = before.template, before.target, plan.template
    if not (isinstance(deployed, Known) and isinstance(target, Known) and isinstance(made, Known)):
        return before, plan
    has_macros = is_processed(deployed.value) or is_processed(target.value)
    if not has_macros or plan.status == "FAILED" or made.value.body != target.value.body:
        return before, plan
    old, new = _form(deployed, before.processed), _form(target, plan.processed)
    if old is deployed and new is target:
        return before, plan
    facts = replace(before, template=old, target=new)
    if isinstance(old, Known) and isinstance(new, Known):
        facts = replace(facts, prediction=predicted(before, entry, product, old.value, new.value))
    return facts, replace(plan, template=_form(made, plan.processed))


def after_processing(after: Snapshot) -> Snapshot:
    """The facts after an upgrade with what macros and loops have made of the template, or why that is not known."""
    if isinstance(after.template, Known) and isinstance(after.processed, Known):
        return replace(after, template=Known(_with(after.template.value, after.processed), after.template.at))
    return replace(after, template=after.processed)


def _form(template: Known[Template], processed: Fact[Template]) -> Fact[Template]:
    if isinstance(processed, Known):
        return Known(_with(template.value, processed), template.at)
    return template if processed.reason in {Reason.NOT_ASKED, Reason.BLOCKED} else processed


def _with(template: Template, processed: Known[Template]) -> Template:
    """What was submitted, by which it is told from others, with the body that CloudFormation made of it."""
    return replace(template, body=processed.value.body)
