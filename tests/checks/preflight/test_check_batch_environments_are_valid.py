"""An environment or queue that is not valid stops a plan that touches it, and is told where it does not."""

import pytest

from checks.preflight import check_batch_environments_are_valid as module
from tests.builders import ENVIRONMENT, batch_queue, change, environment, known, plan, snapshot, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.changes import Plan
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_batch_environments_are_valid
BOTH = plan(change("E"), change("Q"))


def judged(made: Plan, environment_is: str = "VALID", queue_is: str = "VALID") -> tuple[Outcome, tuple[Finding, ...]]:
    before = snapshot(
        environments=known({"E": environment(status=environment_is, reason="CLIENT_ERROR - no such role")}),
        queues=known({"Q": batch_queue(status=queue_is)}),
    )
    return says(CHECK, before=before, plan=known(made))


def test_valid_ones_pass() -> None:
    assert judged(BOTH)[0] is Outcome.PASS


@pytest.mark.parametrize("status", ["INVALID", "UPDATING", "CREATING", "DELETING", "DELETED", "SOMETHING_NEW"])
@pytest.mark.parametrize(("made", "outcome"), [(plan(change("E")), Outcome.FAIL), (plan(), Outcome.WARN)])
def test_an_environment_that_is_not_blocks_where_the_plan_touches_it(status: str, made: Plan, outcome: Outcome) -> None:
    said, findings = judged(made, environment_is=status)

    assert said is outcome
    assert [finding.found for finding in findings] == [f"E is {status}: CLIENT_ERROR - no such role"]
    assert (findings[0].logical_id, findings[0].physical_id) == ("E", ENVIRONMENT)


def test_a_queue_that_changes_needs_valid_environments() -> None:
    said, findings = judged(plan(change("Q")), environment_is="INVALID")

    assert said is Outcome.FAIL
    assert {finding.found: finding.blocking for finding in findings} == {
        "Q uses E, which is not VALID": True,
        "E is INVALID: CLIENT_ERROR - no such role": False,
    }


@pytest.mark.parametrize(("made", "outcome"), [(BOTH, Outcome.FAIL), (plan(), Outcome.WARN)])
def test_a_queue_that_is_not_valid_counts_too(made: Plan, outcome: Outcome) -> None:
    assert judged(made, queue_is="INVALID")[0] is outcome


def test_a_stack_without_batch_is_not_applicable() -> None:
    before = snapshot(environments=known({}), queues=known({}))
    assert remarks(CHECK, before=before, plan=known(BOTH))[0] is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("before", [snapshot(environments=unknown()), snapshot(queues=unknown())], ids=["E", "Q"])
def test_what_cannot_be_read_cannot_tell(before: Snapshot) -> None:
    assert says(CHECK, before=before, plan=known(plan()))[0] is Outcome.ERROR
