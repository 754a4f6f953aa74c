"""A change set that is ready, and made of what was checked."""

from dataclasses import replace
from typing import Any

import pytest

from checks.preflight import check_change_set_is_ready as module
from tests.builders import known, plan, prediction, snapshot, template, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Outcome
from upgrade.facts.changes import Hook, NestedChangeSet, Validation
from upgrade.facts.known import Reason

CHECK = module.check_change_set_is_ready


def test_a_ready_change_set_passes() -> None:
    assert says(CHECK, before=snapshot(), plan=known(plan()))[0] is Outcome.PASS


def test_no_change_is_ready_too() -> None:
    made = plan(nothing_to_do=True, status="FAILED", execution_status="UNAVAILABLE")

    assert says(CHECK, before=snapshot(target=known(template())), plan=known(made))[0] is Outcome.PASS
    assert says(CHECK, before=snapshot(), plan=known(made))[0] is Outcome.FAIL


@pytest.mark.parametrize(("status", "execution"), [("FAILED", "UNAVAILABLE"), ("CREATE_COMPLETE", "OBSOLETE")])
def test_one_that_cannot_be_executed_fails_with_its_reason(status: str, execution: str) -> None:
    made = plan(status=status, execution_status=execution, status_reason="Parameter pX is unknown")
    outcome, findings = says(CHECK, before=snapshot(), plan=known(made))

    assert outcome is Outcome.FAIL
    assert "Parameter pX is unknown" in findings[0].found


def test_a_reason_that_is_known_comes_with_its_remedy() -> None:
    reason = "The bucket 'logs' is not empty. You must either delete all objects and versions or retain it"
    made = plan(status="FAILED", execution_status="UNAVAILABLE", status_reason=reason)

    assert "its owner decides whether it is kept" in says(CHECK, before=snapshot(), plan=known(made))[1][0].remedy


def test_another_template_than_the_checked_one_fails() -> None:
    made = plan(template=known(template("v9.9.9")))
    outcome, findings = says(CHECK, before=snapshot(), plan=known(made))

    assert outcome is Outcome.FAIL
    assert "another template" in findings[0].found


@pytest.mark.parametrize(
    "facts",
    [
        {"before": snapshot(), "plan": unknown(Reason.THROTTLED)},
        {"before": snapshot(), "plan": known(plan(template=unknown()))},
        {"before": snapshot(target=unknown()), "plan": known(plan())},
    ],
)
def test_what_cannot_be_read_cannot_tell(facts: dict[str, object]) -> None:
    assert says(CHECK, **facts)[0] is Outcome.ERROR


def test_of_a_predicted_plan_there_is_no_change_set() -> None:
    assert says(CHECK, before=snapshot(), plan=known(prediction()))[0] is Outcome.NOT_APPLICABLE


def test_one_that_can_not_be_made_fails_before_it_is_tried() -> None:
    refused = prediction(status="REFUSED", status_reason="its resources depend on each other in a circle: A, B")
    outcome, findings = says(CHECK, before=snapshot(), plan=known(refused))
    assert outcome is Outcome.FAIL
    assert "in a circle: A, B" in findings[0].found


def test_a_change_of_outputs_alone_is_ready() -> None:
    made = replace(plan(), changes=())
    assert says(CHECK, before=snapshot(), plan=known(made))[0] is Outcome.PASS


# ---- nested stacks ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nested", "outcome"),
    [
        (NestedChangeSet("Child", "CREATE_COMPLETE", "", "AVAILABLE"), Outcome.PASS),
        (NestedChangeSet("Child", "FAILED", "", "UNAVAILABLE"), Outcome.PASS),  # nothing changes in there
        (NestedChangeSet("Child", "FAILED", "no such parameter", "UNAVAILABLE"), Outcome.FAIL),
        (NestedChangeSet("Child", "CREATE_COMPLETE", "", "OBSOLETE"), Outcome.FAIL),
    ],
)
def test_change_sets_of_nested_stacks_have_to_be_ready_too(nested: NestedChangeSet, outcome: Outcome) -> None:
    assert says(CHECK, before=snapshot(), plan=known(plan(nested=(nested,))))[0] is outcome


# ---- early validation and hooks --------------------------------------------------------------------------------------


def validation(**changes: str) -> Validation:
    found = Validation(
        "NAME_CONFLICT_VALIDATION", "FAIL", "FAILED", "it exists", "AlarmsTopic", "/Properties/TopicName"
    )
    return replace(found, **changes)


@pytest.mark.parametrize(("mode", "outcome"), [("FAIL", Outcome.FAIL), ("", Outcome.FAIL), ("WARN", Outcome.WARN)])
def test_what_cloudformation_finds_fails_or_warns_by_its_mode(mode: str, outcome: Outcome) -> None:
    made = plan(validations=known((validation(mode=mode),)))
    told, (finding,) = says(CHECK, before=snapshot(), plan=known(made))

    assert (told, finding.logical_id, finding.property) == (outcome, "AlarmsTopic", "/Properties/TopicName")
    assert finding.found.endswith("NAME_CONFLICT_VALIDATION is FAILED: it exists")


@pytest.mark.parametrize(
    ("fields", "remark"),
    [
        (
            {"validations": known((validation(status="SKIPPED", reason="no permission"),))},
            "CloudFormation did not assess NAME_CONFLICT_VALIDATION (no permission)",
        ),
        ({"validations": unknown(call="cloudformation:DescribeEvents")}, "what CloudFormation validated is not known"),
        ({"hooks": known((Hook("Acme::Tags::Hook", "FAIL", "A"),))}, "hooks will run: Acme::Tags::Hook (FAIL) on A"),
        ({"hooks": unknown()}, "which hooks will run is not known"),
    ],
)
def test_what_was_not_assessed_and_which_hooks_will_run_is_told(fields: dict[str, Any], remark: str) -> None:
    outcome, told = remarks(CHECK, before=snapshot(), plan=known(plan(**fields)))

    assert outcome is Outcome.PASS
    assert told.startswith(remark)
