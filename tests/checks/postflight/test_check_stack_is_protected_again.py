"""Protection that was there before is there afterwards; more of it is welcome."""

import pytest

from checks.postflight import check_stack_is_protected_again as module
from tests.builders import known, snapshot, stack, unknown
from tests.checks.says import says
from upgrade.catalogue import Outcome
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_stack_is_protected_again
POLICY = '{"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}'


def protected(*, termination: bool = True, policy: str = POLICY) -> Snapshot:
    return snapshot(stack=known(stack(termination_protection=termination)), stack_policy=known(policy))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (protected(), protected()),
        (protected(), protected(policy=POLICY.replace(" ", ""))),
        (protected(termination=False, policy=""), protected(policy="")),
    ],
)
def test_protection_as_before_or_more_passes(before: Snapshot, after: Snapshot) -> None:
    assert says(CHECK, before=before, after=after)[0] is Outcome.PASS


@pytest.mark.parametrize(
    ("after", "found"),
    [
        (protected(termination=False), "termination protection is off"),
        (protected(policy=""), "the stack policy is another one: none"),
    ],
)
def test_protection_that_was_taken_away_warns(after: Snapshot, found: str) -> None:
    outcome, (finding,) = says(CHECK, before=protected(), after=after)
    assert (outcome, finding.found) == (Outcome.WARN, found)


@pytest.mark.parametrize("fact", ["stack", "stack_policy"])
def test_what_cannot_be_read_cannot_tell(fact: str) -> None:
    assert says(CHECK, before=protected(), after=snapshot(**{fact: unknown()}))[0] is Outcome.ERROR
