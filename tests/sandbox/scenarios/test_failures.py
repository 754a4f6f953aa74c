from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.scenarios.told import Told

RESOURCE_FAULTS = [
    "update-fails",
    "rollback-fails",
    "left-behind",
    "identity-lost",
    "capacity-short",
    "database-capacity-short",
    "quota-exceeded",
    "permission-missing",
    "property-invalid",
    "restored-unhealthy",
    "restored-unseen",
]


@pytest.mark.parametrize("name", RESOURCE_FAULTS)
def test_faults_of_resources_hit_resources_there_are(told: Callable[[str], Told], name: str) -> None:
    world = told(name)

    assert world.knobs.resources
    assert all(world.id(logical_id) for logical_id in world.knobs.resources)


@pytest.mark.parametrize(
    ("name", "operation"), [("plan-denied", "create_change_set"), ("execute-denied", "execute_change_set")]
)
def test_one_call_is_denied(told: Callable[[str], Told], name: str, operation: str) -> None:
    cloud = told(name).aws.client("cloudformation")
    with pytest.raises(ClientError) as caught:
        getattr(cloud, operation)(StackName="codeocean", ChangeSetName="ours")

    assert caught.value.response["Error"]["Code"] == "AccessDenied"


@pytest.mark.parametrize("name", ["validation-fails", "validation-stops"])
def test_validations_find_something_in_the_target(told: Callable[[str], Told], name: str) -> None:
    world = told(name)

    assert world.knobs.validations
    assert all(f"\n  {found['resource']}:\n" in world.target().decode() for found in world.knobs.validations)


def test_hook_refuses(told: Callable[[str], Told]) -> None:
    world = told("hook-refuses")

    assert [bool(world.id(hook["fails"])) for hook in world.knobs.hooks] == [True]


def test_nested_fails(told: Callable[[str], Told]) -> None:
    world = told("nested-fails")
    inner = world.aws.client("cloudformation").list_stack_resources(StackName=world.id("Monitoring"))

    assert [row["LogicalResourceId"] for row in inner["StackResourceSummaries"]] == list(world.knobs.resources)
