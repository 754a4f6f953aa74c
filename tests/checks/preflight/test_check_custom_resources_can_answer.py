"""A function that can't be called stops a plan that touches a custom resource of its; what can't be seen is told."""

from typing import Any

import pytest

from checks.preflight import check_custom_resources_can_answer as module
from tests.builders import change, function, known, plan, snapshot, template, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.changes import Plan
from upgrade.facts.functions import Function
from upgrade.facts.known import Fact, Reason
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_custom_resources_can_answer
TOKEN = "arn:aws:lambda:us-east-1:111122223333:function:answer"
TOUCHED, UNTOUCHED = plan(change("Record", type="Custom::Record")), plan()
SIDES = pytest.mark.parametrize(("made", "outcome"), [(TOUCHED, Outcome.FAIL), (UNTOUCHED, Outcome.WARN)])


def world(answer: Fact[Function] | None = None, token: Any = TOKEN, **more: Any) -> Snapshot:
    both = template(Resources={"Record": {"Type": "Custom::Record", "Properties": {"ServiceToken": token}}})
    functions = {TOKEN: answer} if answer else {}
    return snapshot(template=known(both), target=known(both), functions=known(functions), **more)


def judged(made: Plan, **changes: Any) -> tuple[Outcome, tuple[Finding, ...]]:
    return says(CHECK, before=world(known(function(**changes))), plan=known(made))


@pytest.mark.parametrize("reserved", [None, 1, 100])
def test_an_active_function_passes(reserved: int | None) -> None:
    assert judged(TOUCHED, reserved=reserved)[0] is Outcome.PASS


def test_a_runtime_without_support_still_answers() -> None:
    assert judged(TOUCHED, runtime="python3.6")[0] is Outcome.PASS


@SIDES
@pytest.mark.parametrize("state", ["Pending", "Failed", "Deactivated", "SomethingNew"])
def test_one_that_can_not_be_called_blocks_what_is_touched(state: str, made: Plan, outcome: Outcome) -> None:
    said, findings = judged(made, state=state, reason="its image is gone")

    assert said is outcome
    assert findings[0].found == f"Record is answered by function answer, which is {state}: its image is gone"
    assert (findings[0].logical_id, findings[0].physical_id) == ("Record", TOKEN)


@SIDES
def test_one_throttled_to_zero_blocks_what_is_touched(made: Plan, outcome: Outcome) -> None:
    said, findings = judged(made, reserved=0)
    assert said is outcome
    assert "reserved concurrency is 0" in findings[0].found


@SIDES
def test_one_whose_runtime_is_blocked_blocks_what_is_touched(made: Plan, outcome: Outcome) -> None:
    assert judged(made, runtime_error="it was withdrawn")[0] is outcome


@SIDES
def test_one_that_does_not_exist_blocks_what_is_touched(made: Plan, outcome: Outcome) -> None:
    said, findings = says(CHECK, before=world(unknown(Reason.NOT_FOUND)), plan=known(made))
    assert said is outcome
    assert "does not exist" in findings[0].found


def test_an_idle_one_is_told() -> None:
    assert judged(TOUCHED, state="Inactive")[0] is Outcome.WARN


@pytest.mark.parametrize(("made", "outcome"), [(TOUCHED, Outcome.ERROR), (UNTOUCHED, Outcome.PASS)])
def test_one_that_can_not_be_read_matters_where_the_plan_touches_it(made: Plan, outcome: Outcome) -> None:
    before = world(unknown(call="lambda:GetFunctionConfiguration"))
    said, findings = says(CHECK, before=before, plan=known(made))
    assert said is outcome
    assert all("allow lambda:GetFunctionConfiguration" in each.remedy for each in findings)


@pytest.mark.parametrize("token", ["arn:aws:sns:us-east-1:111122223333:topic", {"Fn::ImportValue": "x"}])
@pytest.mark.parametrize(("made", "outcome"), [(TOUCHED, Outcome.WARN), (UNTOUCHED, Outcome.PASS)])
def test_who_can_not_be_seen_is_told(token: Any, made: Plan, outcome: Outcome) -> None:
    assert says(CHECK, before=world(token=token), plan=known(made))[0] is outcome


def test_one_in_a_nested_stack_is_told() -> None:
    made = plan(change("Nested.Record", type="Custom::Record"))
    said, findings = says(CHECK, before=world(known(function())), plan=known(made))
    assert (said, findings[0].logical_id) == (Outcome.WARN, "Nested.Record")


def test_stacks_without_custom_resources_are_not_applicable() -> None:
    assert remarks(CHECK, before=snapshot(), plan=known(plan()))[0] is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("fact", ["functions", "resources", "stack", "template", "target"])
def test_what_it_rests_on_can_not_be_read(fact: str) -> None:
    before = snapshot(**{fact: unknown()})
    assert says(CHECK, before=before, plan=known(TOUCHED))[0] is Outcome.ERROR
