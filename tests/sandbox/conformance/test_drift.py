import json
from typing import Any

from tests.sandbox.conformance import conformance
from tests.sandbox.conformance.cloud import Cloud, parameter

VOLUME = {
    "Type": "AWS::EC2::Volume",
    "Properties": {"AvailabilityZone": "us-east-1a", "Size": 1, "Tags": [{"Key": "a", "Value": "b"}]},
}


def drifts(cloud: Cloud, **request: Any) -> dict[str, dict[str, Any]]:
    found = cloud.cloudformation.describe_stack_resource_drifts(StackName="one", **request)
    return {row["LogicalResourceId"]: row for row in found["StackResourceDrifts"]}


@conformance("emulates", "Drift")
def test_in_sync(cloud: Cloud) -> None:
    """A stack nobody touched is IN_SYNC, its stack tags and CloudFormation's own tags notwithstanding."""
    cloud.create("one", {"V": VOLUME}, Tags=[{"Key": "team", "Value": "x"}])
    assert cloud.stack("one")["DriftInformation"] == {"StackDriftStatus": "NOT_CHECKED"}
    found = cloud.detect("one")
    assert (found["DetectionStatus"], found["StackDriftStatus"], found["DriftedStackResourceCount"]) == (
        "DETECTION_COMPLETE",
        "IN_SYNC",
        0,
    )
    assert cloud.stack("one")["DriftInformation"]["StackDriftStatus"] == "IN_SYNC"
    assert drifts(cloud)["V"]["StackResourceDriftStatus"] == "IN_SYNC"


@conformance("emulates", "Drift")
def test_modified(cloud: Cloud) -> None:
    """A property changed behind CloudFormation's back is MODIFIED, with path, expected, actual and kind of difference."""
    cloud.create("one", {"V": VOLUME, "W": VOLUME})
    ec2, volume = cloud.client("ec2"), cloud.physical_id("one", "V")
    ec2.create_tags(Resources=[volume], Tags=[{"Key": "a", "Value": "c"}, {"Key": "new", "Value": "d"}])
    found = cloud.detect("one")
    assert (found["StackDriftStatus"], found["DriftedStackResourceCount"]) == ("DRIFTED", 1)
    row = drifts(cloud, StackResourceDriftStatusFilters=["MODIFIED"])["V"]
    assert row["PropertyDifferences"] == [
        {"PropertyPath": "/Tags/0/Value", "ExpectedValue": "b", "ActualValue": "c", "DifferenceType": "NOT_EQUAL"},
        {
            "PropertyPath": "/Tags/1",
            "ExpectedValue": "null",
            "ActualValue": '{"Key":"new","Value":"d"}',
            "DifferenceType": "ADD",
        },
    ]
    assert json.loads(row["ExpectedProperties"])["Tags"] == [{"Key": "a", "Value": "b"}]
    listed = cloud.cloudformation.list_stack_resources(StackName="one")["StackResourceSummaries"]
    assert [r["DriftInformation"]["StackResourceDriftStatus"] for r in listed] == ["MODIFIED", "IN_SYNC"]


@conformance("emulates", "Drift")
def test_deleted(cloud: Cloud) -> None:
    """A resource deleted behind CloudFormation's back is DELETED."""
    cloud.create("one", {"V": VOLUME})
    cloud.client("ec2").delete_volume(VolumeId=cloud.physical_id("one", "V"))
    assert cloud.detect("one")["StackDriftStatus"] == "DRIFTED"
    assert drifts(cloud)["V"]["StackResourceDriftStatus"] == "DELETED"


@conformance("emulates", "Drift")
def test_not_checked(cloud: Cloud) -> None:
    """A type without drift support has no row and stays NOT_CHECKED in the list of resources."""
    handle = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    cloud.create("one", {"H": handle, "V": VOLUME})
    assert cloud.detect("one")["StackDriftStatus"] == "IN_SYNC"
    assert list(drifts(cloud)) == ["V"]
    assert cloud.resource("one", "H")["DriftInformation"] == {"StackResourceDriftStatus": "NOT_CHECKED"}
    assert cloud.refused("detect_stack_resource_drift", StackName="one", LogicalResourceId="H")[0] == "ValidationError"


@conformance("emulates", "Drift")
def test_failed_detection(cloud: Cloud) -> None:
    """A detection that fails is DETECTION_FAILED with its reason, and what it found so far can be read."""
    cloud.create("one", {"V": VOLUME, "W": VOLUME})
    cloud.knobs.resources = {"W": {"on": "drift", "reason": "User is not authorized to perform: ec2:DescribeVolumes"}}
    found = cloud.detect("one")
    assert found["DetectionStatus"] == "DETECTION_FAILED"
    assert "not authorized" in found["DetectionStatusReason"]
    assert list(drifts(cloud)) == ["V"]


@conformance("emulates", "Drift")
def test_one_detection_at_a_time(cloud: Cloud) -> None:
    """A detection takes time (knob `drift_delay`), and a second one meanwhile is refused."""
    cloud.create("one", {"V": VOLUME})
    cloud.knobs.drift_delay = 0.3
    assert cloud.detect("one")["DetectionStatus"] == "DETECTION_IN_PROGRESS"
    assert "already in progress" in cloud.refused("detect_stack_drift", StackName="one")[1]
    cloud.world.settle()
    assert cloud.stack("one")["DriftInformation"]["StackDriftStatus"] == "IN_SYNC"


@conformance("emulates", "Drift")
def test_one_resource(cloud: Cloud) -> None:
    """DetectStackResourceDrift answers for one resource at once."""
    cloud.create("one", {"V": VOLUME})
    found = cloud.cloudformation.detect_stack_resource_drift(StackName="one", LogicalResourceId="V")
    assert found["StackResourceDrift"]["StackResourceDriftStatus"] == "IN_SYNC"


@conformance("emulates", "Drift")
def test_an_update_forgets_the_drift_of_what_it_touches(cloud: Cloud) -> None:
    """What an update touches is NOT_CHECKED again."""
    bigger = {**VOLUME, "Properties": {**VOLUME["Properties"], "Size": 2}}  # type: ignore[dict-item]  # a literal
    cloud.create("one", {"V": VOLUME, "W": VOLUME})
    cloud.detect("one")
    cloud.update("one", {"V": bigger, "W": VOLUME})
    listed = cloud.cloudformation.list_stack_resources(StackName="one")["StackResourceSummaries"]
    assert [r["DriftInformation"]["StackResourceDriftStatus"] for r in listed] == ["NOT_CHECKED", "IN_SYNC"]


@conformance("emulates", "Drift")
def test_pages_of_drift(cloud: Cloud) -> None:
    """Drifts come in pages, by MaxResults and NextToken."""
    cloud.create("one", {"V": VOLUME, "W": VOLUME, "X": VOLUME})
    cloud.detect("one")
    first = cloud.cloudformation.describe_stack_resource_drifts(StackName="one", MaxResults=2)
    rest = cloud.cloudformation.describe_stack_resource_drifts(
        StackName="one", MaxResults=2, NextToken=first["NextToken"]
    )
    assert [len(page["StackResourceDrifts"]) for page in (first, rest)] == [2, 1]
    assert "NextToken" not in rest


@conformance("emulates", "Drift")
def test_drift_of_a_busy_stack(cloud: Cloud) -> None:
    """A stack at work can't be checked."""
    cloud.create("one", {"A": parameter()})
    cloud.knobs.pace = 0.2
    cloud.update("one", {"A": parameter("2")})
    assert cloud.refused("detect_stack_drift", StackName="one")[0] == "ValidationError"
    cloud.world.settle()
