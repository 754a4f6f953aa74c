"""Somebody else's update: found from its beginning to its end, and only if one has begun since the baseline."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW, stack
from tests.upgrade.run.test_watch import (
    BEGIN,
    CLEANUP,
    DONE,
    FAILED,
    NESTED,
    ROLLBACK,
    ROLLED_BACK,
    STUCK,
    pages,
    story,
)
from upgrade.facts.diagnosis import Diagnosis
from upgrade.facts.known import Reason, Unknown
from upgrade.facts.operation import Ending, Operation
from upgrade.facts.stack import Event
from upgrade.rules.diagnosis import diagnose
from upgrade.run.observe import newest_beginning, newest_update

BEFORE = stack(updated=NOW - timedelta(days=9))
"""The stack when the baseline was taken."""
LATER = stack(updated=NOW)


def unreadable(arn: str) -> Unknown:
    return Unknown(Reason.DENIED, f"not {arn}", "", NOW)


def explain(events: Sequence[Event]) -> Diagnosis:
    return diagnose(events, unreadable, unreadable, unreadable)


def observed(events: list[Event], size: int = 100) -> Operation:
    return newest_update(BEFORE, LATER, pages(events, size), explain)


UPDATED = ("AlarmsTopic", "UPDATE_COMPLETE", "")


@pytest.mark.parametrize(
    ("told", "ending"),
    [
        ((BEGIN,), Ending.UNKNOWN),
        ((BEGIN, UPDATED), Ending.UNKNOWN),
        ((BEGIN, UPDATED, CLEANUP), Ending.UNKNOWN),
        ((BEGIN, UPDATED, CLEANUP, DONE), Ending.COMPLETE),
        ((BEGIN, FAILED, ROLLBACK), Ending.UNKNOWN),
        ((BEGIN, FAILED, ROLLBACK, ROLLED_BACK), Ending.ROLLED_BACK),
        ((BEGIN, FAILED, ROLLBACK, STUCK), Ending.NEEDS_OPERATOR),
        ((BEGIN, FAILED, ROLLBACK, STUCK, ROLLBACK), Ending.UNKNOWN),
        ((BEGIN, FAILED, ROLLBACK, STUCK, ROLLBACK, ROLLED_BACK), Ending.ROLLED_BACK),
        ((BEGIN, FAILED, ROLLBACK, STUCK, ROLLBACK, STUCK), Ending.NEEDS_OPERATOR),
        ((BEGIN, ("codeocean", "UPDATE_FAILED", "")), Ending.NEEDS_OPERATOR),
    ],
    ids=str,
)
def test_an_update_is_known_by_how_it_ended(told: tuple[tuple[str, str, str], ...], ending: Ending) -> None:
    found = observed(story(*told))

    assert found.ending is ending
    assert len(found.events) == len(told)
    assert (found.started, found.finished) == (NOW, NOW + timedelta(seconds=len(told) - 1))


def test_it_is_told_as_it_was() -> None:
    complete = observed(story(BEGIN, DONE))
    running = observed(story(BEGIN))
    failed = observed(story(BEGIN, FAILED, ROLLBACK, ROLLED_BACK))
    cancelled = observed(story(BEGIN, ("codeocean", "UPDATE_ROLLBACK_IN_PROGRESS", "User cancelled"), ROLLED_BACK))

    assert complete.detail == "the update begun at 2026-11-23 12:00:00 UTC is complete"
    assert running.detail == "the update begun at 2026-11-23 12:00:00 UTC is still running"
    assert failed.detail.startswith("DataVolume (AWS::EC2::Volume): Volumes can't shrink. Do this: ")
    assert failed.detail.endswith(" The stack came to rest as UPDATE_ROLLBACK_COMPLETE")
    assert failed.cause is not None
    assert failed.cause.logical_id == "DataVolume"
    assert cancelled.detail.startswith("codeocean (AWS::CloudFormation::Stack): User cancelled. Do this: ")


def test_it_keeps_its_token_and_names_no_change_set() -> None:
    found = observed([replace(event, token="by-hand") for event in story(BEGIN, DONE)])

    assert (found.token, found.change_set_arn) == ("by-hand", "")


def test_the_newest_of_several_updates_counts() -> None:
    found = observed(story(BEGIN, FAILED, ROLLBACK, ROLLED_BACK, BEGIN, UPDATED, DONE))

    assert (found.ending, found.cause) == (Ending.COMPLETE, None)
    assert [event.event_id for event in found.events] == ["4-codeocean", "5-AlarmsTopic", "6-codeocean"]


def test_what_comes_after_its_end_is_no_part_of_it() -> None:
    found = observed(story(BEGIN, DONE, ("AlarmsTopic", "UPDATE_IN_PROGRESS", ""), FAILED))

    assert (found.ending, found.cause, len(found.events)) == (Ending.COMPLETE, None, 2)


def test_a_nested_stack_neither_begins_nor_ends_it() -> None:
    begins, ends = (
        replace(event, physical_id=NESTED, event_id=f"in-parent-{event.event_id}")
        for event in story(("Nested", "UPDATE_IN_PROGRESS", ""), ("Nested", "UPDATE_COMPLETE", ""))
    )
    told = story(BEGIN, UPDATED, DONE)
    found = observed([told[0], begins, ends, *told[1:]])

    assert (found.ending, len(found.events)) == (Ending.COMPLETE, 5)


@pytest.mark.parametrize("updated", [None, NOW - timedelta(days=9)], ids=["never updated", "updated before"])
def test_a_stack_whose_time_is_the_same_was_not_updated(updated: datetime | None) -> None:
    same = stack(updated=updated, created=NOW - timedelta(days=99))
    found = newest_update(same, same, pages(story(BEGIN, DONE)), explain)

    assert (found.ending, found.events) == (Ending.UNKNOWN, ())
    assert found.detail == "no update of the stack has begun since the baseline was taken"
    assert found.started == found.finished == (updated or same.created)


def test_then_no_event_is_even_read() -> None:
    unread = (pytest.fail("a page was read") for _ in range(1))

    assert newest_update(BEFORE, BEFORE, unread, explain).events == ()


def test_the_first_update_of_a_stack_is_one() -> None:
    found = newest_update(stack(updated=None), LATER, pages(story(BEGIN, DONE)), explain)

    assert found.ending is Ending.COMPLETE


@pytest.mark.parametrize(
    "told", [(), (UPDATED, DONE), (ROLLBACK, ROLLED_BACK)], ids=["none", "no beginning", "rollback"]
)
def test_events_that_are_no_longer_there_are_told(told: tuple[tuple[str, str, str], ...]) -> None:
    found = observed(story(*told))

    assert (found.ending, found.events, found.started) == (Ending.UNKNOWN, (), NOW)
    assert found.detail == "the events of the newest update are no longer there"


def test_an_update_from_before_the_baseline_is_none_since() -> None:
    """An import moves the stack's time as well, and the newest update is one that was long over."""
    old = [replace(event, at=event.at - timedelta(days=9)) for event in story(BEGIN, DONE)]
    imported = story(("codeocean", "IMPORT_IN_PROGRESS", ""), ("codeocean", "IMPORT_COMPLETE", ""))
    renamed = [replace(event, event_id=f"import-{event.event_id}") for event in imported]

    assert observed([*old, *renamed]).ending is Ending.UNKNOWN


def test_no_more_pages_are_read_than_needed() -> None:
    read = []

    def counted() -> Iterator[tuple[Event, ...]]:
        for page in pages(story(BEGIN, DONE, BEGIN, UPDATED, DONE), 1):
            read.append(page)
            yield page

    assert newest_update(BEFORE, LATER, counted(), explain).ending is Ending.COMPLETE
    assert len(read) == 3


@given(
    st.lists(st.sampled_from([BEGIN, CLEANUP, DONE, FAILED, ROLLBACK, ROLLED_BACK, STUCK, UPDATED]), max_size=9),
    st.integers(1, 4),
)
def test_pages_are_of_no_account_and_an_end_is_never_invented(told: list[tuple[str, str, str]], size: int) -> None:
    found = observed(story(*told), size)

    assert found == observed(story(*told))
    assert found.ending is not Ending.COMPLETE or found.events[-1].status == "UPDATE_COMPLETE"
    assert not found.events or found.events[0].status == "UPDATE_IN_PROGRESS"
    assert bool(found.events) is (BEGIN in told)


EARLIER = story(BEGIN, FAILED, ROLLBACK, ROLLED_BACK)
OWN = [
    replace(event, event_id=f"own-{event.event_id}", token="plimsoll-1", at=event.at + timedelta(hours=1))
    for event in story(BEGIN, UPDATED, CLEANUP, DONE)
]


@given(st.integers(1, 9), st.integers(1, 4))
def test_the_newest_beginning_is_found_however_the_pages_are_cut(size: int, seen: int) -> None:
    found = newest_beginning(pages([*EARLIER, *OWN[:seen]], size))

    assert found is not None
    assert found.first == OWN[0]
    assert found.anchor
    assert found.anchor <= {event.event_id for event in EARLIER}
    assert found.ended == (OWN[3] if seen == 4 else None)


def test_a_stack_that_was_never_updated_has_no_beginning() -> None:
    assert (
        newest_beginning(pages(story(("codeocean", "CREATE_IN_PROGRESS", ""), ("codeocean", "CREATE_COMPLETE", ""))))
        is None
    )
    assert newest_beginning([]) is None


def test_what_became_of_events_from_before_it_hinders_nobody() -> None:
    found = newest_beginning(pages(OWN))

    assert found is not None
    assert (found.first, found.anchor) == (OWN[0], frozenset())
