"""A check that judges facts that are too old can't tell, and nothing is executed on them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW
from tests.reports.builders import check
from upgrade.catalogue import Finding, Outcome, Phase, Severity, When
from upgrade.facts.reading import Reading
from upgrade.gate.freshness import in_time, too_old_to_start
from upgrade.gate.ledger import Entry
from upgrade.gate.mode import Mode

FINDING = Finding("a job runs", "none", "wait")


def read(minutes: float, fact: str = "before.jobs") -> Reading:
    return Reading(fact, NOW - timedelta(minutes=minutes))


def entry(*reads: Reading, phase: Phase = Phase.FACTS, max_age_minutes: float = 15, **changes: Any) -> Entry:
    info = replace(check("no-batch-jobs-active", phase), when=When.START, max_age_minutes=max_age_minutes)
    return replace(Entry(info, Outcome.PASS, started=NOW, reads=reads), **changes)


@given(ages=st.lists(st.floats(-10, 1000), max_size=5), limit=st.floats(0.1, 1000))
def test_it_can_tell_exactly_if_every_fact_was_young_enough(ages: list[float], limit: float) -> None:
    judged = entry(*(read(age) for age in ages), max_age_minutes=limit)
    young = all(NOW - each.at <= timedelta(minutes=limit) for each in judged.reads)

    assert in_time(judged, Mode.GATE).outcome is (Outcome.PASS if young else Outcome.ERROR)
    assert bool(too_old_to_start([judged], NOW)) is not young


@pytest.mark.parametrize("outcome", [Outcome.PASS, Outcome.WARN, Outcome.FAIL, Outcome.NOT_APPLICABLE])
def test_whatever_it_says_of_an_old_fact_counts_for_nothing(outcome: Outcome) -> None:
    result = in_time(entry(read(16), read(1, "plan"), outcome=outcome, findings=(FINDING,)), Mode.UPGRADE)

    assert (result.outcome, result.findings) == (Outcome.ERROR, ())
    assert result.detail == (
        "before.jobs was read 16 minutes ago, more than 15: run again, or allow more by max_age_minutes in "
        "[stacks.NAME.checks]"
    )


def test_why_it_could_not_tell_anyway_is_kept() -> None:
    denied = entry(read(100), outcome=Outcome.ERROR, detail="denied")

    assert in_time(denied, Mode.GATE) is denied


@pytest.mark.parametrize("mode", [Mode.UPGRADE, Mode.VERIFY])
def test_a_baseline_is_old_by_nature(mode: Mode) -> None:
    compared = entry(read(600), read(600, "plan"), read(1, "after.jobs"), phase=Phase.POSTFLIGHT)

    assert in_time(compared, mode) is compared
    assert in_time(replace(compared, reads=(read(16, "after.jobs"),)), mode).outcome is Outcome.ERROR


def test_a_recalled_baseline_is_exempt_in_whatever_phase() -> None:
    recalled = entry(read(60 * 24 * 365, "before.stack"))

    assert in_time(recalled, Mode.VERIFY) is recalled


def test_facts_that_grow_old_between_judgement_and_start_are_named() -> None:
    judged = entry(read(10), read(2, "before.workers"))

    assert too_old_to_start([judged], NOW + timedelta(minutes=5)) == []
    (told,) = too_old_to_start([judged], NOW + timedelta(minutes=6))
    assert told.startswith("no-batch-jobs-active: before.jobs was read 16 minutes ago")


@pytest.mark.parametrize("changes", [{"when": When.PLAN}, {"severity": Severity.WARNING}], ids=["plan", "warning"])
def test_only_what_blocks_at_the_start_refuses_then(changes: dict[str, Any]) -> None:
    judged = entry(read(600))

    assert too_old_to_start([replace(judged, check=replace(judged.check, **changes))], NOW) == []
