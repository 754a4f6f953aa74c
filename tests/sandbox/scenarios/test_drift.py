from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.scenarios.told import Told


def drift(world: Told) -> dict[str, list[str]]:
    """Paths of every modified resource, once detection has ended."""
    cloudformation = world.aws.client("cloudformation")
    world.knobs.set({"drift_delay": 0.0})
    cloudformation.detect_stack_drift(StackName="codeocean")
    found = cloudformation.describe_stack_resource_drifts(
        StackName="codeocean", StackResourceDriftStatusFilters=["MODIFIED", "DELETED"]
    )
    return {
        row["LogicalResourceId"]: [difference["PropertyPath"] for difference in row["PropertyDifferences"]]
        for row in found["StackResourceDrifts"]
    }


def test_drifted_database(told: Callable[[str], Told]) -> None:
    world = told("drifted-database")

    assert world.database()["DBInstanceClass"] == "db.t4g.medium"
    assert drift(world) == {"AnalyticsDBInstance": ["/DBInstanceClass"]}


@pytest.mark.parametrize(("scenario", "days"), [("waived", 30), ("expired-waiver", -1)])
def test_a_drifted_database_somebody_has_answered_for(told: Callable[[str], Told], scenario: str, days: int) -> None:
    world = told(scenario)
    (waiver,) = world.demo["waivers"]

    assert drift(world) == {"AnalyticsDBInstance": ["/DBInstanceClass"]}
    assert (waiver["check"], waiver["approved_by"]) == ("drift-is-understood", "Ada Approver")
    assert abs(waiver["expires"] - datetime.now(UTC) - timedelta(days=days)) < timedelta(minutes=5)


def test_drift_expected(told: Callable[[str], Told]) -> None:
    found = drift(told("drift-expected"))

    assert found.keys() == {"WorkersAutoScalingWarmPool", "WorkersAutoScalingGroup", "DataVolume"}
    assert found["DataVolume"] == ["/Size"]
    assert set(found["WorkersAutoScalingWarmPool"]) == {"/MinSize", "/MaxGroupPreparedCapacity"}


def test_drift_denied(told: Callable[[str], Told]) -> None:
    with pytest.raises(ClientError, match=r"not authorized to perform: cloudformation:DetectStackDrift"):
        told("drift-denied").aws.client("cloudformation").detect_stack_drift(StackName="codeocean")


def test_drift_detection_failed(told: Callable[[str], Told]) -> None:
    world = told("drift-detection-failed")
    cloudformation = world.aws.client("cloudformation")
    world.knobs.set({"drift_delay": 0.0})
    detection = cloudformation.detect_stack_drift(StackName="codeocean")["StackDriftDetectionId"]
    status = cloudformation.describe_stack_drift_detection_status(StackDriftDetectionId=detection)

    assert status["DetectionStatus"] == "DETECTION_FAILED"
    assert "AnalyticsDBInstance" in status["DetectionStatusReason"]
