"""Only a stack at rest takes a change set; every other status comes with its way out."""

import pytest

from checks.preflight import check_stack_is_at_rest as module
from tests.builders import entry, event, known, snapshot, stack, unknown
from tests.checks.says import says
from upgrade.catalogue import Outcome
from upgrade.facts.known import Fact, Reason
from upgrade.facts.stack import AT_REST, Event

CHECK = module.check_stack_is_at_rest


@pytest.mark.parametrize("status", sorted(AT_REST))
def test_a_stack_at_rest_passes(status: str) -> None:
    assert says(CHECK, before=snapshot(stack=known(stack(status=status))), entry=entry())[0] is Outcome.PASS


@pytest.mark.parametrize(
    "status",
    [
        "UPDATE_IN_PROGRESS",
        "UPDATE_ROLLBACK_FAILED",
        "ROLLBACK_COMPLETE",
        "UPDATE_FAILED",
        "REVIEW_IN_PROGRESS",
        "DELETE_IN_PROGRESS",
        "SOMETHING_NEW",
    ],
)
def test_any_other_status_fails_with_a_way_out(status: str) -> None:
    outcome, findings = says(CHECK, before=snapshot(stack=known(stack(status=status))), entry=entry())

    assert outcome is Outcome.FAIL
    assert status in findings[0].found
    assert findings[0].remedy


def test_a_nested_stack_at_work_fails() -> None:
    nested = known((stack(name="inner", status="UPDATE_IN_PROGRESS"),))
    outcome, findings = says(CHECK, before=snapshot(nested=nested), entry=entry())

    assert outcome is Outcome.FAIL
    assert findings[0].found.startswith("inner is UPDATE_IN_PROGRESS")


@pytest.mark.parametrize(
    ("running", "told"),
    [
        (
            known(event(token="Console-UpdateStack-1")),
            "started 2026-11-23 12:00 UTC in the console by request Console-U",
        ),
        (known(event(token="plimsoll-2")), "started 2026-11-23 12:00 UTC by Plimsoll by request plimsoll-2"),
        (known(event(token="deploy-77")), "started 2026-11-23 12:00 UTC by request deploy-77"),
        (known(None), "its beginning is not among its events"),
        (unknown(), "by whom is not known"),
    ],
)
def test_of_a_running_operation_it_is_told_who_started_it(running: Fact[Event | None], told: str) -> None:
    before = snapshot(stack=known(stack(status="UPDATE_IN_PROGRESS")), running=running)
    outcome, (finding,) = says(CHECK, before=before, entry=entry())

    assert outcome is Outcome.FAIL
    assert told in finding.found
    assert finding.paste.startswith("aws cloudtrail lookup-events")


def test_an_absent_stack_fails() -> None:
    outcome, findings = says(CHECK, before=snapshot(stack=unknown(Reason.NOT_FOUND)), entry=entry())

    assert outcome is Outcome.FAIL
    assert "no stack codeocean in region us-east-1" in findings[0].found


@pytest.mark.parametrize("fact", ["stack", "nested"])
def test_what_cannot_be_read_cannot_tell(fact: str) -> None:
    assert says(CHECK, before=snapshot(**{fact: unknown()}), entry=entry())[0] is Outcome.ERROR
