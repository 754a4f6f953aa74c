"""CloudFormation has worked out the change set, and it holds the template that was checked.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html
"""

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable
from upgrade.facts.changes import Plan
from upgrade.facts.known import Fact
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.prediction import REFUSED


@check(
    id="change-set-is-ready",
    title="The change set is complete, executable and made of the template that was checked",
    severity=Severity.BLOCKER,
    why="What CloudFormation can't work out it can't execute, and what was not checked must not be deployed.",
    remedy="Mend what CloudFormation names, then run the gate again.",
    requirement="Review the changes before updating the stack",
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
    findings = []
    if made.status != "CREATE_COMPLETE" or made.execution_status != "AVAILABLE":
        findings.append(
            Finding(
                found=f"change set {made.name} is {made.status}, {made.execution_status}: {made.status_reason}",
                expected="CREATE_COMPLETE, AVAILABLE",
                remedy="mend what the reason names",
                physical_id=made.arn,
            )
        )
    checked = before.target.value
    if made.template.value.body != checked.body:
        findings.append(
            Finding(
                found="the change set holds another template than the one that was checked",
                expected=f"the template at {checked.source}",
                remedy="find out who replaced the template meanwhile; run the gate again; pin template_sha256",
                physical_id=made.arn,
            )
        )
    fail(findings)


def _fail_if_refused(predicted: Plan) -> None:
    if predicted.status != REFUSED:
        return
    fail(
        [
            Finding(
                found=f"no change set can be made: {predicted.status_reason}",
                expected="an update that CloudFormation accepts",
                remedy="mend what the reason names",
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
