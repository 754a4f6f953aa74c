"""CloudFormation has worked out the change set, and it holds the template that was checked.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html
"""

from collections.abc import Iterator

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable, tell
from upgrade.facts.changes import NOT_MADE, Plan
from upgrade.facts.known import Fact, Known
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Template
from upgrade.rules.prediction import REFUSED
from upgrade.rules.reasons import advice

READY = ("CREATE_COMPLETE", "AVAILABLE")
REMEDY = "correct what CloudFormation names as the reason, then run again"
SKIPPED = "SKIPPED"
"""Status of a validation that could not be made. One that passed is not told at all."""


@check(
    id="change-set-is-ready",
    title="The change set is complete, executable and made of the template that was checked",
    severity=Severity.BLOCKER,
    why="What CloudFormation can't work out it can't execute, and what was not checked must not be deployed.",
    remedy="Correct what CloudFormation names, then run again.",
    requirements=("URS-15",),
    references=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html",
    ),
)
def check_change_set_is_ready(before: Snapshot, plan: Fact[Plan]) -> None:
    made = plan.value
    if made.predicted:
        _fail_if_refused(made)
        not_applicable("this run makes no change set: its plan is predicted")
    if made.nothing_to_do:
        _fail_if_still_different(before)
        return
    stopping, told = _validated(made)
    remark = _remark(made)
    fail([*stopping, *_not_ready(made), *_other_template(made, before.target.value)], told, remark)
    if remark:
        tell(remark)


def _not_ready(made: Plan) -> Iterator[Finding]:
    if (made.status, made.execution_status) != READY:
        yield Finding(
            found=f"CloudFormation refuses to make change set {made.name}: {made.status_reason}"
            if made.status == NOT_MADE
            else f"change set {made.name} is {made.status}, {made.execution_status}: {made.status_reason}",
            expected="a change set that is CREATE_COMPLETE and AVAILABLE",
            remedy=_remedy(made.status_reason),
            physical_id=made.arn,
        )
    for child in made.nested:
        unchanged = child.status == "FAILED" and not child.status_reason
        if (child.status, child.execution_status) != READY and not unchanged:
            yield Finding(
                found=f"the change set of nested stack {child.logical_id} is {child.status}, {child.execution_status}: "
                f"{child.status_reason}",
                expected="a change set that is CREATE_COMPLETE and AVAILABLE",
                remedy=_remedy(child.status_reason),
                logical_id=child.logical_id,
            )


def _other_template(made: Plan, checked: Template) -> Iterator[Finding]:
    if made.template.value.body != checked.body:
        yield Finding(
            found="the change set holds another template than the one that was checked",
            expected=f"the template at {checked.source}",
            remedy="find out who replaced the template meanwhile, pin template_sha256, and run again",
            physical_id=made.arn,
        )


def _validated(made: Plan) -> tuple[list[Finding], list[Finding]]:
    """What CloudFormation found while it made the change set: what stops it, and what it warns of."""
    stopping, told = list[Finding](), list[Finding]()
    for each in made.validations.value if isinstance(made.validations, Known) else ():
        if each.status != SKIPPED:
            finding = Finding(
                found=f"CloudFormation's validation {each.name} is {each.status}: {each.reason}",
                expected="a validation that finds nothing",
                remedy=_remedy(
                    each.reason,
                    "correct what it names; what CloudFormation only warns of can still make the update fail",
                ),
                logical_id=each.logical_id,
                property=each.path,
            )
            (told if each.mode == "WARN" else stopping).append(finding)
    return stopping, told


def _remedy(reason: str, otherwise: str = REMEDY) -> str:
    """What to do about a reason of AWS's."""
    known = advice(reason)
    return known.remedy if known.family else otherwise


def _remark(made: Plan) -> str:
    """What was not validated, and which hooks will run."""
    parts = list[str]()
    if isinstance(made.validations, Known):
        skipped = {f"{each.name} ({each.reason})" for each in made.validations.value if each.status == SKIPPED}
        parts += [f"CloudFormation did not assess {', '.join(sorted(skipped))}"] if skipped else []
    else:
        parts.append(f"what CloudFormation validated is not known ({made.validations})")
    if isinstance(made.hooks, Known):
        hooks = {f"{each.type} ({each.mode}) on {each.logical_id}" for each in made.hooks.value}
        parts += [f"hooks will run: {', '.join(sorted(hooks))}"] if hooks else []
    else:
        parts.append(f"which hooks will run is not known ({made.hooks})")
    return "; ".join(parts)


def _fail_if_refused(predicted: Plan) -> None:
    if predicted.status != REFUSED:
        return
    fail(
        [
            Finding(
                found=f"no change set can be made: {predicted.status_reason}",
                expected="an update that CloudFormation accepts",
                remedy=REMEDY,
            )
        ]
    )


def _fail_if_still_different(before: Snapshot) -> None:
    if before.target.value.body == before.template.value.body:
        return
    fail(
        [
            Finding(
                found="CloudFormation sees nothing to change, and yet the target template is not the deployed one",
                expected="a change set, or the deployed template",
                remedy="compare the two templates: the difference lies in what no update carries over, such as Metadata",
            )
        ]
    )
