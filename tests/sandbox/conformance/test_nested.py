import json
from typing import Any

from tests.sandbox.conformance import conformance
from tests.sandbox.conformance.cloud import Cloud, parameter

BUCKET = "nested-templates"


def publish(cloud: Cloud, resources: dict[str, Any], key: str = "child.json") -> str:
    """Put the child's template into S3: it has a parameter P and an output O; its address."""
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    body = {
        "Parameters": {"P": {"Type": "String", "Default": "1"}},
        "Resources": resources,
        "Outputs": {"O": {"Value": {"Ref": next(iter(resources))}}},
    }
    s3.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(body).encode())
    return f"https://{BUCKET}.s3.us-east-1.amazonaws.com/{key}"


def nested(address: str, value: str = "1", **more: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": address, "Parameters": {"P": value}},
        **more,
    }


CHILD = {"A": parameter({"Ref": "P"})}


@conformance("emulates", "Nested stacks")
def test_creation(cloud: Cloud) -> None:
    """A nested stack is a stack with parent and root; its physical id is its ARN, its outputs are attributes."""
    reading = parameter({"Fn::GetAtt": ["N", "Outputs.O"]})
    assert cloud.create("one", {"N": nested(publish(cloud, CHILD)), "B": reading}) == "CREATE_COMPLETE"
    arn = cloud.physical_id("one", "N")
    child = cloud.stack(arn)
    assert child["StackStatus"] == "CREATE_COMPLETE"
    assert child["ParentId"] == child["RootId"] == cloud.stack("one")["StackId"]
    assert child["StackName"].startswith("one-N-")
    found = cloud.client("ssm").get_parameter(Name=cloud.physical_id("one", "B"))
    assert found["Parameter"]["Value"] == cloud.physical_id(arn, "A")
    assert cloud.told(arn, "A") == ["CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE"]


@conformance("emulates", "Nested stacks")
def test_update(cloud: Cloud) -> None:
    """An update reaches nested stacks; one whose template and parameters are the same gets no event."""
    address = publish(cloud, CHILD)
    cloud.create("one", {"N": nested(address), "M": nested(address)})
    n, m = (cloud.physical_id("one", name) for name in "NM")
    assert cloud.update("one", {"N": nested(address, "2"), "M": nested(address)}) == "UPDATE_COMPLETE"
    assert cloud.told(n)[-5:] == [
        f"{cloud.stack(n)['StackName']} UPDATE_IN_PROGRESS",
        "A UPDATE_IN_PROGRESS",
        "A UPDATE_COMPLETE",
        f"{cloud.stack(n)['StackName']} UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        f"{cloud.stack(n)['StackName']} UPDATE_COMPLETE",
    ]
    assert cloud.status(m) == "CREATE_COMPLETE"
    assert cloud.told("one", "M")[-2:] == ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"]


@conformance("emulates", "Nested stacks")
def test_failed_creation(cloud: Cloud) -> None:
    """A nested stack that fails to be created fails its parent, whose rollback deletes it."""
    cloud.knobs.resources = {"A": {"on": "create", "reason": "quota exceeded"}}
    assert cloud.create("one", {"N": nested(publish(cloud, CHILD))}) == "ROLLBACK_COMPLETE"
    failed = next(event for event in cloud.events("one") if event["ResourceStatus"] == "CREATE_FAILED")
    arn = failed["PhysicalResourceId"]
    assert failed["ResourceStatusReason"].startswith(
        f"Embedded stack {arn} was not successfully created: The following"
    )
    assert cloud.status(arn) == "DELETE_COMPLETE"


@conformance("emulates", "Nested stacks")
def test_rollback(cloud: Cloud) -> None:
    """A rollback takes nested stacks back, those that failed and those that had succeeded."""
    address = publish(cloud, CHILD)
    both = {"N": nested(address), "M": nested(address, DependsOn="N"), "Z": parameter(DependsOn="M")}
    cloud.create("one", both)
    n = cloud.physical_id("one", "N")
    value = cloud.physical_id(n, "A")
    cloud.knobs.resources = {"Z": {"on": "update", "reason": "no"}}
    changed = {"N": nested(address, "2"), "M": nested(address, "2", DependsOn="N"), "Z": parameter("2", DependsOn="M")}
    assert cloud.update("one", changed) == "UPDATE_ROLLBACK_COMPLETE"
    assert cloud.status(n) == "UPDATE_ROLLBACK_COMPLETE"
    assert cloud.client("ssm").get_parameter(Name=value)["Parameter"]["Value"] == "1"


@conformance("emulates", "Nested stacks")
def test_rollback_failure(cloud: Cloud) -> None:
    """A rollback that fails in a nested stack is continued from the root, skipping `NestedStack.LogicalId` by the nested stack's name."""
    address = publish(cloud, CHILD)
    cloud.create("one", {"N": nested(address), "Z": parameter(DependsOn="N")})
    n = cloud.physical_id("one", "N")
    cloud.knobs.resources = {"Z": {"on": "update", "reason": "no"}, "A": {"on": "rollback", "reason": "gone"}}
    assert (
        cloud.update("one", {"N": nested(address, "2"), "Z": parameter("2", DependsOn="N")}) == "UPDATE_ROLLBACK_FAILED"
    )
    assert cloud.status(n) == "UPDATE_ROLLBACK_FAILED"
    assert cloud.refused("continue_update_rollback", StackName=n)[0] == "ValidationError"
    for wrong in ("A", "N.A"):
        refused = cloud.refused("continue_update_rollback", StackName="one", ResourcesToSkip=[wrong])
        assert refused[0] == "ValidationError"
    name = cloud.stack(n)["StackName"]
    cloud.cloudformation.continue_update_rollback(StackName="one", ResourcesToSkip=[f"{name}.A"])
    assert [cloud.status(arn) for arn in ("one", n)] == ["UPDATE_ROLLBACK_COMPLETE"] * 2


@conformance("emulates", "Nested stacks")
def test_failed_update(cloud: Cloud) -> None:
    """A nested stack that fails to be updated fails its parent, and both roll back."""
    address = publish(cloud, CHILD)
    cloud.create("one", {"N": nested(address)})
    n = cloud.physical_id("one", "N")
    cloud.knobs.resources = {"A": {"on": "update", "reason": "no"}}
    assert cloud.update("one", {"N": nested(address, "2")}) == "UPDATE_ROLLBACK_COMPLETE"
    (failed,) = [event for event in cloud.events("one") if event["ResourceStatus"] == "UPDATE_FAILED"]
    assert failed["ResourceStatusReason"].startswith(
        f"Embedded stack {n} was not successfully updated. Currently in UPDATE_ROLLBACK_IN_PROGRESS with reason: "
    )
    assert cloud.status(n) == "UPDATE_ROLLBACK_COMPLETE"


@conformance("emulates", "Nested stacks")
def test_removal(cloud: Cloud) -> None:
    """A nested stack that leaves the template is deleted with all it holds."""
    cloud.create("one", {"N": nested(publish(cloud, CHILD)), "B": parameter()})
    n = cloud.physical_id("one", "N")
    cloud.update("one", {"B": parameter()})
    assert cloud.status(n) == "DELETE_COMPLETE"
    assert cloud.told(n, "A")[-1] == "DELETE_COMPLETE"


@conformance("emulates", "Nested stacks")
def test_change_sets(cloud: Cloud) -> None:
    """With IncludeNestedStacks each nested stack that changes has a change set of its own; without, all are Modify."""
    address = publish(cloud, CHILD)
    both = {"N": nested(address), "M": nested(address)}
    cloud.create("one", both)
    wanted = {"N": nested(address, "2"), "M": nested(address)}
    plain = cloud.change_set("one", "plain", wanted)
    assert [change["ResourceChange"]["LogicalResourceId"] for change in plain["Changes"]] == ["N", "M"]
    assert {detail["ChangeSource"] for detail in plain["Changes"][1]["ResourceChange"]["Details"]} == {"Automatic"}
    deep = cloud.change_set("one", "deep", wanted, IncludeNestedStacks=True)
    (change,) = deep["Changes"]
    child = cloud.describe_change_set(change["ResourceChange"]["ChangeSetId"])
    assert child["ParentChangeSetId"] == child["RootChangeSetId"] == deep["ChangeSetId"]
    assert [inner["ResourceChange"]["LogicalResourceId"] for inner in child["Changes"]] == ["A"]
    assert cloud.refused("execute_change_set", ChangeSetName=child["ChangeSetId"])[0] == "InvalidChangeSetStatus"
    cloud.cloudformation.execute_change_set(ChangeSetName=deep["ChangeSetId"])
    assert cloud.status("one") == "UPDATE_COMPLETE"
    assert cloud.describe_change_set(child["ChangeSetId"])["ExecutionStatus"] == "EXECUTE_COMPLETE"


@conformance("emulates", "Nested stacks")
def test_change_set_without_changes(cloud: Cloud) -> None:
    """With IncludeNestedStacks a change set in which nothing changes is FAILED."""
    address = publish(cloud, CHILD)
    cloud.create("one", {"N": nested(address)})
    assert cloud.change_set("one", "c", {"N": nested(address)}, IncludeNestedStacks=True)["Status"] == "FAILED"


@conformance("emulates", "Nested stacks")
def test_new_nested_stack_in_a_change_set(cloud: Cloud) -> None:
    """A nested stack that is new has a change set of type CREATE."""
    address = publish(cloud, CHILD)
    cloud.create("one", {"B": parameter()})
    made = cloud.change_set("one", "c", {"B": parameter(), "N": nested(address)}, IncludeNestedStacks=True)
    (change,) = made["Changes"]
    inner = cloud.describe_change_set(change["ResourceChange"]["ChangeSetId"])
    assert [one["ResourceChange"]["Action"] for one in inner["Changes"]] == ["Add"]
    cloud.cloudformation.execute_change_set(ChangeSetName=made["ChangeSetId"])
    assert cloud.status(cloud.physical_id("one", "N")) == "CREATE_COMPLETE"


@conformance("emulates", "Events")
def test_what_only_an_operation_tells(cloud: Cloud) -> None:
    """A validation that stops an operation can be set, in a nested stack too: it is told by DescribeEvents alone, page by page."""
    address = publish(cloud, CHILD)
    cloud.create("one", {"N": nested(address)})
    found = {
        "name": "NAME_CONFLICT_VALIDATION",
        "mode": "FAIL",
        "status": "FAILED",
        "resource": "A",
        "reason": "exists",
    }
    cloud.knobs.validations = [{**found, "during": "operation"}, {**found, "mode": "WARN", "during": "operation"}]
    cloud.knobs.page = 1
    assert cloud.update("one", {"N": nested(address, "2")}) == "UPDATE_ROLLBACK_COMPLETE"
    child = cloud.physical_id("one", "N")
    assert {event["LogicalResourceId"] for event in cloud.events(child)} == {child.split("/")[1], "A"}
    failed = [event for event in cloud.events("one") if event["ResourceStatus"] == "UPDATE_FAILED"]
    assert "Validation failed with 1 error(s). Call DescribeEvents" in failed[0]["ResourceStatusReason"]
    update = next(event for event in cloud.events(child) if event["ResourceStatus"] == "UPDATE_IN_PROGRESS")
    pages = list(
        cloud.cloudformation.get_paginator("describe_events").paginate(
            OperationId=update["OperationId"], Filters={"FailedEvents": True}
        )
    )
    rows = [row for page in pages for row in page["OperationEvents"]]
    assert [(row["EventType"], row["ValidationFailureMode"]) for row in reversed(rows)] == [
        ("VALIDATION_ERROR", "FAIL"),
        ("VALIDATION_ERROR", "WARN"),
    ]
    assert len(pages) == len(rows)
    assert cloud.refused("describe_events", OperationId="none") == ("ValidationError", "Operation ID does not exist")
