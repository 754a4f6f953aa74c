from collections.abc import Callable

import pytest

from tests.sandbox.scenarios.told import TARGET, Told


def test_rds_optimizing(told: Callable[[str], Told]) -> None:
    world = told("rds-optimizing")
    live = world.database()

    assert (live["AllocatedStorage"], live["MaxAllocatedStorage"]) == (40, 100)
    assert live["DBInstanceStatus"] == "storage-optimization"
    assert world.events() == [
        "Applying modification to allocated storage",
        "Finished applying modification to allocated storage",
    ]
    assert world.parameters()["pRdsAllocatedStorage"] == "20"
    assert world.demo["parameters"]["pRdsAllocatedStorage"] == 60
    # The rollback asks for the largest size too: https://github.com/aws/aws-cdk/issues/29916
    assert world.upgrade("demo", TARGET, pRdsAllocatedStorage="60") == "UPDATE_ROLLBACK_FAILED"
    assert world.database()["AllocatedStorage"] == 40


@pytest.mark.parametrize(
    ("name", "actual", "configured"),
    [("rds-autoscaled", 60, None), ("rds-autoscaled-actual", 60, "actual"), ("rds-at-maximum", 100, "actual")],
)
def test_a_database_that_has_grown(told: Callable[[str], Told], name: str, actual: int, configured: str | None) -> None:
    world = told(name)

    assert world.database()["AllocatedStorage"] == actual
    assert world.parameters()["pRdsAllocatedStorage"] == "20"
    assert (world.events(), world.database()["DBInstanceStatus"]) == ([], "available")
    assert world.demo.get("parameters", {}).get("pRdsAllocatedStorage") == configured
