"""What earlier updates tell: how long the next may take, and when a resource is at work for too long."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW, event
from upgrade.facts.stack import Event
from upgrade.rules.durations import Earlier, earlier, expectation, stalls

Story = Sequence[tuple[str, str, float]]

UPDATE: Story = [
    ("codeocean", "UPDATE_IN_PROGRESS", 0),
    ("DataVolume", "UPDATE_IN_PROGRESS", 0),
    ("AlarmsTopic", "CREATE_IN_PROGRESS", 1),
    ("AlarmsTopic", "CREATE_IN_PROGRESS", 2),
    ("AlarmsTopic", "CREATE_COMPLETE", 3),
    ("DataVolume", "UPDATE_COMPLETE", 9),
    ("codeocean", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", 9),
    ("AlarmsTopic", "DELETE_IN_PROGRESS", 10),
    ("AlarmsTopic", "DELETE_COMPLETE", 14),
    ("codeocean", "UPDATE_COMPLETE", 14),
]
FAILED: Story = [
    ("codeocean", "UPDATE_IN_PROGRESS", 0),
    ("DataVolume", "UPDATE_IN_PROGRESS", 1),
    ("DataVolume", "UPDATE_COMPLETE", 90),
    ("codeocean", "UPDATE_ROLLBACK_IN_PROGRESS", 91),
    ("codeocean", "UPDATE_ROLLBACK_COMPLETE", 99),
]


def told(story: Story, hours: float = 0, slower: float = 1, by: str = "theirs") -> list[Event]:
    """A story so many hours ago, its times in minutes."""
    return [
        event(name, status, at=NOW - timedelta(hours=hours) + timedelta(minutes=minute * slower), token=by)
        for name, status, minute in story
    ]


def test_updates_that_are_complete_tell_how_long_they_and_their_resources_took() -> None:
    known = earlier([*told(UPDATE, hours=1), *told(FAILED, hours=9), *told(UPDATE, hours=40, slower=2)], "ours")
    assert known.updates == (14 * 60.0, 28 * 60.0)
    assert known.longest == {"DataVolume": 18 * 60, "AlarmsTopic": 4 * 60}
    assert expectation(known) == "the last 2 updates took 14 to 28 min"


def test_nothing_is_learned_from_our_own_update_one_that_runs_or_one_whose_beginning_is_gone() -> None:
    assert earlier(told(UPDATE, by="ours"), "ours") == Earlier()
    assert earlier(told(UPDATE[:-1]), "ours") == Earlier()
    assert earlier(told(UPDATE[1:]), "ours") == Earlier()


@given(st.permutations([*told(UPDATE, hours=1), *told(UPDATE, hours=2), *told(FAILED, hours=9)]))
def test_the_order_of_the_events_makes_no_difference(events: list[Event]) -> None:
    known = earlier(events, "ours")
    assert known.updates == (14 * 60.0, 14 * 60.0)
    assert known.longest["DataVolume"] == 9 * 60


@pytest.mark.parametrize(
    ("updates", "sentence"),
    [
        ((), ""),
        ((840,), "the last update took about 14 min"),
        ((840, 1140, 900), "the last 3 updates took 14 to 19 min"),
        ((20, 45), "the last 2 updates took 20 to 45 s"),
        ((45, 300), "the last 2 updates took 45 s to 5 min"),
    ],
)
def test_what_to_expect_is_one_sentence(updates: tuple[float, ...], sentence: str) -> None:
    assert expectation(Earlier(updates)) == sentence


@pytest.mark.parametrize(
    ("longest", "patience", "before"),
    [
        ({}, 10, "no earlier update tells how long it takes"),
        ({"DataVolume": 180.0}, 10, "it never took more than 3 min"),
        ({"DataVolume": 720.0}, 24, "it never took more than 12 min"),
    ],
)
def test_a_resource_is_told_that_takes_twice_as_long_as_ever_and_ten_minutes(
    longest: dict[str, float], patience: int, before: str
) -> None:
    known = Earlier(longest=longest)
    assert stalls({"DataVolume": patience * 60}, known) == {}
    assert stalls({"DataVolume": patience * 60 + 1}, known) == {
        "DataVolume": f"DataVolume has been at work for {patience} min; {before}"
    }
