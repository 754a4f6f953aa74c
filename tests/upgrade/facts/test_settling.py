"""What is waited for before it is a finding, and what is not."""

from typing import Any

import pytest

from tests.builders import batch_queue, environment, function, known, snapshot, unknown
from upgrade.config.product import load
from upgrade.facts.compute import Refresh
from upgrade.facts.settling import BEFORE


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
