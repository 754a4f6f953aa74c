"""Resources that the update could not delete, or kept, are named; those that hold data stop it."""

import pytest

from checks.postflight import check_nothing_is_left_behind as module
from tests.builders import event, operation, snapshot, unknown
from tests.checks.says import says
from upgrade.catalogue import Finding, Outcome
from upgrade.config.product import load
from upgrade.facts.stack import Event

CHECK = module.check_nothing_is_left_behind


def judged(*events: Event) -> tuple[Outcome, tuple[Finding, ...]]:
    return says(CHECK, before=snapshot(), upgrade=operation(events=events), product=load("codeocean"))


@pytest.mark.parametrize(
    "events",
    [
        (event(),),
        (event("AlarmsTopic", "DELETE_IN_PROGRESS"), event("AlarmsTopic", "DELETE_COMPLETE")),
        # CloudFormation tries up to three times.
        (event("AlarmsTopic", "DELETE_FAILED", "in use"), event("AlarmsTopic", "DELETE_COMPLETE")),
    ],
)
def test_where_all_is_deleted_it_passes(events: tuple[Event, ...]) -> None:
    assert judged(*events)[0] is Outcome.PASS


@pytest.mark.parametrize("status", ["DELETE_FAILED", "DELETE_SKIPPED"])
def test_what_is_left_warns_with_its_physical_id(status: str) -> None:
    outcome, (finding,) = judged(event("AlarmsTopic", status, "in use", physical_id="arn:old"))

    assert (outcome, finding.physical_id) == (Outcome.WARN, "arn:old")
    assert f"arn:old is left outside the stack: {status} (in use)" in finding.found


@pytest.mark.parametrize("status", ["DELETE_FAILED", "DELETE_SKIPPED"])
def test_what_holds_data_fails(status: str) -> None:
    outcome, (finding,) = judged(event("DataVolume", status))
    assert (outcome, finding.logical_id) == (Outcome.FAIL, "DataVolume")


def test_what_is_left_of_a_nested_stack_is_named_with_it_and_is_none_of_the_stacks_own() -> None:
    nested = event().stack_arn.replace("codeocean", "nested")
    row = event("Nested", "UPDATE_COMPLETE", physical_id=nested, type="AWS::CloudFormation::Stack")
    kept = event("DataVolume", "DELETE_SKIPPED", stack_arn=nested, type="AWS::SNS::Topic")
    outcome, (finding,) = judged(row, kept, event("x", "DELETE_FAILED", stack_arn=nested, physical_id=nested))
    assert (outcome, finding.logical_id) == (Outcome.WARN, "Nested.DataVolume")


def test_a_failure_other_than_of_deletion_is_not_its_business() -> None:
    assert judged(event("AlarmsTopic", "UPDATE_FAILED", "no"))[0] is Outcome.PASS


def test_a_template_that_cannot_be_read_cannot_tell() -> None:
    told = says(CHECK, before=snapshot(template=unknown()), upgrade=operation(), product=load("codeocean"))
    assert told[0] is Outcome.ERROR
