"""Failure, rollback and what follows it."""

import json
from typing import Any
from uuid import uuid4

import pytest

from tests.sandbox.conformance import conformance
from tests.sandbox.conformance.cloud import Cloud, after, parameter

BASE = {"A": parameter(), "B": after("A")}
CHANGED = {"A": parameter("2"), "B": after("A", "2")}


def fault(on: str, reason: str = "no", **more: Any) -> dict[str, Any]:
    return {"on": on, "reason": reason, **more}


def picture(cloud: Cloud, name: str) -> dict[str, Any]:
    """What of a stack a rollback must restore."""
    stack = cloud.stack(name)
    rows = cloud.cloudformation.list_stack_resources(StackName=name)["StackResourceSummaries"]
    return {
        "template": cloud.cloudformation.get_template(StackName=name)["TemplateBody"],
        **{key: stack.get(key) for key in ("Parameters", "Tags", "Outputs", "Capabilities", "RoleARN")},
        "resources": {row["LogicalResourceId"]: row["PhysicalResourceId"] for row in rows},
        "values": [
            p["Value"] for p in cloud.client("ssm").get_parameters(Names=list(map(str, _names(rows))))["Parameters"]
        ],
    }


def _names(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(row["PhysicalResourceId"] for row in rows if row["ResourceType"] == "AWS::SSM::Parameter")


@conformance("emulates", "Rollback")
@pytest.mark.parametrize(("mode", "ends"), [("FAIL", "UPDATE_ROLLBACK_COMPLETE"), ("WARN", "UPDATE_COMPLETE")])
def test_hooks_that_fail(cloud: Cloud, mode: str, ends: str) -> None:
    """A hook that fails is told by an event of the resource, with annotations by GetHookResult; in mode FAIL the resource fails, and the update with it."""
    cloud.create("one", BASE)
    annotation = {"AnnotationName": "OWNER", "Status": "FAILED", "RemediationMessage": "name an owner"}
    hook = {"type": "Acme::Tags::Hook", "mode": mode, "fails": "A", "reason": "no owner", "annotations": [annotation]}
    cloud.knobs.hooks = [hook]
    assert cloud.update("one", CHANGED) == ends
    (told,) = (event for event in cloud.events("one") if "HookType" in event)
    assert (told["LogicalResourceId"], told["HookStatusReason"]) == ("A", "no owner")
    reasons = [event.get("ResourceStatusReason") for event in cloud.events("one")]
    assert ("The following hook(s) failed: [Acme::Tags::Hook]" in reasons) is (mode == "FAIL")
    result = cloud.cloudformation.get_hook_result(HookResultId=told["HookInvocationId"])
    assert (result["FailureMode"], result["Annotations"]) == (mode, [annotation])
    assert cloud.refused("get_hook_result", HookResultId=str(uuid4()))[0] == "HookResultNotFound"


@conformance("emulates", "Rollback")
def test_failed_creation(cloud: Cloud) -> None:
    """A failed creation is rolled back: what was made is deleted in reverse, the stack stays as ROLLBACK_COMPLETE."""
    cloud.knobs.resources = {"C": fault("create", "quota exceeded")}
    assert cloud.create("one", {**BASE, "C": after("B")}) == "ROLLBACK_COMPLETE"
    events = cloud.events("one")
    reasons = {event["ResourceStatus"]: event.get("ResourceStatusReason") for event in events}
    assert reasons["CREATE_FAILED"] == "quota exceeded"
    assert reasons["ROLLBACK_IN_PROGRESS"] == (
        "The following resource(s) failed to create: [C]. Rollback requested by user."
    )
    assert cloud.told("one")[-7:] == [
        "one ROLLBACK_IN_PROGRESS",
        "C DELETE_COMPLETE",
        "B DELETE_IN_PROGRESS",
        "B DELETE_COMPLETE",
        "A DELETE_IN_PROGRESS",
        "A DELETE_COMPLETE",
        "one ROLLBACK_COMPLETE",
    ]
    assert (
        "ROLLBACK_COMPLETE state and can not be updated"
        in cloud.refused("update_stack", StackName="one", UsePreviousTemplate=True)[1]
    )


@conformance("emulates", "Rollback")
@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"DisableRollback": True}, "CREATE_FAILED"),
        ({"OnFailure": "DO_NOTHING"}, "CREATE_FAILED"),
        ({"OnFailure": "DELETE"}, "DELETE_COMPLETE"),
    ],
    ids=["disabled", "nothing", "delete"],
)
def test_on_failure(cloud: Cloud, request_: dict[str, Any], status: str) -> None:
    """DisableRollback and OnFailure decide what becomes of a failed creation."""
    cloud.knobs.resources = {"B": fault("create")}
    arn = cloud.cloudformation.create_stack(StackName="one", TemplateBody=json.dumps({"Resources": BASE}), **request_)[
        "StackId"
    ]
    assert cloud.status(arn) == status
    kept = status == "CREATE_FAILED"
    assert cloud.resource(arn, "A")["ResourceStatus"] == ("CREATE_COMPLETE" if kept else "DELETE_COMPLETE")


@conformance("emulates", "Rollback")
def test_failed_creation_is_taken_up(cloud: Cloud) -> None:
    """A creation that failed with rollback disabled can be updated to its end, or rolled back with RollbackStack."""
    cloud.knobs.resources = {"B": fault("create", times=1)}
    cloud.create("one", BASE, DisableRollback=True)
    assert cloud.update("one", CHANGED) == "UPDATE_COMPLETE"
    cloud.knobs.resources = {"B": fault("create")}
    for name in ("two", "three"):
        cloud.create(name, BASE, DisableRollback=True)
    cloud.cloudformation.rollback_stack(StackName="two")
    assert cloud.status("two") == "ROLLBACK_COMPLETE"
    assert cloud.update("three", CHANGED) == "ROLLBACK_COMPLETE"


@conformance("emulates", "Rollback")
def test_failed_update(cloud: Cloud) -> None:
    """A failed update is rolled back: template, parameters, tags, outputs, ids and values are those before."""
    resources = {**BASE, "C": parameter({"Ref": "P"})}
    outputs = {"O": {"Value": {"Ref": "A"}}}
    declared = {"P": {"Type": "String", "Default": "x"}}
    cloud.create("one", resources, Outputs=outputs, Declared=declared, Tags=[{"Key": "a", "Value": "b"}])
    before = picture(cloud, "one")
    cloud.knobs.resources = {"Z": fault("create", "quota exceeded")}
    named = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "1", "Name": "/other"}}
    wanted = {**CHANGED, "C": named, "New": parameter(), "Z": parameter(DependsOn=["A", "B", "C", "New"])}
    status = cloud.update(
        "one",
        wanted,
        Declared={"P": {"Type": "String", "Default": "y"}, "Q": {"Type": "String", "Default": "z"}},
        Tags=[{"Key": "a", "Value": "c"}],
        Outputs={"Other": {"Value": "1"}},
    )
    assert status == "UPDATE_ROLLBACK_COMPLETE"
    assert picture(cloud, "one") == before
    assert cloud.told("one", "one")[-3:] == [
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE",
    ]
    reasons = [
        event.get("ResourceStatusReason")
        for event in cloud.events("one")
        if event["ResourceStatus"] == "UPDATE_ROLLBACK_IN_PROGRESS"
    ]
    assert reasons == ["The following resource(s) failed to create: [Z]. "]
    assert cloud.cloudformation.get_template(StackName="one")


@conformance("emulates", "Rollback")
def test_failed_rollback_of_a_creation(cloud: Cloud) -> None:
    """A creation whose rollback fails is ROLLBACK_FAILED; the stack can only be deleted."""
    cloud.knobs.resources = {"B": fault("create"), "A": fault("rollback", "still in use")}
    assert cloud.create("one", BASE) == "ROLLBACK_FAILED"
    assert cloud.stack("one")["StackStatusReason"] == "The following resource(s) failed to delete: [A]. "
    cloud.knobs.resources = {}
    arn = cloud.stack("one")["StackId"]
    cloud.cloudformation.delete_stack(StackName="one")
    assert cloud.status(arn) == "DELETE_COMPLETE"


@conformance("emulates", "Rollback")
def test_tokens_of_a_recovery(cloud: Cloud) -> None:
    """CancelUpdateStack, ContinueUpdateRollback and RollbackStack know their tokens too."""
    cloud.create("one", BASE)
    cloud.knobs.resources = {"B": fault("update"), "A": fault("rollback", times=1)}
    cloud.update("one", CHANGED)
    for _ in range(2):
        cloud.cloudformation.continue_update_rollback(StackName="one", ClientRequestToken="t")
    assert cloud.told("one", "one").count("UPDATE_ROLLBACK_COMPLETE") == 1
    assert cloud.events("one")[-1]["ClientRequestToken"] == "t"
    assert cloud.refused("rollback_stack", StackName="one")[0] == "ValidationError"


@conformance("emulates", "Rollback")
def test_retained_in_a_rollback(cloud: Cloud) -> None:
    """A rolled back creation keeps what DeletionPolicy retains, unless RetainExceptOnCreate says otherwise."""
    kept = {"A": parameter(DeletionPolicy="Retain"), "B": after("A")}
    cloud.knobs.resources = {"B": fault("create")}
    cloud.create("one", kept)
    cloud.create("two", kept, RetainExceptOnCreate=True)
    cloud.create("three", {**kept, "A": parameter(DeletionPolicy="RetainExceptOnCreate")})
    assert [cloud.told(name, "A")[-1] for name in ("one", "two", "three")] == [
        "DELETE_SKIPPED",
        "DELETE_COMPLETE",
        "DELETE_COMPLETE",
    ]


@conformance("emulates", "Rollback")
def test_cancelled_siblings(cloud: Cloud) -> None:
    """When a resource fails, those worked on at the same time are cancelled and count as failed too."""
    cloud.create("one", {"A": parameter(), "B": parameter()})
    cloud.knobs.resources = {"A": fault("update", "the cause")}
    cloud.update("one", {"A": parameter("2"), "B": parameter("2")})
    failed = {
        e["LogicalResourceId"]: e["ResourceStatusReason"]
        for e in cloud.events("one")
        if e["ResourceStatus"] == "UPDATE_FAILED"
    }
    assert failed == {"A": "the cause", "B": "Resource update cancelled"}
    assert "failed to update: [A, B]" in json.dumps(cloud.events("one"), default=str)


@conformance("emulates", "Rollback")
def test_service_refusals_are_worded(cloud: Cloud) -> None:
    """What a service refuses is worded as a resource handler does, with a HandlerErrorCode."""
    cloud.client("ssm").put_parameter(Name="/taken", Value="x", Type="String")
    named = {"Type": "AWS::EC2::Volume", "Properties": {"AvailabilityZone": "us-east-1a", "SnapshotId": "snap-404"}}
    cloud.create("one", {"A": named})
    (reason,) = [e["ResourceStatusReason"] for e in cloud.events("one") if e["ResourceStatus"] == "CREATE_FAILED"]
    assert reason.startswith('Resource handler returned message: "')
    assert "(Service: Ec2, Status Code: 400" in reason
    assert reason.endswith(", HandlerErrorCode: NotFound)")


@conformance("emulates", "Rollback")
def test_disabled_rollback_of_an_update(cloud: Cloud) -> None:
    """With rollback disabled a failed update is UPDATE_FAILED; it can be retried, or taken back with RollbackStack."""
    cloud.create("one", BASE)
    before = picture(cloud, "one")
    cloud.knobs.resources = {"B": fault("update", times=2)}
    assert cloud.update("one", CHANGED, DisableRollback=True) == "UPDATE_FAILED"
    assert cloud.physical_id("one", "B") == before["resources"]["B"]
    assert cloud.update("one", CHANGED, DisableRollback=True) == "UPDATE_FAILED"
    cloud.cloudformation.rollback_stack(StackName="one")
    assert cloud.status("one") == "UPDATE_ROLLBACK_COMPLETE"
    assert picture(cloud, "one") == before
    cloud.knobs.resources = {"B": fault("update", times=1)}
    cloud.update("one", CHANGED, DisableRollback=True)
    assert cloud.update("one", CHANGED) == "UPDATE_COMPLETE"


@conformance("emulates", "Rollback")
def test_rollback_failure_and_continuation(cloud: Cloud) -> None:
    """A rollback that fails is UPDATE_ROLLBACK_FAILED; ContinueUpdateRollback takes it up where it stopped."""
    named = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "1", "Name": "/renamed"}}
    cloud.create("one", {**BASE, "C": after("B"), "R": parameter()})
    before = picture(cloud, "one")
    cloud.knobs.resources = {"C": fault("update", "no"), "A": fault("rollback", "gone", times=1)}
    assert cloud.update("one", {**CHANGED, "C": after("B", "2"), "R": named}) == "UPDATE_ROLLBACK_FAILED"
    assert cloud.stack("one")["StackStatusReason"] == "The following resource(s) failed to update: [A]. "
    assert cloud.resource("one", "A")["ResourceStatus"] == "UPDATE_FAILED"
    assert (
        "UPDATE_ROLLBACK_FAILED state and can not be updated"
        in cloud.refused("update_stack", StackName="one", UsePreviousTemplate=True)[1]
    )
    done = [cloud.told("one", name).count("UPDATE_COMPLETE") for name in "BR"]
    cloud.cloudformation.continue_update_rollback(StackName="one")
    assert cloud.status("one") == "UPDATE_ROLLBACK_COMPLETE"
    assert [cloud.told("one", name).count("UPDATE_COMPLETE") for name in "BR"] == done
    assert picture(cloud, "one") == before
    assert cloud.stack("one")["LastOperations"][0]["OperationType"] == "CONTINUE_ROLLBACK"
    assert "UPDATE_ROLLBACK_COMPLETE state" in cloud.refused("continue_update_rollback", StackName="one")[1]


@conformance("emulates", "Rollback")
def test_resources_to_skip(cloud: Cloud) -> None:
    """Only resources whose rollback failed can be skipped; what is skipped stays as it is and shows as drift."""
    cloud.create("one", BASE)
    cloud.knobs.resources = {"B": fault("update"), "A": fault("rollback")}
    cloud.update("one", CHANGED)
    assert cloud.refused("continue_update_rollback", StackName="one", ResourcesToSkip=["B"])[0] == "ValidationError"
    cloud.cloudformation.continue_update_rollback(StackName="one", ResourcesToSkip=["A"])
    assert cloud.status("one") == "UPDATE_ROLLBACK_COMPLETE"
    assert cloud.resource("one", "A")["ResourceStatus"] == "UPDATE_COMPLETE"


@conformance("emulates", "Rollback")
def test_cancel(cloud: Cloud) -> None:
    """CancelUpdateStack takes an update back, in UPDATE_IN_PROGRESS only."""
    cloud.create("one", BASE)
    before = picture(cloud, "one")
    message = "CancelUpdateStack cannot be called from current stack status"
    assert cloud.refused("cancel_update_stack", StackName="one")[1] == message
    cloud.knobs.pace = 0.2
    cloud.update("one", CHANGED)
    cloud.cloudformation.cancel_update_stack(StackName="one")
    cloud.world.settle()
    assert cloud.status("one") == "UPDATE_ROLLBACK_COMPLETE"
    assert picture(cloud, "one") == before


@conformance("emulates", "Rollback")
def test_identity_lost(cloud: Cloud) -> None:
    """A fault can give a resource a new physical id in an update, silently."""
    volume = {"Type": "AWS::EC2::Volume", "Properties": {"AvailabilityZone": "us-east-1a", "Size": 1}}
    cloud.create("one", {"V": volume})
    before = cloud.physical_id("one", "V")
    cloud.knobs.resources = {"V": {"on": "update", "replace": True}}
    volume["Properties"] = {"AvailabilityZone": "us-east-1a", "Size": 2}
    assert cloud.update("one", {"V": volume}) == "UPDATE_COMPLETE"
    assert cloud.physical_id("one", "V") != before
    assert cloud.told("one", "V")[-2:] == ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"]


@conformance("simplifies", "Rollback")
def test_failure_stops_at_the_wave(cloud: Cloud) -> None:
    """With rollback disabled, resources that do not depend on the failed one are not attempted; AWS would go on."""
    cloud.knobs.resources = {"A": fault("create")}
    cloud.create("one", {"A": parameter(), "B": parameter(), "C": after("B")}, DisableRollback=True)
    assert cloud.told("one", "C") == []
