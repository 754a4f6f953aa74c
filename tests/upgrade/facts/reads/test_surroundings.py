"""What surrounds an update, read from a sandbox: there, absent and refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.builders import entry, known, stack, unknown
from tests.upgrade import things
from tests.upgrade.world import World, topic
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.reads.surroundings import Surroundings

OPEN = {"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}


def reads(world: World, name: str = "absent") -> Surroundings:
    return Surroundings(world.source(entry(stack_name=name)))


def value(fact: Fact[Any]) -> Any:
    assert isinstance(fact, Known), fact
    return fact.value


def change_set(world: World, name: str, wanted: str, display_name: str) -> None:
    body = json.dumps(topic(display_name))
    world.client("cloudformation").create_change_set(StackName=name, ChangeSetName=wanted, TemplateBody=body)


def test_every_page_of_change_sets_is_read_with_what_became_of_them(world: World) -> None:
    name = world.create(topic())
    change_set(world, name, "theirs", "new")
    change_set(world, name, "empty", "old")
    world.faults(page=1)
    found = value(reads(world, name).change_sets())
    assert {(each.name, each.status, each.execution_status) for each in found} == {
        ("theirs", "CREATE_COMPLETE", "AVAILABLE"),
        ("empty", "FAILED", "UNAVAILABLE"),
    }


def test_a_stack_policy_is_read_and_none_is_empty(world: World) -> None:
    name = world.create(topic())
    assert value(reads(world, name).stack_policy()) == ""
    world.client("cloudformation").set_stack_policy(StackName=name, StackPolicyBody=json.dumps(OPEN))
    assert json.loads(value(reads(world, name).stack_policy())) == OPEN


def test_of_every_topic_it_is_read_whether_it_exists(world: World) -> None:
    there = world.client("sns").create_topic(Name="there")["TopicArn"]
    gone = there.replace("there", "gone")
    assert value(reads(world).topics(known(stack(notification_arns=(there, gone))))) == {there: True, gone: False}


def test_without_a_stack_no_topic_is_looked_for(world: World) -> None:
    fact = reads(world).topics(unknown())
    assert isinstance(fact, Unknown)
    assert fact.reason is Reason.BLOCKED


READS: dict[str, Callable[[Surroundings], Fact[Any]]] = {
    "cloudformation:ListChangeSets": lambda reads: reads.change_sets(),
    "cloudformation:GetStackPolicy": lambda reads: reads.stack_policy(),
    "sns:GetTopicAttributes": lambda reads: reads.topics(known(stack(notification_arns=("arn:aws:sns:r:1:t",)))),
}


@pytest.mark.parametrize("call", READS)
def test_what_is_denied_is_unknown_with_its_action(world: World, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    things.at_once(monkeypatch)
    world.fail(call.split(":")[1], "denied")
    fact = READS[call](reads(world, world.create(topic())))
    assert isinstance(fact, Unknown)
    assert (fact.reason, fact.call) == (Reason.DENIED, call)
