"""The upgrade item says what became of the operation, the first cause first."""

from dataclasses import replace

import pytest

from checks.upgrade import check_upgrade as module
from tests.builders import event, operation
from tests.checks.says import says
from upgrade.catalogue import Outcome
from upgrade.errors import CannotTell
from upgrade.facts.diagnosis import Diagnosis, Failure
from upgrade.facts.operation import Ending, Operation

CHECK = module.check_upgrade


def test_a_complete_update_passes() -> None:
    assert says(CHECK, execute=operation)[0] is Outcome.PASS


def failure(resource: str, reason: str) -> Failure:
    return Failure(resource, event(resource, "UPDATE_FAILED", reason), reason, "", "Look at it.", "")


FOUND = Diagnosis(failure("DataVolume", "volume is busy"), (), (), (), (), (), ())


def test_a_rolled_back_one_fails_with_its_cause() -> None:
    outcome, findings = says(CHECK, execute=lambda: operation(Ending.ROLLED_BACK, diagnosis=FOUND))

    assert outcome is Outcome.FAIL
    assert [(each.logical_id, each.found, each.remedy) for each in findings] == [
        ("DataVolume", "DataVolume: volume is busy", "Look at it.")
    ]


def test_what_failed_beside_it_and_what_is_not_known_is_told() -> None:
    found = replace(FOUND, also=(failure("A", "full"),), not_undone=(failure("B", "locked"),), unread=("C: denied",))
    findings = says(CHECK, execute=lambda: operation(Ending.NEEDS_OPERATOR, diagnosis=found))[1]

    assert [each.found for each in findings] == [
        "DataVolume: volume is busy",
        "A: full",
        "B: locked",
        "what failed in a nested stack can't be read: C: denied",
    ]


def test_an_update_that_still_runs_is_said_to() -> None:
    findings = says(CHECK, execute=lambda: operation(Ending.UNKNOWN, detail="time is over", diagnosis=FOUND))[1]

    assert [each.found for each in findings] == ["DataVolume: volume is busy", "time is over"]


@pytest.mark.parametrize("ending", [Ending.UNKNOWN, Ending.REFUSED, Ending.NEEDS_OPERATOR])
def test_any_other_ending_fails_with_its_detail(ending: Ending) -> None:
    assert says(CHECK, execute=lambda: operation(ending, detail="contact lost"))[1][0].found == "contact lost"


def test_a_shut_gate_cannot_tell() -> None:
    def shut() -> Operation:
        raise CannotTell("the gate is not open")

    assert says(CHECK, execute=shut)[0] is Outcome.ERROR
