"""The upgrade item says what became of the operation, the first cause first."""

import pytest

from checks.upgrade import check_upgrade as module
from tests.builders import event, operation
from tests.checks.says import says
from upgrade.catalogue import Outcome
from upgrade.errors import CannotTell
from upgrade.facts.operation import Ending, Operation

CHECK = module.check_upgrade


def test_a_complete_update_passes() -> None:
    assert says(CHECK, execute=operation)[0] is Outcome.PASS


def test_a_rolled_back_one_fails_with_its_cause() -> None:
    cause = event("DataVolume", "UPDATE_FAILED", "volume is busy")
    outcome, findings = says(CHECK, execute=lambda: operation(Ending.ROLLED_BACK, cause=cause))

    assert outcome is Outcome.FAIL
    assert (findings[0].logical_id, findings[0].found) == ("DataVolume", "DataVolume: volume is busy")


@pytest.mark.parametrize("ending", [Ending.UNKNOWN, Ending.REFUSED, Ending.NEEDS_OPERATOR])
def test_any_other_ending_fails_with_its_detail(ending: Ending) -> None:
    assert says(CHECK, execute=lambda: operation(ending, detail="contact lost"))[1][0].found == "contact lost"


def test_a_shut_gate_cannot_tell() -> None:
    def shut() -> Operation:
        raise CannotTell("the gate is not open")

    assert says(CHECK, execute=shut)[0] is Outcome.ERROR
