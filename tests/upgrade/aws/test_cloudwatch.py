"""Every alarm that is asked for is told, one that is not there as not there."""

from types import SimpleNamespace
from typing import Any

from tests.upgrade import things
from tests.upgrade.world import World
from upgrade.aws.cloudwatch import AT_ONCE, read_alarms
from upgrade.facts.health import Alarm


def test_an_alarm_is_told_with_state_reason_and_what_it_sets_off(world: World) -> None:
    name = things.alarm(world, "ALARM", "arn:aws:sns:us-east-1:111122223333:topic")
    alarm = read_alarms(world.client("cloudwatch"), {"Cpu": name})["Cpu"]

    assert (alarm.name, alarm.state, alarm.reason) == (name, "ALARM", "for a test")
    assert alarm.actions == ("arn:aws:sns:us-east-1:111122223333:topic",)
    assert alarm.since is not None
    assert alarm.since.tzinfo is not None


def test_composite_alarms_are_asked_for_and_told() -> None:
    """The sandbox knows none: here the answer is made up."""
    asked: list[dict[str, Any]] = []

    def paginate(**arguments: Any) -> list[dict[str, Any]]:
        asked.append(arguments)
        return [{"MetricAlarms": []}, {"CompositeAlarms": [{"AlarmName": "any", "StateValue": "ALARM"}]}]

    client = SimpleNamespace(get_paginator=lambda _: SimpleNamespace(paginate=paginate))
    assert read_alarms(client, {"Any": "any"}) == {"Any": Alarm("any", "ALARM", "", None, ())}
    assert "CompositeAlarm" in asked[0]["AlarmTypes"]


def test_one_that_is_absent_has_no_state(world: World) -> None:
    found = read_alarms(world.client("cloudwatch"), {"Cpu": things.alarm(world), "Gone": "absent"})

    assert (found["Cpu"].state, found["Gone"].state, found["Gone"].name) == ("OK", "", "absent")


def test_more_than_one_call_takes_are_all_told(world: World) -> None:
    name = things.alarm(world)
    names = {f"A{number}": name for number in range(AT_ONCE + 3)}

    assert {each.state for each in read_alarms(world.client("cloudwatch"), names).values()} == {"OK"}
