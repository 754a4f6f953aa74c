"""Free storage is measured in bytes; a maximum leaves room for one step."""

from typing import Any

import pytest

from checks.preflight import check_rds_can_still_grow as module
from tests.builders import GIB, database, entry, known, snapshot, unknown
from tests.checks.says import says
from upgrade.catalogue import Finding, Outcome

CHECK = module.check_rds_can_still_grow
NAME = "AnalyticsDBInstance"


def judged(free: int | None, threshold: float | None = None, **live: Any) -> tuple[Outcome, tuple[Finding, ...]]:
    before = snapshot(databases=known({NAME: database(**live)}), free_storage=known({NAME: free}))
    checks = {} if threshold is None else {"thresholds": {"rds-can-still-grow": threshold}}
    return says(CHECK, before=before, entry=entry(checks=checks))


@pytest.mark.parametrize(("size", "maximum"), [(20, 100), (37, 100), (90, 100), (20, None)])
def test_a_database_with_room_is_fine(size: int, maximum: int | None) -> None:
    assert judged(size * GIB // 2, allocated_storage=size, max_allocated_storage=maximum)[0] is Outcome.PASS


def test_what_the_vendors_alarm_would_take_for_enough_is_told() -> None:
    # Its threshold of 2048 is meant in MiB; the metric is in bytes.
    outcome, findings = judged(1024**3)

    assert outcome is Outcome.WARN
    assert findings[0].found == f"{NAME} has 5 % of 20 GiB free"


@pytest.mark.parametrize(("free", "outcome"), [(2 * GIB, Outcome.WARN), (2 * GIB + 1, Outcome.PASS)])
def test_ten_per_cent_are_not_enough(free: int, outcome: Outcome) -> None:
    assert judged(free)[0] is outcome


@pytest.mark.parametrize(("threshold", "outcome"), [(60, Outcome.WARN), (5, Outcome.PASS)])
def test_the_share_can_be_configured(threshold: float, outcome: Outcome) -> None:
    assert judged(10 * GIB, threshold)[0] is outcome


def test_a_full_one_that_may_not_grow_is_told_with_the_reason() -> None:
    assert "storage autoscaling is off" in judged(0, max_allocated_storage=None)[1][0].found


def test_a_maximum_that_leaves_no_room_is_told() -> None:
    outcome, findings = judged(50 * GIB, allocated_storage=95, max_allocated_storage=100)

    assert outcome is Outcome.WARN
    assert (findings[0].found, findings[0].expected) == (
        f"{NAME} has 95 GiB and may grow to 100 GiB only",
        "a maximum of at least 105 GiB, 10 % above its size",
    )


def test_without_a_measurement_nothing_is_taken_for_free() -> None:
    outcome, findings = judged(None)

    assert outcome is Outcome.WARN
    assert "no measurement" in findings[0].found


def test_without_a_database_it_does_not_apply() -> None:
    assert says(CHECK, before=snapshot(databases=known({})), entry=entry())[0] is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("fact", ["databases", "free_storage"])
def test_what_cannot_be_read_cannot_tell(fact: str) -> None:
    assert says(CHECK, before=snapshot(**{fact: unknown()}), entry=entry())[0] is Outcome.ERROR
