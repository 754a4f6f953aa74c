"""Both the operation's own end and the stack must say so."""

import pytest

from checks.postflight import check_update_is_complete as module
from tests.builders import known, operation, snapshot, stack, unknown
from tests.checks.says import says
from upgrade.catalogue import Outcome
from upgrade.facts.operation import Ending, Operation
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_update_is_complete


def test_a_complete_update_passes() -> None:
    assert says(CHECK, upgrade=operation(), after=snapshot())[0] is Outcome.PASS


@pytest.mark.parametrize(
    ("upgrade", "after"),
    [
        (operation(), snapshot(stack=known(stack(status="UPDATE_IN_PROGRESS")))),
        (operation(Ending.ROLLED_BACK), snapshot()),
        (operation(events=()), snapshot()),
    ],
)
def test_a_status_alone_is_no_proof(upgrade: Operation, after: Snapshot) -> None:
    assert says(CHECK, upgrade=upgrade, after=after)[0] is Outcome.FAIL


def test_an_unreadable_stack_cannot_tell() -> None:
    assert says(CHECK, upgrade=operation(), after=snapshot(stack=unknown()))[0] is Outcome.ERROR
