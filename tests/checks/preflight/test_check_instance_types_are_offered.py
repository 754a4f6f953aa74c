"""A new type that none of its zones offers stops an upgrade; whatever else is missing is told."""

from typing import Any

import pytest

from checks.preflight import check_instance_types_are_offered as module
from tests.builders import entry, snapshot, unknown
from tests.checks.preflight.capacity import NAME, group, world
from tests.checks.says import remarks, says
from upgrade.catalogue import Outcome

CHECK = module.check_instance_types_are_offered


def judged(live: Any, target: Any, **facts: Any) -> Outcome:
    return says(CHECK, before=world(live, target, **facts), entry=entry())[0]


@pytest.mark.parametrize("zones", [1, 2, 3, 4])
@pytest.mark.parametrize("type_", ["m7i.large", "m7i.xlarge"])
def test_types_that_every_zone_offers_pass(zones: int, type_: str) -> None:
    subnets = tuple(f"subnet-{n}" for n in range(1, zones + 1))
    assert judged(group(subnets=subnets), group(type_, subnets)) is Outcome.PASS


def test_a_zone_of_six_without_the_type_is_told() -> None:
    subnets = tuple(f"subnet-{n}" for n in range(1, 7))
    before = world(group(subnets=subnets), group("m7i.xlarge", subnets))
    outcome, findings = says(CHECK, before=before, entry=entry())

    assert (outcome, findings[0].found) == (Outcome.WARN, f"{NAME}: m7i.xlarge is not offered in us-east-1e")


@pytest.mark.parametrize(
    ("live", "outcome"), [("m7i.large", Outcome.FAIL), ("m7i.xlarge", Outcome.WARN)], ids=["changed", "as it is"]
)
def test_a_type_that_its_only_zone_lacks_stops_where_it_changes(live: str, outcome: Outcome) -> None:
    assert judged(group(live, ("subnet-5",)), group("m7i.xlarge", ("subnet-5",))) is outcome


@pytest.mark.parametrize(("live", "outcome"), [("m7i.large", Outcome.FAIL), ("absent.large", Outcome.WARN)])
def test_a_type_that_the_region_lacks_stops_where_it_changes(live: str, outcome: Outcome) -> None:
    assert judged(group(live), group("absent.large")) is outcome


@pytest.mark.parametrize("fact", ["subnets", "instance_types"])
@pytest.mark.parametrize(("target", "outcome"), [("m7i.large", Outcome.WARN), ("m7i.xlarge", Outcome.ERROR)])
def test_what_can_not_be_read_matters_where_the_type_changes(fact: str, target: str, outcome: Outcome) -> None:
    assert judged(group(), group(target), **{fact: unknown()}) is outcome


def test_a_target_that_launches_nothing_is_not_applicable() -> None:
    assert remarks(CHECK, before=snapshot(), entry=entry())[0] is Outcome.NOT_APPLICABLE


def test_without_the_target_it_can_not_tell() -> None:
    assert judged(group(), unknown()) is Outcome.ERROR
