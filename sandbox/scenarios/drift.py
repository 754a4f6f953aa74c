"""What was changed by hand, what can't be said about it, and what somebody has answered for."""

from datetime import UTC, datetime, timedelta

from sandbox.scenarios.registry import scenario
from sandbox.scenarios.stage import Stage
from sandbox.scenarios.world import LIVE, TARGET, deployment

FINDING = "sha256:672a38012659699dc3cdad2a9b5d2c461cf9681ac0b47082624dfe903d996f43"
"""The finding about that database as a gate names it, copied from the record of a run, as whoever waives it does."""


@scenario("drifted-database", "Somebody gave the database another instance class by hand.")
def drifted_database(stage: Stage) -> None:
    """An update would build on what CloudFormation does not know."""
    deployment(stage)
    stage.client("rds").modify_db_instance(
        DBInstanceIdentifier=stage.physical_id("AnalyticsDBInstance"),
        DBInstanceClass="db.t4g.medium",
        ApplyImmediately=True,
    )


@scenario("waived", "Somebody has answered for the database's other instance class.")
def waived(stage: Stage) -> None:
    """For this finding, on the way between these two versions, and for a month."""
    drifted_database(stage)
    _waive(stage, timedelta(days=30))


@scenario("expired-waiver", "Somebody had answered for the database's other instance class, until yesterday.")
def expired_waiver(stage: Stage) -> None:
    """What was answered for once must be looked at again."""
    drifted_database(stage)
    _waive(stage, timedelta(days=-1))


def _waive(stage: Stage, lasts: timedelta) -> None:
    waiver = {
        "check": "drift-is-understood",
        "finding": FINDING,
        "reason": "enlarged in an incident; the parameter follows in the next release",
        "approved_by": "Ada Approver",
        "ticket": "INC-1742",
        "expires": datetime.now(UTC).replace(microsecond=0) + lasts,
    }
    stage.configure("stacks.demo", waivers=[waiver])


@scenario("drift-expected", "Warm pool, worker group and data volume are as a deployment in use has them.")
def drift_expected(stage: Stage) -> None:
    """The services machine fills the pool and sizes the group; a full volume is enlarged by hand, and somebody says so."""
    deployment(stage)
    stage.acknowledge("enlarged_volume", LIVE, TARGET)
    group = stage.physical_id("WorkersAutoScalingGroup")
    autoscaling = stage.client("autoscaling")
    autoscaling.put_warm_pool(AutoScalingGroupName=group, MinSize=1, MaxGroupPreparedCapacity=2, PoolState="Stopped")
    autoscaling.update_auto_scaling_group(AutoScalingGroupName=group, MaxSize=20)
    stage.client("ec2").modify_volume(VolumeId=stage.physical_id("DataVolume"), Size=600)


@scenario("drift-denied", "The credentials may not detect drift.")
def drift_denied(stage: Stage) -> None:
    """Not knowing is not the same as no drift."""
    deployment(stage)
    stage.knobs.set({"api": [{"service": "cloudformation", "action": "*Drift*", "kind": "denied"}]})


@scenario("drift-detection-failed", "CloudFormation can't read the database while it detects drift.")
def drift_detection_failed(stage: Stage) -> None:
    """A critical resource stays unread."""
    deployment(stage)
    reason = "Resource handler returned message: \"Rate exceeded for operation 'DescribeDBInstances'.\""
    stage.knobs.set({"resources": {"AnalyticsDBInstance": {"on": "drift", "reason": reason}}})
