"""Executed once, watched to its own end; what is not certain is never success and never failure."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.upgrade.run.stores import Full
from tests.upgrade.run.updates import execute, executed, kept, parent, resources
from tests.upgrade.world import World, topic
from upgrade.aws.doors import Door, Grant
from upgrade.facts.changes import PREFIX, Plan, run_of
from upgrade.facts.known import Reason, Unknown
from upgrade.facts.operation import Ending
from upgrade.facts.stack import Event, OperationEntry
from upgrade.run import apply
from upgrade.run.apply import WATCH_ATTEMPTS, Executor
from upgrade.run.journal import EXECUTE
from upgrade.run.session import Run


def test_an_update_is_watched_to_its_end(world: World, run: Run, told: list[Event | str]) -> None:
    world.faults(pace=0.1)
    before, operation = execute(run)
    assert operation.ending is Ending.COMPLETE
    assert operation.detail == "the update is complete"
    assert operation.events[0].status == "UPDATE_IN_PROGRESS"
    assert operation.events[-1].status == "UPDATE_COMPLETE"
    assert {event.token for event in operation.events} == {operation.token} == {f"plimsoll-{run.run_id}"}
    assert [each for each in told if isinstance(each, Event)] == list(operation.events)
    assert operation.cause is None
    assert executed(world, run) == 1
    assert kept(run) == [("intent", EXECUTE), ("accepted", EXECUTE), ("terminal", EXECUTE)]
    after = run.collect_after(before)
    assert after.stack.value.status == "UPDATE_COMPLETE"
    assert after.stack.value.change_set_id == operation.change_set_arn
    assert OperationEntry("UPDATE_STACK", operation.events[-1].operation_id) in after.stack.value.operations
    assert after.template.value.body == topic("new", Resources=resources("new"))
    assert isinstance(after.target, Unknown)
    assert after.target.reason is Reason.NOT_ASKED
    assert {row.status for row in after.drift.value.rows} == {"IN_SYNC"}


def test_how_long_earlier_updates_took_is_told_before_anything_is_executed(
    world: World, run: Run, told: list[Event | str]
) -> None:
    world.client("cloudformation").update_stack(
        StackName=run.entry.stack_name, UsePreviousTemplate=True, Tags=[{"Key": "owner", "Value": "platform 2"}]
    )
    execute(run)
    sentences = [each for each in told if isinstance(each, str)]
    assert sentences[-2:] == ["the last update took about 0 s", "reading again what may have moved"]


def test_durations_that_cannot_be_read_stop_nothing(world: World, run: Run, told: list[Event | str]) -> None:
    before = run.collect_before()
    plan = run.make_plan(before).value
    world.fail("DescribeStackEvents", "throttle", times=WATCH_ATTEMPTS)
    assert run.execute(before, plan).ending is Ending.COMPLETE


def test_who_executes_a_plan_of_another_run_is_told_apart(world: World, tmp_path: Path) -> None:
    stack, target = world.create(topic("old")), world.publish(topic("new"))
    planning, executing = world.run(tmp_path, stack, target), world.run(tmp_path, stack, target)
    before = planning.collect_before()
    plan = planning.make_plan(before).value
    operation = executing.execute(before, plan)
    assert operation.ending is Ending.COMPLETE
    assert run_of(operation.token) == executing.run_id
    assert run_of(operation.change_set_arn) == planning.run_id
    again = planning.execute(before, plan)
    assert (again.ending, run_of(again.token)) == (Ending.REFUSED, planning.run_id)


def test_the_old_complete_status_fools_nobody(world: World, run: Run) -> None:
    """Right after execution every read still shows the state before it."""
    run.clock.sleep(0.4)  # until reads no longer show the stack's creation
    world.faults(pace=0.1, lag=0.4)
    _, operation = execute(run)
    assert operation.ending is Ending.COMPLETE
    assert [event.status for event in operation.events if event.physical_id == event.stack_arn] == [
        "UPDATE_IN_PROGRESS",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_COMPLETE",
    ]


def test_a_nested_stack_is_watched_told_and_kept(world: World, tmp_path: Path, told: list[Event | str]) -> None:
    stack, target = world.create(parent(world, "old")), world.publish(parent(world, "new"))
    run = world.run(tmp_path, stack, target, progress=told.append)
    world.faults(pace=0.1)
    _, operation = execute(run)
    assert operation.ending is Ending.COMPLETE
    inner = [each.status for each in operation.events if each.logical_id == "Inner"]
    assert inner == ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"]
    assert [each.status for each in told if isinstance(each, Event) and each.logical_id == "Child.Inner"] == inner
    assert operation.events[-1].physical_id == operation.events[0].stack_arn


def test_when_time_is_over_the_update_is_unknown(world: World, tmp_path: Path) -> None:
    stack = world.create(topic("old"))
    run = world.run(tmp_path, stack, world.publish(topic("new")), minutes=0.005)
    world.faults(pace=1.5)
    _, operation = execute(run)
    assert operation.ending is Ending.UNKNOWN
    assert operation.detail == "the update still runs after 0.005 minutes"
    assert operation.events
    world.faults(pace=0)


@pytest.mark.parametrize("kind", ["http500", "throttle", "drop"])
def test_events_that_cannot_be_read_for_a_while_change_nothing(
    world: World, run: Run, kind: str, told: list[Event | str]
) -> None:
    world.faults(pace=0.1)
    world.fail("DescribeStackEvents", kind, after=2, times=WATCH_ATTEMPTS + 1)
    _, operation = execute(run)
    assert operation.ending is Ending.COMPLETE
    assert any("can't be read at the moment" in each for each in told if isinstance(each, str))


@pytest.mark.parametrize("kind", ["denied", "expired"])
def test_credentials_that_come_back_lose_nothing(world: World, run: Run, kind: str, told: list[Event | str]) -> None:
    world.faults(pace=0.1)
    world.fail("DescribeStackEvents", kind, after=2, times=3)
    _, operation = execute(run)
    assert operation.ending is Ending.COMPLETE
    assert len([each for each in told if isinstance(each, str) and "can't be read at the moment" in each]) == 1
    renewed = [call for call in run.calls() if call.operation == "GetCallerIdentity"][2:]
    assert bool(renewed) is (kind == "expired")


@pytest.mark.parametrize("kind", ["denied", "expired"])
def test_contact_that_is_lost_for_good_is_unknown(
    world: World, run: Run, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apply, "LOST_SECONDS", 0.3)
    world.fail("DescribeStackEvents", kind, after=2)
    _, operation = execute(run)
    assert operation.ending is Ending.UNKNOWN
    assert operation.detail.startswith(
        "contact was lost while the update was running: cloudformation:DescribeStackEvents"
    )
    assert kept(run) == [("intent", EXECUTE), ("accepted", EXECUTE)]


@pytest.mark.parametrize(("kind", "sent"), [("lost", 2), ("throttle", 2), ("http500", 2)])
def test_an_answer_that_is_lost_never_executes_twice(world: World, run: Run, kind: str, sent: int) -> None:
    world.faults(pace=0.1)
    world.fail("ExecuteChangeSet", kind, times=1)
    _, operation = execute(run)
    assert operation.ending is Ending.COMPLETE
    assert executed(world, run) == sent
    begun = [event for event in operation.events if event.reason == "User Initiated"]
    assert len(begun) == 1


@pytest.mark.parametrize("kind", ["denied", "expired"])
def test_an_execution_that_is_denied_is_refused(world: World, run: Run, kind: str) -> None:
    before = run.collect_before()
    plan = run.make_plan(before).value
    world.fail("ExecuteChangeSet", kind)
    operation = run.execute(before, plan)
    assert operation.ending is Ending.REFUSED
    assert operation.detail.startswith(f"nothing was executed: cloudformation:ExecuteChangeSet: {kind}: ")
    assert operation.events == ()
    assert kept(run) == [("intent", EXECUTE), ("refused", EXECUTE)]


def test_nothing_is_executed_that_cannot_be_kept(world: World, run: Run) -> None:
    before = run.collect_before()
    plan = run.make_plan(before).value
    run.journal.store = Full(0)
    operation = run.execute(before, plan)
    assert operation.ending is Ending.REFUSED
    assert operation.detail == "nothing was executed: the journal can't be written: No space left on device"
    assert executed(world, run) == 0


def test_a_disk_that_fills_up_during_the_update_is_told_and_the_watch_goes_on(world: World, run: Run) -> None:
    before = run.collect_before()
    plan = run.make_plan(before).value
    run.journal.store = Full(1)
    assert run.execute(before, plan).ending is Ending.COMPLETE
    assert kept(run) == [("intent", EXECUTE)]
    assert run.journal.failed == "the journal can't be written: No space left on device"


def test_credentials_that_expire_at_the_execution_itself_refuse(world: World, run: Run) -> None:
    """The very first attempt was refused: what can't be read afterwards makes that no less certain."""
    before = run.collect_before()
    plan = run.make_plan(before).value
    world.faults(
        api=[
            {"action": "ExecuteChangeSet", "kind": "expired"},
            {"action": "DescribeChangeSet", "kind": "expired", "after": 1},
            {"action": "DescribeStackEvents", "kind": "expired", "after": 2},
        ]
    )
    operation = run.execute(before, plan)
    assert operation.ending is Ending.REFUSED
    assert "expired" in operation.detail


def planned(run: Run) -> tuple[Plan, Executor]:
    """A plan, and what executes it with few attempts."""
    cloudformation = partial(run._executing.client, "cloudformation", attempts=2)
    plan = run.make_plan(run.collect_before()).value
    executor = Executor(
        client=cloudformation(grant=Grant(Door.APPLY)),
        watcher=cloudformation,
        renew=lambda: None,
        clock=run.clock,
        token=plan.name,
        polling=run.entry.polling.model_copy(update={"begin": 0.5}),
        minutes=1,
        progress=lambda _: None,
        journal=run.journal,
    )
    return plan, executor


@pytest.mark.parametrize(
    ("kind", "why"),
    [("latency", "ExecuteChangeSet: "), ("drop", "our change set is OBSOLETE, another operation came first")],
)
def test_an_operation_of_another_that_came_first_is_named(world: World, run: Run, kind: str, why: str) -> None:
    plan, executor = planned(run)
    world.faults(pace=0.3, api=[{"action": "ExecuteChangeSet", "kind": kind}])
    theirs = world.client("cloudformation")

    def update(**_: Any) -> None:
        theirs.update_stack(
            StackName=plan.stack_arn,
            UsePreviousTemplate=True,
            Tags=[{"Key": "owner", "Value": "somebody else"}],
            ClientRequestToken=f"console-{plan.name}",
        )

    executor.client.meta.events.register_first("before-call.cloudformation.ExecuteChangeSet", update)
    operation = executor.execute(plan)
    assert operation.ending is Ending.REFUSED
    assert why in operation.detail
    assert "another's UPDATE_IN_PROGRESS began at" in operation.detail
    assert f"with token console-{plan.name}" in operation.detail
    assert operation.events == ()


@pytest.mark.parametrize(("kind", "ending"), [("throttle", Ending.REFUSED), ("drop", Ending.UNKNOWN)])
def test_what_has_not_begun_in_its_time_is_refused_only_where_nothing_can_have_been_accepted(
    world: World, run: Run, kind: str, ending: Ending
) -> None:
    plan, executor = planned(run)
    world.fail("ExecuteChangeSet", kind)
    operation = executor.execute(plan)
    assert operation.ending is ending
    assert "cloudformation:ExecuteChangeSet" in operation.detail


def test_who_breaks_the_watch_off_keeps_what_was_seen(world: World, tmp_path: Path) -> None:
    def stop(told: Event | str) -> None:
        if isinstance(told, Event) and told.logical_id == "Topic":
            raise KeyboardInterrupt

    run = world.run(tmp_path, world.create(topic("old")), world.publish(topic("new")), progress=stop)
    before = run.collect_before()
    plan = run.make_plan(before).value
    assert run.so_far(plan) is None
    world.faults(pace=0.5)
    with pytest.raises(KeyboardInterrupt):
        run.execute(before, plan)
    operation = run.so_far(plan)
    assert operation is not None
    assert operation.ending is Ending.UNKNOWN
    assert operation.events[0].status == "UPDATE_IN_PROGRESS"
    assert operation.token == PREFIX + run.run_id


def test_the_end_is_told_before_it_is_read_again(world: World, run: Run, told: list[Event | str]) -> None:
    before = run.collect_before()
    plan = run.make_plan(before).value
    looks: list[bool] = []
    client = run._executing.client("cloudformation", attempts=apply.WATCH_ATTEMPTS)
    client.meta.events.register_first(
        "before-call.cloudformation.DescribeStackEvents",
        lambda **_: looks.append(any(isinstance(each, Event) and each.status == "UPDATE_COMPLETE" for each in told)),
    )
    run.execute(before, plan)
    assert looks[-1]
    assert not any(looks[:-1])


def test_what_moved_since_the_judgement_refuses(world: World, run: Run) -> None:
    before = run.collect_before()
    plan = run.make_plan(before).value
    world.client("cloudformation").update_stack(
        StackName=plan.stack_arn, UsePreviousTemplate=True, Tags=[{"Key": "owner", "Value": "somebody else"}]
    )
    operation = run.execute(before, plan)
    assert operation.ending is Ending.REFUSED
    assert "stack.tags.owner was" in operation.detail
    assert "OBSOLETE" in operation.detail
    assert executed(world, run) == 0


def test_what_cannot_be_read_again_refuses(world: World, run: Run) -> None:
    before = run.collect_before()
    plan = run.make_plan(before).value
    world.fail("DescribeStacks", "denied")
    operation = run.execute(before, plan)
    assert operation.ending is Ending.REFUSED
    assert "can't be read again" in operation.detail
    assert "cloudformation:DescribeStacks: denied" in operation.detail
    assert executed(world, run) == 0


def test_a_terminal_that_is_gone_does_not_end_the_watch(world: World, tmp_path: Path) -> None:
    def gone(told: Event | str) -> None:
        if isinstance(told, Event):
            raise BrokenPipeError

    run = world.run(tmp_path, world.create(topic()), world.publish(topic("new")), progress=gone)
    _, operation = execute(run)
    assert operation.ending is Ending.COMPLETE


def test_somebody_elses_cancellation_is_a_rollback(world: World, tmp_path: Path) -> None:
    stack = world.create(topic("old", Resources=resources("old")))
    cloudformation = world.client("cloudformation")

    def cancel(told: Event | str) -> None:
        if isinstance(told, Event) and told.logical_id == "Topic" and told.status == "UPDATE_IN_PROGRESS":
            cloudformation.cancel_update_stack(StackName=stack, ClientRequestToken=f"console-{stack}")

    address = world.publish(topic("new", Resources=resources("new")))
    run = world.run(tmp_path, stack, address, progress=cancel)
    world.faults(pace=0.5)
    _, operation = execute(run)
    assert operation.ending is Ending.ROLLED_BACK
    assert "CloudFormation restored the old state" in operation.detail
