"""The functions behind custom resources, each by itself: one that can't be read leaves the others known."""

from typing import Any

import pytest

from tests.builders import entry, known, stack, template, unknown
from tests.upgrade import things
from tests.upgrade.world import World
from upgrade.facts.functions import Function
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.reads.functions import FunctionReads
from upgrade.facts.stack import Resource, Template

TOPIC = "arn:aws:sns:us-east-1:111122223333:topic"


def templates(*tokens: Any) -> Known[Template]:
    rows = {
        f"R{number}": {"Type": "Custom::Record", "Properties": {"ServiceToken": token}}
        for number, token in enumerate(tokens)
    }
    return known(template(Resources={"Answer": {"Type": "AWS::Lambda::Function"}, **rows}))


def read(world: World, live: Known[Template], target: Known[Template], name: str = "") -> dict[str, Fact[Function]]:
    rows = known((Resource("Answer", name, "AWS::Lambda::Function", "UPDATE_COMPLETE"),))
    found = FunctionReads(world.source(entry(product="generic"))).functions(known(stack()), rows, live, target)
    assert isinstance(found, Known), found
    return dict(found.value)


def test_functions_of_both_templates_are_read(world: World) -> None:
    mine, other = things.function(world), things.function(world)
    world.client("lambda").put_function_concurrency(FunctionName=mine, ReservedConcurrentExecutions=0)
    world.faults(functions={other: {"State": "Failed", "StateReason": "no subnet"}})
    version = world.client("lambda").publish_version(FunctionName=other)["FunctionArn"]
    found = read(world, templates({"Fn::GetAtt": ["Answer", "Arn"]}, TOPIC), templates(version), mine)
    assert found.keys() == {mine, version}
    assert (found[mine].value.state, found[mine].value.reserved) == ("Active", 0)
    seen = found[version].value
    assert (seen.state, seen.reason, seen.reserved, seen.runtime) == ("Failed", "no subnet", None, "python3.12")


def test_the_error_of_a_runtime_is_read(world: World) -> None:
    mine = things.function(world)
    world.faults(functions={mine: {"RuntimeVersionConfig": {"Error": {"ErrorCode": "X", "Message": "withdrawn"}}}})
    assert read(world, templates(), templates(mine))[mine].value.runtime_error == "withdrawn"


def test_one_that_is_absent_leaves_the_others_known(world: World) -> None:
    mine = things.function(world)
    found = read(world, templates("absent"), templates(mine))
    absent = found["absent"]
    assert isinstance(absent, Unknown)
    assert absent.reason is Reason.NOT_FOUND
    assert isinstance(found[mine], Known)


@pytest.mark.parametrize("operation", ["GetFunctionConfiguration", "GetFunctionConcurrency"])
def test_a_denial_names_the_action_to_allow(world: World, operation: str) -> None:
    mine = things.function(world)
    world.fail(operation, "denied")
    found = read(world, templates(mine), templates())[mine]
    assert isinstance(found, Unknown)
    assert (found.reason, found.call) == (Reason.DENIED, f"lambda:{operation}")


def test_where_there_is_none_nobody_is_asked(world: World) -> None:
    sent = len(world.calls())
    assert read(world, templates(TOPIC), templates()) == {}
    assert len(world.calls()) == sent


def test_without_the_target_nothing_is_known(world: World) -> None:
    reads = FunctionReads(world.source(entry(product="generic")))
    found = reads.functions(known(stack()), known(()), templates(), unknown())
    assert isinstance(found, Unknown)
    assert found.reason is Reason.BLOCKED
