"""Only a failed rollback can be continued."""

import pytest

from checks.recovery import check_stack_is_stuck_in_its_rollback as module
from tests.builders import entry, known, snapshot, stack, unknown
from tests.checks.says import says
from upgrade.catalogue import Outcome
from upgrade.facts.known import Reason

CHECK = module.check_stack_is_stuck_in_its_rollback


def test_a_failed_rollback_passes() -> None:
    before = snapshot(stack=known(stack(status="UPDATE_ROLLBACK_FAILED")))
    assert says(CHECK, before=before, entry=entry())[0] is Outcome.PASS


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        ("UPDATE_ROLLBACK_COMPLETE", "nothing is to be recovered"),
        ("UPDATE_ROLLBACK_IN_PROGRESS", "wait until the running operation has ended"),
        ("UPDATE_FAILED", "look at the stack's events"),
    ],
)
def test_any_other_state_fails_with_what_to_do(status: str, remedy: str) -> None:
    outcome, (finding,) = says(CHECK, before=snapshot(stack=known(stack(status=status))), entry=entry())
    assert outcome is Outcome.FAIL
    assert remedy in finding.remedy


def test_no_stack_fails_and_one_that_was_not_read_cannot_tell() -> None:
    assert says(CHECK, before=snapshot(stack=unknown(Reason.NOT_FOUND)), entry=entry())[0] is Outcome.FAIL
    assert says(CHECK, before=snapshot(stack=unknown()), entry=entry())[0] is Outcome.ERROR
