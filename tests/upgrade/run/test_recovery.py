"""A rollback is continued once, by its own token, and watched; what may be under way already is only watched."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.builders import event
from tests.upgrade.run.test_takeup import Left
from tests.upgrade.world import World, topic
from upgrade.config.stacks import load
from upgrade.facts.journal import Act
from upgrade.facts.operation import Ending, Operation
from upgrade.facts.stack import Event
from upgrade.facts.stuck import BACK, STUCK
from upgrade.run.journal import CONTINUE, Memory
from upgrade.run.recover import newest_continuation
from upgrade.run.recovery import Recovery
from upgrade.run.wish import Wish

FAULTS = {"Second": {"on": "update", "reason": "no"}, "Topic": {"on": "rollback", "reason": "the topic is busy"}}


def two(name: str) -> dict[str, Any]:
    properties = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": name}, "DependsOn": "Topic"}
    return topic(name, Resources={"Second": properties})


def parent(world: World, name: str) -> dict[str, Any]:
    child = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": world.publish(two(name))}}
    return {"Resources": {"Child": child}}


@pytest.fixture
def stack(world: World) -> str:
    """The name of a stack that is stuck in its rollback, at Topic."""
    return stuck_at_topic(world, two("old"), two("new"))


def stuck_at_topic(world: World, old: dict[str, Any], new: dict[str, Any]) -> str:
    name, cloudformation = world.create(old), world.client("cloudformation")
    world.faults(resources=FAULTS)
    cloudformation.update_stack(StackName=name, TemplateBody=json.dumps(new), ClientRequestToken=f"up-{name}")
    while (status := status_of(world, name)).endswith("_IN_PROGRESS"):
        pass
    assert status == STUCK
    return name


@pytest.fixture
def recovery(world: World, stack: str, tmp_path: Path) -> Callable[..., Recovery]:
    """Makes a run that recovers that stack."""

    def make(*skips: str, left: Left | None = None, of: str = "") -> Recovery:
        world.run(tmp_path, of or stack, "s3://any/thing", more="begin = 0.2")  # for its configuration
        earlier = left or Left()
        made = Recovery(load(tmp_path / "stacks.toml"), "t", Wish(skips=skips), earlier=earlier)
        made.journal.store = earlier.journal(made.run_id)
        return made

    return make


def status_of(world: World, name: str) -> str:
    return str(world.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])


def recover(run: Recovery) -> Operation:
    return run.recover(run.collect_before(), list)


def told(run: Recovery) -> list[Act]:
    return [each.act for each in run.journal.store.records()]


def continued(run: Recovery) -> list[str]:
    return [call.operation for call in run.calls() if call.operation == "ContinueUpdateRollback"]


def test_once_the_cause_is_mended_the_rollback_ends_well(world: World, recovery: Callable[..., Recovery]) -> None:
    run = recovery()
    (stuck,) = run.collect_before().stuck.value
    assert (stuck.name, stuck.may_be_skipped, stuck.reason.count("busy")) == ("Topic", True, 1)
    world.faults(resources={})
    operation = recover(run)
    assert (operation.ending, operation.diagnosis, operation.skipped) == (Ending.COMPLETE, None, ())
    assert operation.detail == "the rollback is complete, and the stack is at rest"
    assert {each.token for each in operation.events} == {f"plimsoll-{run.run_id}"}
    assert operation.events[-1].status == "UPDATE_ROLLBACK_COMPLETE"
    assert told(run) == [Act.INTENT, Act.ACCEPTED, Act.TERMINAL]


def test_what_fails_again_is_told_with_its_reason(recovery: Callable[..., Recovery]) -> None:
    operation = recover(recovery())
    assert operation.ending is Ending.NEEDS_OPERATOR
    assert operation.cause is not None
    assert operation.cause.logical_id == "Topic"
    assert operation.detail.startswith("Topic (AWS::SNS::Topic): the topic is busy. Do this: ")
    assert operation.detail.endswith("The rollback has failed again; the stack is UPDATE_ROLLBACK_FAILED")


def test_what_is_skipped_is_looked_at_afterwards(recovery: Callable[..., Recovery]) -> None:
    run = recovery("Topic")
    before = run.collect_before()
    operation = run.recover(before, list)
    assert (operation.ending, operation.skipped) == (Ending.COMPLETE, ("Topic",))
    (row,) = run.collect_after(before).drift.value.rows
    assert (row.logical_id, row.status) == ("Topic", "MODIFIED")


def test_in_a_nested_stack_it_goes_by_that_ones_name(world: World, recovery: Callable[..., Recovery]) -> None:
    name = stuck_at_topic(world, parent(world, "old"), parent(world, "new"))
    before = recovery(of=name).collect_before()
    found = {each.name: each.may_be_skipped for each in before.stuck.value}
    topic_of_child = f"{before.nested.value[0].name}.Topic"
    assert found == {"Child": False, topic_of_child: True}
    run = recovery(topic_of_child, of=name)
    operation = run.recover(before, list)
    assert operation.ending is Ending.COMPLETE, operation.detail
    (row,) = run.collect_after(before).drift.value.rows
    assert (row.logical_id, row.status) == (topic_of_child, "MODIFIED")


def test_who_else_continues_it_first_is_told(world: World, stack: str, recovery: Callable[..., Recovery]) -> None:
    run = recovery()
    before = run.collect_before()
    world.client("cloudformation").continue_update_rollback(StackName=stack, ClientRequestToken=f"console-{stack}")
    operation = run.recover(before, list)
    assert operation.ending is Ending.REFUSED
    assert "somebody else has begun something" in operation.detail
    assert (continued(run), told(run)) == ([], [])


def test_who_else_continues_it_in_that_very_moment_is_told(
    world: World, stack: str, recovery: Callable[..., Recovery]
) -> None:
    run = recovery()
    before = run.collect_before()

    def too_old() -> list[str]:
        world.faults(pace=20)
        world.client("cloudformation").continue_update_rollback(StackName=stack, ClientRequestToken=f"theirs-{stack}")
        return []

    operation = run.recover(before, too_old)
    assert operation.ending is Ending.REFUSED
    assert "can not continue update rollback" in operation.detail
    assert told(run) == [Act.INTENT, Act.REFUSED]


@pytest.mark.parametrize("kind", ["lost", "drop"])
def test_a_lost_answer_is_no_second_continuation(
    world: World, stack: str, recovery: Callable[..., Recovery], kind: str
) -> None:
    run = recovery("Topic")
    world.fail("ContinueUpdateRollback", kind, times=1)
    assert recover(run).ending is Ending.COMPLETE
    begun = world.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
    assert (
        sum(each.get("ResourceStatusReason") == "User Initiated" and each["ResourceStatus"] == BACK for each in begun)
        == 1
    )


def test_a_continuation_of_an_earlier_run_is_adopted(recovery: Callable[..., Recovery]) -> None:
    left = Left()
    killed, again = recovery("Topic", left=left), recovery(left=left)
    recover(killed)
    left.stores[killed.run_id] = cut(left.stores[killed.run_id], 1)
    again.take_up()
    assert again.begun is not None
    operation = again.adopt(again.begun)
    assert (operation.ending, operation.adopted_from, operation.skipped) == (Ending.COMPLETE, killed.run_id, ("Topic",))
    assert (continued(again), told(again)) == ([], [Act.INTENT, Act.ADOPTED, Act.TERMINAL])


def test_one_that_never_began_is_settled(recovery: Callable[..., Recovery]) -> None:
    left = Left()
    killed, again = recovery(left=left), recovery(left=left)
    killed.journal.keep(Act.INTENT, CONTINUE, token="plimsoll-x", stack="any", skips="")
    again.take_up()
    assert again.begun is None
    assert told(killed) == [Act.INTENT, Act.REFUSED]


def test_one_that_was_concluded_is_nobodys_any_more(recovery: Callable[..., Recovery]) -> None:
    left = Left()
    first, again = recovery("Topic", left=left), recovery(left=left)
    recover(first)
    first.journal.conclude("RECOVERED")
    again.take_up()
    assert again.begun is None


def cut(store: Memory, length: int) -> Memory:
    """What a run that was killed after so many records has left."""
    kept = Memory()
    for record in store.records()[:length]:
        kept.append(record)
    return kept


def root(status: str, number: int) -> Event:
    return event(status=status, event_id=str(number))


@pytest.mark.parametrize(
    ("statuses", "first", "ended"),
    [
        ([BACK, STUCK, BACK, "UPDATE_IN_PROGRESS"], "0", None),
        (["UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", BACK, STUCK], "2", "0"),
        ([STUCK, BACK, STUCK, BACK], "1", "0"),
        ([STUCK, BACK, "UPDATE_IN_PROGRESS"], None, None),
        (["UPDATE_COMPLETE", "UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE", BACK, STUCK], None, None),
        ([], None, None),
    ],
    ids=str,
)
def test_a_continuation_follows_a_failed_rollback(statuses: list[str], first: str | None, ended: str | None) -> None:
    """An update's own rollback is none, and nor is one before a later update."""
    pages = [(root(status, number),) for number, status in enumerate(statuses)]
    found = newest_continuation(pages)
    assert (found.first.event_id if found else None) == first
    assert (found.ended.event_id if found and found.ended else None) == ended
