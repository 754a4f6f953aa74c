"""What tests of change sets make of a run, and look for in CloudFormation."""

from typing import Any

from tests.upgrade.world import World
from upgrade.facts.changes import Plan
from upgrade.run.session import Run

PARAMETERS: dict[str, Any] = {
    "pName": {"Type": "String", "Default": "a", "AllowedPattern": "[a-z]+"},
    "pSecret": {"Type": "String", "NoEcho": True, "MinLength": 4, "Default": "none-yet"},
}


NAME = {"Ref": "pName"}


OUTPUT = {"Name": {"Value": {"Ref": "pName"}}}


def planned(run: Run) -> Plan:
    return run.make_plan(run.collect_before()).value


def left(world: World, stack: str) -> list[str]:
    """Names of the change sets of a stack."""
    rows = world.client("cloudformation").list_change_sets(StackName=stack)["Summaries"]
    return [row["ChangeSetName"] for row in rows]


def left_when_calm(world: World, stack: str) -> list[str]:
    world.calm()
    return left(world, stack)
