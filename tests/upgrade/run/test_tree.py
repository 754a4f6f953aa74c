"""Nested stacks are watched from their parent's row on until they rest; what they tell depends on their events alone."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import ARN
from tests.upgrade.run.trees import TOKEN, all_of, arn_of, own, row, told, update
from upgrade.facts.operation import Ending
from upgrade.facts.stack import Event
from upgrade.run.tree import Nested, Tree
from upgrade.run.watch import Watch

N0, N1 = arn_of("N0"), arn_of("N1")
BEGIN, CLEANUP, DONE = (
    own(ARN, status, at)
    for status, at in (("UPDATE_IN_PROGRESS", 0), ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", 50), ("UPDATE_COMPLETE", 60))
)


def tree() -> Tree:
    return Tree(Watch(TOKEN, frozenset()))


def look(watched: Tree, *events: Event) -> list[str]:
    """The nested stacks that are at work after these events of the stack and of those nested in it, in any order."""
    watched.news(lambda: [tuple(each for each in events if each.stack_arn == ARN)])
    for nested in watched.nested():
        watched.news_of(nested, lambda arn=nested.arn: [tuple(each for each in events if each.stack_arn == arn)])  # type: ignore[misc]  # a default
    return [each.path for each in watched.at_work()]


def test_a_nested_stack_is_at_work_from_its_parents_row_until_it_rests() -> None:
    watched = tree()
    assert look(watched, BEGIN) == []
    assert look(watched, row(ARN, "N0", "UPDATE_IN_PROGRESS", 1)) == ["N0"]
    assert look(watched, own(N0, "UPDATE_IN_PROGRESS", 2)) == ["N0"]
    cleanup = own(N0, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", 9)
    assert look(watched, cleanup, row(ARN, "N0", "UPDATE_COMPLETE", 10)) == ["N0"]
    assert look(watched, CLEANUP, own(N0, "UPDATE_COMPLETE", 55)) == []


def test_one_in_which_nothing_changes_tells_nothing_and_rests_with_its_row() -> None:
    watched = tree()
    assert look(watched, BEGIN, row(ARN, "N0", "UPDATE_IN_PROGRESS", 1)) == ["N0"]
    assert look(watched, row(ARN, "N0", "UPDATE_COMPLETE", 2)) == []


def test_one_that_its_parent_sets_to_work_again_is_watched_again() -> None:
    watched = tree()
    created = [row(ARN, "N0", "CREATE_COMPLETE", 10), own(N0, "CREATE_COMPLETE", 9)]
    assert look(watched, BEGIN, *created) == []
    assert look(watched, row(ARN, "N0", "DELETE_IN_PROGRESS", 20)) == ["N0"]
    assert look(watched, own(N0, "DELETE_COMPLETE", 21), row(ARN, "N0", "DELETE_COMPLETE", 22)) == []


def test_what_a_nested_stack_did_before_is_no_part_of_the_operation() -> None:
    watched = tree()
    look(watched, BEGIN, row(ARN, "N0", "UPDATE_IN_PROGRESS", 1), told(N0, "Old", "UPDATE_COMPLETE", -1))
    assert {each.logical_id for each in watched.events()} == {"stack", "N0"}


def test_what_a_nested_stack_does_after_the_end_is_no_part_of_the_operation() -> None:
    watched = tree()
    look(watched, BEGIN, row(ARN, "N0", "UPDATE_COMPLETE", 1), DONE, told(N0, "Late", "UPDATE_COMPLETE", 61))
    assert watched.events()[-1] is DONE
    assert "Late" not in {each.logical_id for each in watched.events()}


def test_the_one_looked_at_longest_ago_comes_first() -> None:
    watched = tree()
    look(watched, BEGIN, *(row(ARN, name, "UPDATE_IN_PROGRESS", 1) for name in ("N0", "N1", "N2")))
    watched.news_of(watched.at_work()[0], list)
    assert [each.path for each in watched.at_work()] == ["N1", "N2", "N0"]


STORIES = update(nested=3, resources=2, seconds=30)


@given(
    shown=st.lists(st.integers(0, 30), max_size=6).map(sorted),
    late=st.lists(st.integers(0, 8), min_size=40, max_size=40),
    size=st.integers(1, 7),
    twice=st.booleans(),
    mix=st.randoms(use_true_random=False),
)
def test_what_a_tree_tells_depends_on_the_events_alone(
    shown: list[int], late: list[int], size: int, twice: bool, mix: Random
) -> None:
    """Events come late, in any number of pages, mixed within a page, some of them twice."""
    delays = dict(zip(sorted(all_of(STORIES)), late, strict=False))
    watched, news = tree(), list[Event]()
    began = STORIES[ARN][0].at

    def pages(stack: str, now: float) -> list[tuple[Event, ...]]:
        seen = [
            each
            for each in reversed(STORIES[stack])
            if (each.at - began).total_seconds() + delays[each.event_id] <= now
        ]
        cut = [seen[at : at + size] for at in range(0, len(seen), size)]
        again = cut[0][-1:] if twice and len(cut) > 1 else []
        return [tuple(mix.sample(page + again, len(page + again))) for page in cut]

    def look_at(nested: Nested, now: float, *, whole: bool = False) -> list[Event]:
        return watched.news_of(nested, lambda: pages(nested.arn, now), whole=whole)

    for now in shown:
        news += watched.news(lambda now=now: pages(ARN, now))  # type: ignore[misc]  # a default
        news += [each for nested in watched.at_work() for each in look_at(nested, now)]
    news += watched.news(lambda: pages(ARN, 99), whole=True)
    done = set[str]()
    while todo := [each for each in watched.nested() if each.arn not in done]:
        done.add(todo[0].arn)
        news += look_at(todo[0], 99, whole=True)

    assert sorted(each.event_id for each in news) == sorted(all_of(STORIES))
    events = watched.events()
    assert {each.event_id for each in events} == all_of(STORIES)
    assert (events[0], events[-1]) == (STORIES[ARN][0], STORIES[ARN][-1])
    assert [each.at for each in events] == sorted(each.at for each in events)
    assert {each.path for each in watched.nested()} == {"N0", "N1", "N0.N2"}
    assert watched.at_work() == []
    assert watched.root.ending() is Ending.COMPLETE
