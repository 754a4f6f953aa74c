"""Machines, addresses and Batch environments that the plan adds or replaces, against quotas and what is in use."""

from dataclasses import replace

import pytest

from checks.preflight import check_quotas_leave_room as module
from tests.builders import change, known, plan, unknown
from tests.checks.preflight.capacity import NAME, group, world
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.capacity import Quota
from upgrade.facts.changes import ResourceChange

CHECK = module.check_quotas_leave_room
STANDARD, EIPS, ENVIRONMENTS = "L-1216C47A", "L-0263D0A3", "L-144F0CA5"


def judged(*changes: ResourceChange, used: int, limit: float = 10) -> tuple[Outcome, tuple[Finding, ...]]:
    quotas = {code: Quota(f"quota {code}", limit, used) for code in (STANDARD, EIPS, ENVIRONMENTS)}
    before = world(group("m7i.xlarge"), group("m7i.xlarge"), quotas=known(quotas))
    return says(CHECK, before=before, plan=known(plan(*changes)))


@pytest.mark.parametrize(("used", "outcome"), [(0, Outcome.PASS), (6, Outcome.PASS), (7, Outcome.WARN)])
def test_machines_count_in_vcpus(used: int, outcome: Outcome) -> None:
    assert judged(change(NAME), used=used)[0] is outcome


@pytest.mark.parametrize("type_", ["AWS::EC2::EIP", "AWS::Batch::ComputeEnvironment"])
@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"action": "Add", "replacement": ""}, Outcome.WARN),
        ({"replacement": "True"}, Outcome.WARN),
        ({"replacement": "False"}, Outcome.NOT_APPLICABLE),
        ({"action": "Remove", "replacement": ""}, Outcome.NOT_APPLICABLE),
    ],
)
def test_what_is_added_or_replaced_counts(type_: str, changes: dict[str, str], outcome: Outcome) -> None:
    assert judged(change("X", type=type_, **changes), used=10)[0] is outcome
    room = judged(change("X", type=type_, **changes), used=9)[0]
    assert room is (Outcome.PASS if outcome is Outcome.WARN else outcome)


def test_the_finding_says_what_to_ask_for() -> None:
    _, findings = judged(change(NAME), used=8)
    assert findings[0].found == f"quota {STANDARD}: 8 of 10 in use, and the plan needs 4"
    assert f"--quota-code {STANDARD} --desired-value 12" in findings[0].paste


def test_a_plan_that_launches_nothing_needs_no_quota() -> None:
    before = world(group(), group(), quotas=unknown())
    assert remarks(CHECK, before=before, plan=known(plan()))[0] is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("fact", ["quotas", "instance_types", "launches"])
def test_what_can_not_be_read_can_not_tell(fact: str) -> None:
    before = replace(world(group(), group()), **{fact: unknown()})  # type: ignore[arg-type]  # any fact of it
    assert says(CHECK, before=before, plan=known(plan(change(NAME))))[0] is Outcome.ERROR
