"""Machines that the plan launches need addresses; a group that it does not touch needs none."""

from dataclasses import replace

import pytest

from checks.preflight import check_subnets_have_room as module
from tests.builders import change, known, plan, unknown
from tests.checks.preflight.capacity import NAME, group, world
from tests.checks.says import remarks, says
from upgrade.catalogue import Outcome

CHECK = module.check_subnets_have_room
TOUCHED = known(plan(change(NAME)))
TWO = group(subnets=("subnet-1", "subnet-2"))


@pytest.mark.parametrize(
    ("free", "desired", "outcome"),
    [(1, 2, Outcome.PASS), (1, 3, Outcome.WARN), (0, 1, Outcome.WARN), (100, 10, Outcome.PASS)],
)
def test_all_subnets_of_a_group_count_together(free: int, desired: int, outcome: Outcome) -> None:
    assert says(CHECK, before=world(TWO, TWO, free, desired), plan=TOUCHED)[0] is outcome


def test_the_finding_says_how_many_are_left_where() -> None:
    _, findings = says(CHECK, before=world(group(), group(), free=0), plan=TOUCHED)
    assert findings[0].found == f"{NAME} needs 1 free addresses for its machines; left are: subnet-1 (us-east-1a): 0"


def test_a_group_that_the_plan_does_not_touch_needs_none() -> None:
    said, _ = remarks(CHECK, before=world(group(), group(), free=0), plan=known(plan()))
    assert said is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("fact", ["subnets", "launches", "target"])
def test_what_can_not_be_read_can_not_tell(fact: str) -> None:
    before = replace(world(group(), group()), **{fact: unknown()})  # type: ignore[arg-type]  # any fact of it
    assert says(CHECK, before=before, plan=TOUCHED)[0] is Outcome.ERROR
