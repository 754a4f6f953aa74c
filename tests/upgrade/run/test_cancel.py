"""An update whose time is over is cancelled only where that was asked for, and only while nothing that holds data has begun."""

from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.builders import NOW, event, known, snapshot, template, unknown
from tests.upgrade.run.stores import Full
from tests.upgrade.world import World, topic
from upgrade.clock import SystemClock
from upgrade.config.product import load
from upgrade.errors import CannotTell
from upgrade.facts.operation import Ending
from upgrade.facts.stack import Event
from upgrade.run.cancel import Cancel, holding_data
from upgrade.run.journal import CANCEL, Journal, Memory
from upgrade.run.session import Run

BEGAN = event(status="UPDATE_IN_PROGRESS")


@pytest.fixture
def run(world: World, tmp_path: Path) -> Run:
    """An upgrade for which there is not enough time."""
    second = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "x"}, "DependsOn": "Topic"}
    stack, target = world.create(topic("old")), world.publish(topic("new", Resources={"Second": second}))

    def told(what: Event | str) -> None:
        if "is cancelled" in str(what):
            world.faults(pace=0)

    made = world.run(tmp_path, stack, target, minutes=0.1, progress=told)
    made.wish = replace(made.wish, cancel_on_timeout=True)
    return made


def test_it_is_cancelled_and_watched_until_it_is_taken_back(world: World, run: Run) -> None:
    before = run.collect_before()
    plan = run.make_plan(before).value
    world.faults(pace=4)
    operation = run.execute(before, plan)
    assert operation.ending is Ending.ROLLED_BACK, operation.detail
    assert operation.detail.startswith("This run cancelled the update when its time was over: ")
    acts = [each.act.value for each in run.journal.store.records() if each.call == CANCEL]
    assert acts == ["intent", "accepted"]


def test_one_that_was_not_asked_to_be_is_left_to_itself(world: World, run: Run) -> None:
    run.wish = replace(run.wish, cancel_on_timeout=False)
    run.entry = run.entry.model_copy(update={"minutes": 0.02})
    before = run.collect_before()
    plan = run.make_plan(before).value
    world.faults(pace=60)
    operation = run.execute(before, plan)
    assert (operation.ending, operation.detail) == (Ending.UNKNOWN, "the update still runs after 0.02 minutes")
    assert "CancelUpdateStack" not in {call.operation for call in run.calls()}


@dataclass
class Seen:
    """What is seen of an update."""

    events: tuple[Event, ...] = (BEGAN,)
    nested: tuple[Event, ...] = ()
    is_whole: bool = True

    def look_back_once(self) -> bool:
        return self.is_whole

    @property
    def tree(self) -> Any:
        root = SimpleNamespace(events=lambda: self.events)
        return SimpleNamespace(root=root, events=lambda: (*self.events, *self.nested))


def ask(seen: Seen, store: Memory | None = None, client: Any = None) -> str:
    """What becomes of a cancellation; `holds_data` is a database."""
    clock = SystemClock()
    journal = Journal(store or Memory(), clock, "R1", str)
    holds = lambda each: each.type == "AWS::RDS::DBInstance"  # noqa: E731
    return Cancel(client, clock, "plimsoll-R1-cancel", journal, holds).ask("arn", cast("Any", seen))


DATABASE = event("AnalyticsDBInstance", "UPDATE_IN_PROGRESS", type="AWS::RDS::DBInstance")


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        (Seen((BEGAN, DATABASE)), "what holds data has begun to change: AnalyticsDBInstance"),
        (Seen(nested=(replace(DATABASE, logical_id="Inner"),)), "what holds data has begun to change: Inner"),
        (Seen(is_whole=False), "not all of its events can be read"),
        (Seen(()), "the stack is not seen to be updated"),
        (Seen((BEGAN, event(status="UPDATE_ROLLBACK_IN_PROGRESS"))), "the stack is UPDATE_ROLLBACK_IN_PROGRESS"),
        (Seen((BEGAN, event(status="UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"))), "_CLEANUP_IN_PROGRESS"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_it_is_not_cancelled_where_that_could_do_harm_or_nothing(seen: Seen, why: str) -> None:
    assert why in ask(seen)


def test_nor_where_it_cannot_be_kept() -> None:
    assert "the journal can't be written" in ask(Seen(), Full(0))


def test_data_is_what_the_product_says_of_either_template() -> None:
    product = load("codeocean")
    body = {"Resources": {"Logs": {"Type": "AWS::RDS::DBInstance", "Properties": {}}}}
    holds = holding_data(snapshot(target=known(template("v4.1.0", body=body))), product)
    made = event("Logs", "CREATE_IN_PROGRESS", type="AWS::RDS::DBInstance", at=NOW)
    assert holds(made)
    assert not holds(event("Logs", "CREATE_IN_PROGRESS", type="AWS::SNS::Topic"))
    with pytest.raises(CannotTell):
        holding_data(snapshot(target=unknown()), product)
