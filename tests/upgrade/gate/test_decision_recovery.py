"""A recovery is decided like an upgrade: from positive evidence only."""

from dataclasses import replace

import pytest

from tests.upgrade.gate.verdicts import decided, entry, operation
from upgrade.catalogue import Outcome, Phase, Severity
from upgrade.facts.operation import Ending
from upgrade.gate.mode import Mode, Verdict

STUCK = (
    entry(Outcome.PASS, "account"),
    entry(Outcome.PASS, "stuck", Phase.STUCK),
    entry(Outcome.PASS, "recovery", Phase.RECOVERY),
    entry(Outcome.WARN, "skipped", Phase.RECOVERED, Severity.WARNING),
)


@pytest.mark.parametrize(
    ("ending", "verdict", "code"),
    [
        (Ending.COMPLETE, Verdict.RECOVERED, 0),
        (Ending.REFUSED, Verdict.REFUSED, 12),
        (Ending.NEEDS_OPERATOR, Verdict.NEEDS_OPERATOR, 21),
        (Ending.UNKNOWN, Verdict.UNKNOWN, 22),
    ],
)
def test_a_recovery_ends_as_its_rollback_did(ending: Ending, verdict: Verdict, code: int) -> None:
    decision = decided(STUCK, Mode.RECOVER, operation(ending))
    assert (decision.verdict, decision.exit_code) == (verdict, code)


@pytest.mark.parametrize("position", range(len(STUCK)))
def test_no_check_of_a_recovery_may_be_missing_from_a_zero(position: int) -> None:
    broken = tuple(replace(e, outcome=Outcome.NOT_RUN) if i == position else e for i, e in enumerate(STUCK))
    assert decided(broken, Mode.RECOVER, operation(Ending.COMPLETE)).exit_code == 30


@pytest.mark.parametrize(("outcome", "code"), [(Outcome.FAIL, 10), (Outcome.ERROR, 11), (Outcome.PASS, 11)])
def test_without_a_continuation_a_recovery_is_judged_by_its_preflight(outcome: Outcome, code: int) -> None:
    broken = (STUCK[0], replace(STUCK[1], outcome=outcome))
    assert decided(broken, Mode.RECOVER).exit_code == code


def test_of_an_adopted_recovery_the_first_run_has_judged_the_preflight() -> None:
    blocked = (STUCK[0], replace(STUCK[1], outcome=Outcome.BLOCKED), *STUCK[2:])
    ended = replace(operation(Ending.COMPLETE), adopted_from="R1")
    assert decided(blocked, Mode.RECOVER, ended, adopted=True).verdict is Verdict.RECOVERED
    assert decided(blocked, Mode.RECOVER, ended).exit_code == 30
