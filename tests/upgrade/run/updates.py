"""Updates of a stack with two topics, and what tests ask of them."""

from typing import Any

from tests.upgrade.world import World, topic
from upgrade.facts.operation import Operation
from upgrade.facts.snapshot import Snapshot
from upgrade.run.journal import CREATE
from upgrade.run.session import Run

TWO: dict[str, Any] = {
    "Second": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "x"}, "DependsOn": "Topic"},
}


def resources(name: str) -> dict[str, Any]:
    return {"Second": {**TWO["Second"], "Properties": {"DisplayName": name}}}


def execute(run: Run) -> tuple[Snapshot, Operation]:
    before = run.collect_before()
    return before, run.execute(before, run.make_plan(before).value)


def executed(world: World, run: Run) -> int:
    """How often ExecuteChangeSet was sent, attempts counted."""
    return sum(call.attempts for call in run.calls() if call.operation == "ExecuteChangeSet")


def kept(run: Run) -> list[tuple[str, str]]:
    """The journal of an execution: what each record says, and of which call."""
    return [(each.act.value, each.call) for each in run.journal.store.records() if each.call != CREATE]


def parent(world: World, name: str) -> dict[str, Any]:
    """A template with a nested stack, whose topic is called so."""
    inner = {"Resources": {"Inner": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": name}}}}
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": world.publish(inner)}}
    return topic(Resources={"Child": nested})
