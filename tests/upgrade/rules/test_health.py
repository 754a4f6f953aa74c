"""When there is still something to wait for."""

import pytest

from tests.builders import database, target_group
from upgrade.facts.services import TargetGroup
from upgrade.rules.health import passing, waiting_for

HEALTHY, NONE = target_group("healthy"), target_group()


@pytest.mark.parametrize(
    ("before", "now", "waits"),
    [
        (HEALTHY, HEALTHY, False),
        (HEALTHY, target_group("healthy", "draining"), False),
        (HEALTHY, target_group("healthy", "initial"), True),
        (HEALTHY, target_group("unhealthy"), True),
        (HEALTHY, NONE, True),
        (HEALTHY, None, False),  # the update has taken it out of the stack
        (HEALTHY, target_group("unavailable"), True),
        (NONE, NONE, False),
        (NONE, target_group("initial"), True),
        (NONE, target_group("unhealthy"), True),
        (None, target_group("unused"), False),
        (target_group("unhealthy"), target_group("unhealthy"), False),
        (target_group("unhealthy"), target_group("initial"), True),
        (target_group("unhealthy"), NONE, True),
        (target_group("healthy", "unhealthy"), target_group("unhealthy"), True),
        (target_group("healthy", "unhealthy"), target_group("healthy", "unhealthy"), False),
        (target_group("healthy", "unhealthy"), target_group("unhealthy", "healthy", "unhealthy"), True),
        (target_group("healthy", "unhealthy"), target_group("healthy", "initial"), True),
        (None, target_group("unavailable"), False),
    ],
)
def test_a_group_is_waited_for_until_it_is_as_healthy_as_before(
    before: TargetGroup | None, now: TargetGroup | None, waits: bool
) -> None:
    baseline = {} if before is None else {"Web": before}
    found = waiting_for(baseline, {} if now is None else {"Web": now})
    assert bool(found) is waits
    assert all(text.startswith("Web ") for text in found)


def test_a_database_at_work_is_passing() -> None:
    databases = {"A": database(status="backing-up"), "B": database(), "C": database(status="storage-optimization")}
    assert passing(databases) == ["A backing-up"]
