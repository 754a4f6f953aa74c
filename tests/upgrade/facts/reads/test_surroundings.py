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


def test_of_a_running_operation_its_beginning_is_read(world: World) -> None:
    name, cloudformation = world.create(topic()), world.client("cloudformation")
    world.faults(pace=60)
    cloudformation.update_stack(StackName=name, TemplateBody=json.dumps(topic("new")), ClientRequestToken="deploy-77")
    arn = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
    found = value(reads(world, name).running(known(stack(arn=arn, status="UPDATE_IN_PROGRESS"))))
    assert (found.status, found.token) == ("UPDATE_IN_PROGRESS", "deploy-77")


def test_at_rest_no_operation_runs(world: World) -> None:
    assert value(reads(world).running(known(stack()))) is None


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


def alarm(world: World, name: str, state: str) -> str:
    """An alarm in a state; its ARN."""
    cloudwatch = world.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/RDS",
        MetricName="CPUUtilization",
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=90,
        ComparisonOperator="GreaterThanThreshold",
    )
    cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="test")
    return str(cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["AlarmArn"])


def test_the_alarms_on_the_stack_and_those_of_the_configuration_are_read(world: World) -> None:
    loud, quiet = alarm(world, "loud: a colon", "ALARM"), alarm(world, "quiet", "OK")
    gone = quiet.replace("quiet", "gone")
    wanted = Surroundings(world.source(entry(rollback_triggers=[quiet, gone])))
    live = known(stack(rollback_triggers=((loud, "AWS::CloudWatch::Alarm"),)))
    assert value(wanted.rollback_alarms(live)) == {loud: "ALARM", quiet: "OK", gone: ""}


def test_where_no_alarm_rolls_back_none_is_looked_for(world: World) -> None:
    before = len(world.calls())
    assert value(reads(world).rollback_alarms(known(stack()))) == {}
    assert len(world.calls()) == before


READS: dict[str, Callable[[Surroundings], Fact[Any]]] = {
    "cloudformation:ListChangeSets": lambda reads: reads.change_sets(),
    "cloudformation:GetStackPolicy": lambda reads: reads.stack_policy(),
    "cloudwatch:DescribeAlarms": lambda reads: reads.rollback_alarms(
        known(stack(rollback_triggers=(("arn:aws:cloudwatch:us-east-1:1:alarm:x", "AWS::CloudWatch::Alarm"),)))
    ),
    "sns:GetTopicAttributes": lambda reads: reads.topics(known(stack(notification_arns=("arn:aws:sns:r:1:t",)))),
}


@pytest.mark.parametrize("call", READS)
def test_what_is_denied_is_unknown_with_its_action(world: World, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    things.at_once(monkeypatch)
    world.fail(call.split(":")[1], "denied")
    fact = READS[call](reads(world, world.create(topic())))
    assert isinstance(fact, Unknown)
    assert (fact.reason, fact.call) == (Reason.DENIED, call)
