"""The recovery item says what became of the rollback, what failed again first."""

import pytest

from checks.recovery import check_recovery as module
from tests.builders import event, operation
from tests.checks.says import says
from upgrade.catalogue import Outcome
from upgrade.facts.diagnosis import Diagnosis, Failure
from upgrade.facts.operation import Ending

CHECK = module.check_recovery


def failure(resource: str) -> Failure:
    return Failure(resource, event(resource, "UPDATE_FAILED", "busy"), "busy", "", "Look at it.", "")


FOUND = Diagnosis(failure("DataVolume"), (), (), (), (), (failure("Queue"),), ("Child: denied",))


def test_a_complete_rollback_passes() -> None:
    assert says(CHECK, execute=operation)[0] is Outcome.PASS


def test_what_failed_again_is_named() -> None:
    outcome, findings = says(CHECK, execute=lambda: operation(Ending.NEEDS_OPERATOR, diagnosis=FOUND))
    assert outcome is Outcome.FAIL
    assert [each.found for each in findings] == [
        "DataVolume: busy",
        "Queue: busy",
        "what failed in a nested stack can't be read: Child: denied",
    ]


@pytest.mark.parametrize("ending", [Ending.UNKNOWN, Ending.REFUSED, Ending.NEEDS_OPERATOR])
def test_any_other_ending_fails_with_its_detail(ending: Ending) -> None:
    assert says(CHECK, execute=lambda: operation(ending, detail="contact lost"))[1][0].found == "contact lost"
