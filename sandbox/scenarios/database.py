"""The database's storage has grown, by itself or by hand, and what the configuration says of it."""

from sandbox.scenarios.registry import scenario
from sandbox.scenarios.stage import Stage
from sandbox.scenarios.world import deployment

RAISED, GROWN, MAXIMUM = 40, 60, 100
"""GiB; the parameters say 20 and 100."""
HOUR, WEEK = 3600, 7 * 24 * 3600


@scenario("rds-autoscaled", "The database has grown to 60 GiB; the parameter still says 20.")
def rds_autoscaled(stage: Stage) -> None:
    """RDS storage autoscaling, a week ago."""
    deployment(stage)
    _grow(stage, GROWN, ago=WEEK)


@scenario("rds-autoscaled-actual", "The database has grown to 60 GiB, and the configuration follows it.")
def rds_autoscaled_actual(stage: Stage) -> None:
    """The remedy of `rds-autoscaled`."""
    rds_autoscaled(stage)
    stage.configure("stacks.demo.parameters", pRdsAllocatedStorage="actual")


@scenario("rds-at-maximum", "The database has grown to its maximum and can grow no further.")
def rds_at_maximum(stage: Stage) -> None:
    """The maximum has to be 10 % above the actual size."""
    deployment(stage)
    _grow(stage, MAXIMUM, ago=WEEK)
    stage.configure("stacks.demo.parameters", pRdsAllocatedStorage="actual")


@scenario("rds-optimizing", "The database was just enlarged to 40 GiB and is still being optimized; 60 are configured.")
def rds_optimizing(stage: Stage) -> None:
    """RDS takes one storage change in six hours. The update fails, and so does its rollback."""
    deployment(stage)
    stage.knobs.set({"optimize_delay": 24 * HOUR})
    _grow(stage, RAISED)
    stage.configure("stacks.demo.parameters", pRdsAllocatedStorage=GROWN)


def _grow(stage: Stage, size: int, ago: float = 0) -> None:
    stage.knobs.set({"event_age": ago})
    stage.client("rds").modify_db_instance(
        DBInstanceIdentifier=stage.physical_id("AnalyticsDBInstance"), AllocatedStorage=size, ApplyImmediately=True
    )
    stage.knobs.set({"event_age": 0.0})
