"""Users can work again if a person says so since, or if worker machines can start."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from checks.postflight import check_maintenance_is_over as module
from tests.builders import NOW, acknowledgement, known, operation, review, scaling_group, snapshot, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Outcome
from upgrade.config.product import load
from upgrade.facts.compute import ScalingGroup

CHECK = module.check_maintenance_is_over
SERVICES = scaling_group(**{"codeocean:component": "services"})


def facts(
    groups: dict[str, ScalingGroup] | None = None, stated: datetime | None = None, product: str = "codeocean"
) -> dict[str, Any]:
    said = [acknowledgement(id="maintenance_over", at=stated)] if stated else []
    return {
        "before": snapshot(),
        "after": snapshot(groups=known(groups or {})),
        "upgrade": operation(finished=NOW - timedelta(hours=1)),
        "review": review(*said),
        "product": load(product),
        "now": NOW,
    }


SHUT = replace(scaling_group(), max_size=0)
SUSPENDED = replace(scaling_group(), suspended=("Launch",))


def test_workers_that_can_start_pass_and_what_is_left_is_listed() -> None:
    outcome, told = remarks(CHECK, **facts({"Workers": scaling_group(), "GPUWorkers": SHUT}))

    assert outcome is Outcome.PASS
    assert told.startswith("worker machines can start in Workers; left for people: ")
    assert "take the user banner down" in told


@pytest.mark.parametrize(
    "groups",
    [{"Workers": SHUT}, {"Workers": SUSPENDED}, {"Services": SERVICES}, {}],
    ids=["shut", "suspended", "none", "nothing"],
)
def test_workers_that_cannot_are_told_with_what_people_have_to_do(groups: dict[str, ScalingGroup]) -> None:
    outcome, (finding,) = says(CHECK, **facts(groups))

    assert (outcome, finding.blocking) == (Outcome.WARN, False)
    assert "take the user banner down" in finding.remedy
    assert finding.paste == "--verify --acknowledge=maintenance_over"


def test_a_person_who_states_it_since_the_upgrade_is_believed() -> None:
    outcome, told = remarks(CHECK, **facts({"Workers": SHUT}, NOW))

    assert outcome is Outcome.PASS
    assert told.startswith("a person has acknowledged")


def test_what_was_stated_before_the_upgrade_ended_counts_for_nothing() -> None:
    assert says(CHECK, **facts({"Workers": SHUT}, NOW - timedelta(hours=2)))[0] is Outcome.WARN


def test_a_product_without_maintenance_mode_is_not_applicable() -> None:
    assert says(CHECK, **facts(product="generic"))[0] is Outcome.NOT_APPLICABLE


def test_what_cannot_be_read_cannot_tell() -> None:
    assert says(CHECK, **{**facts(), "after": snapshot(groups=unknown())})[0] is Outcome.ERROR
