"""What the stack policy denies stops the plan that does it, and no other."""

import json
from typing import Any

from checks.preflight import check_stack_policy_allows_the_plan as module
from tests.builders import change, known, plan, snapshot, unknown
from tests.checks.says import says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.changes import ResourceChange

CHECK = module.check_stack_policy_allows_the_plan
ALLOW = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}
PROTECTED = {
    "Effect": "Deny",
    "Action": ["Update:Replace", "Update:Delete"],
    "Principal": "*",
    "Resource": "LogicalResourceId/AnalyticsDBInstance",
}


def judged(*changes: ResourceChange, policy: Any = None) -> tuple[Outcome, tuple[Finding, ...]]:
    text = json.dumps(policy or {"Statement": [ALLOW, PROTECTED]})
    return says(CHECK, before=snapshot(stack_policy=known(text)), plan=known(plan(*changes)))


def test_a_plan_that_the_policy_allows_passes() -> None:
    assert judged(change("AlarmsTopic", replacement="True"), change("AnalyticsDBInstance"))[0] is Outcome.PASS


def test_a_denied_change_fails_with_the_statement() -> None:
    outcome, (finding,) = judged(change("AnalyticsDBInstance", replacement="True"))
    assert outcome is Outcome.FAIL
    assert (
        finding.found
        == "AnalyticsDBInstance (AWS::RDS::DBInstance): in the stack policy statement 2 denies Update:Replace"
    )


def test_a_replacement_that_may_be_denied_only_warns() -> None:
    assert judged(change("AnalyticsDBInstance", replacement="Conditional"))[0] is Outcome.WARN


def test_the_policy_does_not_reach_into_nested_stacks() -> None:
    assert judged(change("Data.AnalyticsDBInstance", replacement="True"), policy={"Statement": []})[0] is Outcome.PASS


def test_a_stack_without_policy_is_not_applicable() -> None:
    assert says(CHECK, before=snapshot(), plan=known(plan()))[0] is Outcome.NOT_APPLICABLE


def test_what_cannot_be_read_cannot_tell() -> None:
    assert says(CHECK, before=snapshot(stack_policy=unknown()), plan=known(plan()))[0] is Outcome.ERROR
    assert says(CHECK, before=snapshot(), plan=unknown())[0] is Outcome.ERROR
