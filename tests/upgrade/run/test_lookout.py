"""An update with nested stacks is watched within a budget, told as it goes, and explained by what is known for certain."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from tests.builders import ARN, NOW
from tests.upgrade.run.trees import TOKEN, Cloud, all_of, arn_of, own, row, told, update
from upgrade.aws import cloudformation
from upgrade.config.tables import Polling
from upgrade.facts.operation import Ending, Operation
from upgrade.facts.stack import Event
from upgrade.run import lookout
from upgrade.run.apply import Executor

BEGUN = SimpleNamespace(arn="arn:set", stack_arn=ARN)


@pytest.fixture
def heard() -> list[tuple[float, Event | str]]:
    """When each thing was told, in seconds since the beginning."""
    return []


def watch(
    cloud: Cloud,
    heard: list[tuple[float, Event | str]],
    monkeypatch: pytest.MonkeyPatch,
    anchor: frozenset[str] = frozenset(),
) -> Operation:
    monkeypatch.setattr(lookout, "event_pages", cloud.event_pages)
    monkeypatch.setattr(cloudformation, "event_pages", cloud.event_pages)
    nothing: Any = None
    executor = Executor(
        client=nothing,
        watcher=lambda: nothing,
        renew=lambda: None,
        clock=cloud,
        token=TOKEN,
        polling=Polling(),
        minutes=60,
        progress=lambda what: heard.append((cloud.slept, what)),
        journal=nothing,
    )
    executor.learn(BEGUN)
    return executor.take_up(BEGUN, NOW, anchor)


@pytest.mark.parametrize("nested", [0, 1, 20])
@pytest.mark.parametrize("size", [10, 100])
def test_calls_stay_within_the_budget_however_many_stacks_are_nested(
    nested: int, size: int, heard: list[tuple[float, Event | str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    stories = update(nested, resources=50, seconds=900)
    cloud = Cloud(stories, size=size)
    operation = watch(cloud, heard, monkeypatch)

    times = [at for at, _ in cloud.asked]
    rate = lookout.CALLS / Polling().watch
    for seconds in (1, 10, 60):
        most = max(sum(begin <= at < begin + seconds for at in times) for begin in times)
        assert most <= lookout.CALLS + rate * seconds
    assert operation.ending is Ending.COMPLETE
    assert {each.event_id for each in operation.events} == all_of(stories)
    ended = next(at for at, what in heard if what == stories[ARN][-1])
    assert ended - 900 <= Polling().watch_max + 1


def test_what_nested_stacks_do_is_told_while_they_do_it(
    heard: list[tuple[float, Event | str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    watch(Cloud(update(20, resources=20, seconds=900)), heard, monkeypatch)
    inner = {what.logical_id: at for at, what in heard if isinstance(what, Event) and what.logical_id[-2:] == "R0"}
    assert {"N1.R0", "N0.N19.R0"} <= inner.keys()
    assert len(inner) == 20
    assert max(inner.values()) < 60
    names = [what.logical_id for _, what in heard if isinstance(what, Event)]
    assert names.count("stack") == 3  # the root's own; of nested ones their rows tell the same


def test_events_that_come_late_are_waited_for(
    heard: list[tuple[float, Event | str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    stories = update(2, resources=20, seconds=300)
    last = stories[arn_of("N1")][-3]
    operation = watch(Cloud(stories, late={last.event_id: 14}), heard, monkeypatch)
    assert (last.logical_id, last.status) == ("R19", "UPDATE_COMPLETE")
    assert {each.event_id for each in operation.events} == all_of(stories)


def test_one_that_never_comes_is_not_waited_for_long(
    heard: list[tuple[float, Event | str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    stories = update(2, resources=20, seconds=300)
    last = stories[arn_of("N1")][-3]
    cloud = Cloud(stories, late={last.event_id: 10_000})
    operation = watch(cloud, heard, monkeypatch)
    assert {each.event_id for each in operation.events} == all_of(stories) - {last.event_id}
    assert operation.ending is Ending.COMPLETE
    assert cloud.slept < 300 + Polling().watch_max + 2 * lookout.LATE


def failing() -> dict[str, list[Event]]:
    nested = arn_of("N0")
    return {
        ARN: [
            own(ARN, "UPDATE_IN_PROGRESS", 0),
            row(ARN, "N0", "UPDATE_IN_PROGRESS", 1),
            row(ARN, "N0", "UPDATE_FAILED", 20),
            own(ARN, "UPDATE_ROLLBACK_IN_PROGRESS", 21),
            own(ARN, "UPDATE_ROLLBACK_COMPLETE", 30),
        ],
        nested: [
            own(nested, "UPDATE_IN_PROGRESS", 2),
            told(nested, "First", "UPDATE_FAILED", 10, type="AWS::SNS::Topic", reason="the first is full"),
            told(nested, "Second", "UPDATE_FAILED", 12, type="AWS::SNS::Topic", reason="the second is full"),
            own(nested, "UPDATE_ROLLBACK_COMPLETE", 19),
        ],
    }


def test_a_failure_is_explained_by_what_the_watch_has_read(
    heard: list[tuple[float, Event | str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cloudformation, "read_events", lambda *_: pytest.fail("it is known already"))
    operation = watch(Cloud(failing()), heard, monkeypatch)
    assert operation.ending is Ending.ROLLED_BACK
    assert operation.detail.startswith("N0.First (AWS::SNS::Topic): the first is full")


def test_a_nested_stack_that_was_not_read_to_its_end_explains_nothing(
    heard: list[tuple[float, Event | str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was seen of it may lack the first failure: it is read anew, or not known."""
    stories = failing()
    late = stories[arn_of("N0")].pop(1)
    cloud = Cloud(stories)
    cloud.unreadable = lambda arn: TimeoutError("no route") if arn != ARN and cloud.slept > 29 else None
    monkeypatch.setattr(cloudformation, "read_events", lambda *_: (*stories[arn_of("N0")], late))
    operation = watch(cloud, heard, monkeypatch)
    assert operation.detail.startswith("N0.First (AWS::SNS::Topic): the first is full")


def test_nested_stacks_that_cannot_be_read_end_nothing_and_are_told_once(
    heard: list[tuple[float, Event | str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = Cloud(update(3, resources=5, seconds=120))
    cloud.unreadable = lambda arn: None if arn == ARN else TimeoutError("no route")
    operation = watch(cloud, heard, monkeypatch)
    assert operation.ending is Ending.COMPLETE
    assert {each.stack_arn for each in operation.events} == {ARN}
    sentences = [what for _, what in heard if isinstance(what, str)]
    assert len(sentences) == len(set(sentences)) == 2
    assert sentences[0].startswith("the events of N0 can't be read at the moment: ")


def test_a_resource_that_takes_too_long_is_told_once(
    heard: list[tuple[float, Event | str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    story = [
        own(ARN, "UPDATE_IN_PROGRESS", -9000),
        told(ARN, "Quick", "UPDATE_IN_PROGRESS", -8999),
        told(ARN, "Quick", "UPDATE_COMPLETE", -8900),
        told(ARN, "Slow", "UPDATE_IN_PROGRESS", -8999),
        told(ARN, "Slow", "UPDATE_COMPLETE", -8000),
        own(ARN, "UPDATE_COMPLETE", -7800),
        own(ARN, "UPDATE_IN_PROGRESS", 0),
        told(ARN, "Quick", "UPDATE_IN_PROGRESS", 1),
        told(ARN, "Slow", "UPDATE_IN_PROGRESS", 1),
        told(ARN, "Slow", "UPDATE_COMPLETE", 1800),
        told(ARN, "Quick", "UPDATE_COMPLETE", 1900),
        own(ARN, "UPDATE_COMPLETE", 2000),
    ]
    history = frozenset(each.event_id for each in story[:6])
    story[:6] = [replace(each, token="earlier") for each in story[:6]]
    watch(Cloud({ARN: story}), heard, monkeypatch, anchor=history)
    sentences = [(at, what) for at, what in heard if isinstance(what, str)]
    assert [what for _, what in sentences] == [
        "the last update took about 20 min",
        "Quick has been at work for 10 min; it never took more than 2 min",
    ]
    assert 600 < sentences[1][0] < 630
