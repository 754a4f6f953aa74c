"""An operation is watched to its own end: not to the one before, not to a nested stack's, not to the clean-up's."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import ARN, NOW, event
from upgrade.facts.operation import Ending
from upgrade.facts.stack import Event
from upgrade.run.watch import Watch

TOKEN = "plimsoll-1"
NESTED = "arn:aws:cloudformation:us-east-1:111122223333:stack/codeocean-nested/1"


def story(*told: tuple[str, str, str]) -> list[Event]:
    """Events a second apart: logical id, status, reason."""
    return [
        replace(event(name, status, reason), event_id=f"{number}-{name}", at=NOW + timedelta(seconds=number))
        for number, (name, status, reason) in enumerate(told)
    ]


def pages(events: Iterable[Event], size: int = 100) -> list[tuple[Event, ...]]:
    newest_first = list(reversed(list(events)))
    return [tuple(newest_first[at : at + size]) for at in range(0, len(newest_first), size)]


def watched(events: list[Event], before: list[Event] | None = None) -> Watch:
    old = before or []
    watch = Watch(TOKEN, frozenset(each.event_id for each in old))
    watch.news(lambda: pages([*old, *events]))
    return watch


BEGIN = ("codeocean", "UPDATE_IN_PROGRESS", "User Initiated")
CLEANUP = ("codeocean", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "")
DONE = ("codeocean", "UPDATE_COMPLETE", "")
ROLLBACK = ("codeocean", "UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to update: [DataVolume].")
ROLLED_BACK = ("codeocean", "UPDATE_ROLLBACK_COMPLETE", "")
FAILED = ("DataVolume", "UPDATE_FAILED", "Volumes can't shrink")
STUCK = ("codeocean", "UPDATE_ROLLBACK_FAILED", "The following resource(s) failed to update: [AlarmsTopic].")


@pytest.mark.parametrize(
    ("told", "ending"),
    [
        ((), None),
        ((BEGIN,), None),
        ((BEGIN, CLEANUP), None),
        ((BEGIN, CLEANUP, DONE), Ending.COMPLETE),
        ((BEGIN, FAILED, ROLLBACK), None),
        ((BEGIN, FAILED, ROLLBACK, ("codeocean", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "")), None),
        ((BEGIN, FAILED, ROLLBACK, ROLLED_BACK), Ending.ROLLED_BACK),
        ((BEGIN, FAILED, ROLLBACK, STUCK), Ending.NEEDS_OPERATOR),
        ((BEGIN, ("codeocean", "UPDATE_FAILED", "")), Ending.NEEDS_OPERATOR),
        ((BEGIN, ("codeocean", "DELETE_COMPLETE", "")), Ending.NEEDS_OPERATOR),
    ],
)
def test_the_ending_is_the_root_stacks_resting_state(
    told: tuple[tuple[str, str, str], ...], ending: Ending | None
) -> None:
    assert watched(story(*told)).ending() is ending


def test_the_end_of_the_operation_before_is_not_ours() -> None:
    before = [replace(event(status="UPDATE_COMPLETE"), event_id="old", token="console")]
    watch = watched([], before)
    assert watch.ending() is None
    # Told late, after our anchor was taken, and not ours either.
    late = replace(event(status="UPDATE_COMPLETE"), event_id="late", token="console", at=NOW - timedelta(seconds=1))
    watch.news(lambda: pages([*before, late]))
    assert watch.ending() is None
    watch.news(lambda: pages([*before, late, *story(BEGIN)]))
    assert watch.ending() is None
    assert [each.status for each in watch.events()] == ["UPDATE_IN_PROGRESS"]


def test_a_nested_stacks_end_is_not_ours() -> None:
    nested = [replace(each, stack_arn=ARN, physical_id=NESTED) for each in story(("Nested", "UPDATE_COMPLETE", ""))]
    assert watched([*story(BEGIN), *nested]).ending() is None


def test_who_cancels_does_so_with_a_token_of_his_own() -> None:
    begin, *rest = story(BEGIN, ROLLBACK, ROLLED_BACK)
    watch = watched([begin, *(replace(each, token="console") for each in rest)])
    assert watch.ending() is Ending.ROLLED_BACK


def test_a_later_operation_does_not_change_our_end() -> None:
    ours, later = story(BEGIN, DONE), story(BEGIN, FAILED, ROLLBACK, ROLLED_BACK)
    theirs = [
        replace(each, event_id=f"later-{each.event_id}", token="console", at=each.at + timedelta(hours=1))
        for each in later
    ]
    watch = watched([*ours, *theirs])
    assert watch.ending() is Ending.COMPLETE
    assert len(watch.events()) == 2


def test_news_are_told_once_and_oldest_first() -> None:
    events = story(BEGIN, ("AlarmsTopic", "UPDATE_IN_PROGRESS", ""), CLEANUP, DONE)
    watch = Watch(TOKEN, frozenset())
    told = [watch.news(lambda seen=seen: pages(events[:seen], 2)) for seen in (1, 1, 3, 4)]  # type: ignore[misc]  # a default
    assert [[each.event_id for each in batch] for batch in told] == [
        [events[0].event_id],
        [],
        [events[1].event_id, events[2].event_id],
        [events[3].event_id],
    ]


def test_only_the_newest_pages_are_asked_for() -> None:
    events = story(*[(f"R{number}", "UPDATE_COMPLETE", "") for number in range(50)])
    watch = Watch(TOKEN, frozenset(each.event_id for each in events[:10]))
    watch.news(lambda: pages(events[:45], 5))
    asked = 0

    def counted() -> Iterable[tuple[Event, ...]]:
        nonlocal asked
        for page in pages(events, 5):
            asked += 1
            yield page

    assert len(watch.news(counted)) == 5
    assert asked == 2


THEIRS = ("codeocean", "UPDATE_IN_PROGRESS", "theirs")
WHOLE = story(
    BEGIN,
    ("AlarmsTopic", "UPDATE_IN_PROGRESS", ""),
    FAILED,
    ROLLBACK,
    ("AlarmsTopic", "UPDATE_COMPLETE", ""),
    ROLLED_BACK,
)
LATER = [
    replace(each, event_id=f"later-{each.event_id}", token="console", at=each.at + timedelta(hours=1))
    for each in story(THEIRS, DONE)
]


@given(
    seconds=st.lists(st.integers(0, 2), min_size=len(WHOLE), max_size=len(WHOLE)).map(sorted),
    order=st.permutations(range(len(WHOLE) + len(LATER))),
    cuts=st.lists(st.integers(0, len(WHOLE) + len(LATER)), max_size=5),
    size=st.integers(1, 5),
    twice=st.booleans(),
    mix=st.randoms(use_true_random=False),
)
def test_what_a_watch_tells_depends_on_the_events_alone(  # noqa: PLR0917  # each is one way to deliver them
    seconds: list[int], order: list[int], cuts: list[int], size: int, twice: bool, mix: Random
) -> None:
    """Events become visible in any order and any number of pages, mixed within a page, some of them twice."""
    ours = [replace(each, at=NOW + timedelta(seconds=at)) for each, at in zip(WHOLE, seconds, strict=True)]
    old = [replace(event(status="UPDATE_COMPLETE"), event_id="old", token="console", at=NOW - timedelta(hours=1))]
    events = [*ours, *LATER]
    watch = Watch(TOKEN, frozenset({"old"}))
    told: list[Event] = []

    def seen(count: int) -> list[tuple[Event, ...]]:
        visible = sorted((events[index] for index in order[:count]), key=lambda each: each.at)
        delivered = pages([*old, *visible], size)
        again = delivered[0][-1:] if twice and len(delivered) > 1 else ()
        return [tuple(mix.sample(each := (*page, *again), len(each))) for page in delivered]

    for cut in sorted(cuts):
        told += watch.news(lambda cut=cut: seen(cut))  # type: ignore[misc]  # a default
    told += watch.news(lambda: seen(len(events)), whole=True)

    assert sorted(each.event_id for each in told) == sorted(each.event_id for each in events)
    whole = Watch(TOKEN, frozenset({"old"}))
    whole.news(lambda: [tuple(reversed(events))])
    assert watch.events() == whole.events()
    assert {each.event_id for each in watch.events()} == {each.event_id for each in ours}
    assert watch.ending() is Ending.ROLLED_BACK


def test_who_began_in_our_place() -> None:
    """Newest first, as they are listed."""
    theirs = [replace(each, event_id=f"their-{each.event_id}", token="console") for each in story(THEIRS, DONE)]
    begun, done = theirs
    before = Watch(TOKEN, frozenset({begun.event_id, done.event_id}))
    assert Watch(TOKEN, frozenset()).another([]) is None
    assert Watch(TOKEN, frozenset()).another([begun]) is begun
    assert Watch(TOKEN, frozenset()).another([done, begun]) is begun
    assert before.another([done, begun]) is None
    assert Watch(TOKEN, frozenset({begun.event_id})).another([begun]) is begun
    assert before.another([*story(BEGIN), done, begun]) is None
