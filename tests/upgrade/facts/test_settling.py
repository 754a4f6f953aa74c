"""What is waited for before it is a finding, and what is not."""

from datetime import timedelta
from typing import Any

import pytest

from tests.builders import (
    HEALTH,
    NOW,
    alarm,
    batch_queue,
    environment,
    function,
    known,
    launch,
    snapshot,
    stateful_service,
    target_group,
    unknown,
    volume,
)
from upgrade.config.product import load
from upgrade.facts.compute import Refresh
from upgrade.facts.health import Answer, VersionProbe
from upgrade.facts.settling import AFTER, BEFORE


def waited_for(**facts: Any) -> list[str]:
    now = snapshot(**facts)
    return [each for row in BEFORE for each in row.waits(now, now, load("codeocean"))]


def test_a_quiet_deployment_is_not_waited_for() -> None:
    assert waited_for() == []


@pytest.mark.parametrize("name", [row.fact for row in BEFORE])
def test_what_is_not_known_is_not_waited_for(name: str) -> None:
    assert waited_for(**{name: unknown()}) == []


def test_instance_refreshes_are_waited_for() -> None:
    assert waited_for(refreshes=known({"G": (Refresh("r-1", "Baking"),)})) == ["instance refresh of G (Baking)"]


@pytest.mark.parametrize("status", ["CREATING", "UPDATING", "DELETING"])
def test_batch_is_waited_for_while_it_changes(status: str) -> None:
    assert waited_for(environments=known({"E": environment(status=status)})) == [f"compute environment E ({status})"]
    assert waited_for(queues=known({"Q": batch_queue(status=status)})) == [f"job queue Q ({status})"]


@pytest.mark.parametrize("status", ["VALID", "INVALID", "DELETED"])
def test_it_is_not_where_that_is_the_end(status: str) -> None:
    assert waited_for(environments=known({"E": environment(status=status)})) == []


@pytest.mark.parametrize(("state", "waited"), [("Pending", ["function f (Pending)"]), ("Failed", []), ("Active", [])])
def test_functions_are_waited_for_while_they_are_made(state: str, waited: list[str]) -> None:
    assert waited_for(functions=known({"f": known(function(state=state)), "g": unknown()})) == waited


@pytest.mark.parametrize(("state", "waited"), [("modifying", ["volume V (modifying)"]), ("optimizing", []), ("", [])])
def test_volumes_are_waited_for_while_they_are_modified_but_not_optimized(state: str, waited: list[str]) -> None:
    assert waited_for(volumes=known({"V": volume(modification=state)})) == waited


@pytest.mark.parametrize("status", ["modifying", "snapshotting", "updating", "processing a change"])
def test_search_cache_and_file_systems_are_waited_for_while_they_are_busy(status: str) -> None:
    assert waited_for(stateful_services=known({"S": stateful_service(status=status)})) == [f"S ({status})"]


@pytest.mark.parametrize("status", ["available", "isolated", "create-failed", "upgrading"])
def test_they_are_not_where_that_takes_long_or_never_ends(status: str) -> None:
    assert waited_for(stateful_services=known({"S": stateful_service(status=status)})) == []


def test_targets_that_register_are_waited_for_and_others_are_not() -> None:
    groups = {"Web": target_group("healthy", "initial"), "Gateway": target_group("unhealthy", "draining")}
    assert waited_for(target_groups=known(groups)) == ["Web initial"]


def test_an_alarm_is_waited_for_that_was_raised_just_now() -> None:
    alarms = {"Now": alarm("ALARM", since=NOW), "Old": alarm("ALARM", since=NOW - timedelta(days=90)), "Ok": alarm()}
    assert waited_for(alarms=known(alarms)) == ["alarm Now"]


def test_after_an_upgrade_alarms_are_waited_for_that_were_not_raised_before() -> None:
    before = snapshot(alarms=known({"Old": alarm("ALARM")}))
    after = snapshot(alarms=known({"Old": alarm("ALARM"), "New": alarm("ALARM", since=NOW - timedelta(days=1))}))
    waits = {row.fact: row.waits for row in AFTER}["alarms"]
    assert waits(before, after, load("codeocean")) == ["alarm New"]
    assert waits(snapshot(alarms=unknown()), snapshot(alarms=unknown()), load("codeocean")) == []


def test_after_an_update_machines_are_waited_for_where_there_were_some() -> None:
    before, empty = snapshot(), snapshot(launches=known({"ServicesAutoScalingGroup": launch()}))
    [row] = [each for each in AFTER if each.fact == "launches"]
    assert row.waits(before, empty, load("codeocean")) == ["a machine of ServicesAutoScalingGroup"]
    assert row.waits(empty, empty, load("codeocean")) == []
    assert row.waits(before, before, load("codeocean")) == []
    assert row.waits(before, snapshot(launches=unknown()), load("codeocean")) == []


def test_after_an_upgrade_the_application_is_waited_for() -> None:
    waits = {row.fact: row.waits for row in AFTER}["answers"]
    now = snapshot(answers=known({HEALTH: Answer(503, "")}))
    assert waits(snapshot(answers=unknown()), now, load("codeocean")) == [f"an answer of {HEALTH}"]
    assert waits(snapshot(), snapshot(answers=unknown()), load("codeocean")) == []


@pytest.mark.parametrize(
    ("status", "waits"), [(503, True), (400, True), (None, True), (200, False), (401, False)], ids=str
)
def test_after_an_upgrade_the_applications_version_is_waited_for(status: int | None, *, waits: bool) -> None:
    row = {row.fact: row.waits for row in AFTER}["version_probe"]
    probe = known(VersionProbe("https://x", "4.1.0", Answer(status, ""), Answer(400, "")))
    answers = known({HEALTH: Answer(200, "")})
    told = ["the application's version"] if waits else []
    assert row(snapshot(), snapshot(version_probe=probe, answers=answers), load("codeocean")) == told
    for silent in (known({HEALTH: Answer(503, "")}), unknown()):  # which is waited for by itself
        assert row(snapshot(), snapshot(version_probe=probe, answers=silent), load("codeocean")) == []


@pytest.mark.parametrize("probe", [known(None), unknown()], ids=["not asked", "unknown"])
def test_a_version_that_nobody_asks_for_is_not_waited_for(probe: Any) -> None:
    row = {row.fact: row.waits for row in AFTER}["version_probe"]
    assert row(snapshot(), snapshot(version_probe=probe), load("codeocean")) == []
