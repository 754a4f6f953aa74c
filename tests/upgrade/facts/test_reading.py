"""Which facts a check reads is noted, and reading them is all that makes a difference."""

from dataclasses import fields
from datetime import timedelta

import pytest

from tests.builders import NOW, known, plan, snapshot, unknown
from upgrade.errors import CannotTell
from upgrade.facts.known import Known
from upgrade.facts.reading import Reading, readings, watched
from upgrade.facts.snapshot import Snapshot


def test_what_is_asked_for_is_noted_and_nothing_else() -> None:
    before = snapshot(stack=Known("a stack", NOW - timedelta(minutes=3)), jobs=unknown())
    arguments = watched({"before": before, "after": snapshot(), "now": NOW})
    seen = arguments["before"]
    assert isinstance(seen, Snapshot)

    assert seen.stack is before.stack
    with pytest.raises(CannotTell):
        _ = seen.jobs.value
    assert seen.denied == ()
    assert readings(arguments) == (
        Reading("before.stack", NOW - timedelta(minutes=3)),
        Reading("before.jobs", NOW),
    )


def test_a_fact_that_is_an_argument_itself_is_read() -> None:
    assert readings(watched({"plan": known(plan()), "entry": "prod"})) == (Reading("plan", NOW),)


def test_every_fact_is_the_same_as_in_the_snapshot() -> None:
    before = snapshot()
    seen = watched({"before": before})["before"]

    assert all(getattr(seen, each.name) is getattr(before, each.name) for each in fields(before))
