"""Old change sets of ours are deleted, and nobody else's; none stays of a run that was stopped."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.upgrade.run.plans import left, left_when_calm, planned
from tests.upgrade.world import World, topic
from upgrade.clock import SystemClock
from upgrade.run.session import Run


class Later(SystemClock):
    """A clock that is ahead by more than a plan may be old."""

    def now(self) -> datetime:
        return super().now() + timedelta(hours=100)


def made(world: World, stack: str, *names: str) -> None:
    """Change sets that somebody else has made."""
    client = world.client("cloudformation")
    for number, name in enumerate(names):
        body = json.dumps(topic(f"{name}-{number}"))
        client.create_change_set(StackName=stack, ChangeSetName=name, TemplateBody=body)


def later(world: World, folder: Path, stack: str, *, more: str = "", told: list[Any] | None = None) -> Run:
    """A run days later."""
    told = [] if told is None else told
    run = world.run(folder, stack, world.publish(topic("new")), more=more, progress=told.append)
    run._planning = replace(run._planning, clock=Later())
    return run


def test_old_change_sets_of_ours_are_deleted_and_nobody_elses(world: World, tmp_path: Path) -> None:
    stack = world.create(topic())
    made(world, stack, "plimsoll-old", "plimsoll", "a-plimsoll-one", "Plimsoll-old", "theirs")
    plan = planned(later(world, tmp_path, stack))
    assert sorted(left(world, stack)) == ["Plimsoll-old", "a-plimsoll-one", "plimsoll", plan.name, "theirs"]


def test_a_change_set_of_ours_that_may_still_be_executed_is_kept(world: World, tmp_path: Path) -> None:
    stack = world.create(topic())
    made(world, stack, "plimsoll-young")
    plan = planned(world.run(tmp_path, stack, world.publish(topic("new"))))
    assert sorted(left(world, stack)) == sorted(["plimsoll-young", plan.name])


def test_how_old_is_old_is_configured(world: World, tmp_path: Path) -> None:
    stack = world.create(topic())
    made(world, stack, "plimsoll-old")
    plan = planned(later(world, tmp_path, stack, more="[stacks.t.change]\nplan_hours = 200"))
    assert sorted(left(world, stack)) == sorted(["plimsoll-old", plan.name])


def test_old_change_sets_on_every_page_are_deleted(world: World, tmp_path: Path) -> None:
    stack = world.create(topic())
    made(world, stack, *(f"plimsoll-{number}" for number in range(5)))
    world.faults(page=2)
    assert left(world, stack)
    plan = planned(later(world, tmp_path, stack))
    world.calm()
    assert left(world, stack) == [plan.name]


def test_a_change_set_that_is_being_executed_is_never_deleted(world: World, tmp_path: Path) -> None:
    stack = world.create(topic())
    run = later(world, tmp_path, stack)
    before = run.collect_before().stack.value
    made(world, stack, "plimsoll-at-work")
    world.faults(pace=2)
    world.client("cloudformation").execute_change_set(StackName=stack, ChangeSetName="plimsoll-at-work")
    run._planning.planner().tidy(before)
    world.faults(pace=0)
    assert "DeleteChangeSet" not in [call.operation for call in run.calls()]


@pytest.mark.parametrize(
    ("action", "said"), [("ListChangeSets", "were not looked for"), ("DeleteChangeSet", "it is still there")]
)
def test_an_old_change_set_that_can_not_be_deleted_is_told_and_hinders_nothing(
    world: World, tmp_path: Path, action: str, said: str
) -> None:
    stack, told = world.create(topic()), list[str]()
    made(world, stack, "plimsoll-old")
    run = later(world, tmp_path, stack, told=told)
    before = run.collect_before()
    world.fail(action, "denied")
    assert run.make_plan(before).value.status == "CREATE_COMPLETE"
    assert any(said in each and "denied" in each for each in told)
    assert "plimsoll-old" in left_when_calm(world, stack)


class Interrupted(SystemClock):
    """A clock on which Ctrl-C is pressed the first time somebody waits."""

    pressed = False

    def sleep(self, seconds: float) -> None:
        if not self.pressed:
            self.pressed = True
            raise KeyboardInterrupt
        super().sleep(seconds)


def test_ctrl_c_while_the_change_set_is_made_leaves_none_or_says_so(world: World, tmp_path: Path) -> None:
    """What is still being made can't be deleted yet: https://github.com/mweagle/Sparta/issues/45"""
    stack, told = world.create(topic()), list[Any]()
    run = world.run(tmp_path, stack, world.publish(topic("new")), progress=told.append)
    before = run.collect_before()
    run._planning = replace(run._planning, clock=Interrupted())
    world.faults(change_set_delay=1)
    with pytest.raises(KeyboardInterrupt):
        run.make_plan(before)
    run.take_back_plan(before)
    assert all(any("still be there" in each and name in each for each in told) for name in left_when_calm(world, stack))
