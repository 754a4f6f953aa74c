"""The database's storage has grown by itself, and what the configuration says of it."""

from sandbox.scenarios.registry import scenario
from sandbox.scenarios.stage import Stage
from sandbox.scenarios.world import deployment

GROWN, MAXIMUM = 60, 100
"""GiB; the parameters say 20 and 100."""


@scenario("rds-autoscaled", "The database has grown to 60 GiB; the parameter still says 20.")
def rds_autoscaled(stage: Stage) -> None:
    """RDS storage autoscaling."""
    deployment(stage)
    _grow(stage, GROWN)


@scenario("rds-autoscaled-actual", "The database has grown to 60 GiB, and the configuration follows it.")
def rds_autoscaled_actual(stage: Stage) -> None:
    """The remedy of `rds-autoscaled`."""
    rds_autoscaled(stage)
    stage.configure("stacks.demo.parameters", pRdsAllocatedStorage="actual")


@scenario("rds-at-maximum", "The database has grown to its maximum and can grow no further.")
def rds_at_maximum(stage: Stage) -> None:
    """The maximum has to be 10 % above the actual size."""
    deployment(stage)
    _grow(stage, MAXIMUM)
    stage.configure("stacks.demo.parameters", pRdsAllocatedStorage="actual")


def _grow(stage: Stage, size: int) -> None:
    stage.client("rds").modify_db_instance(
        DBInstanceIdentifier=stage.physical_id("AnalyticsDBInstance"), AllocatedStorage=size, ApplyImmediately=True
    )
