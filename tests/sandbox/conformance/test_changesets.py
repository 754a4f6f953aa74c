import json
from datetime import timedelta
from itertools import count

import pytest

from sandbox.engine import changeset
from sandbox.engine.state import now
from tests.sandbox.conformance import conformance
from tests.sandbox.conformance.cloud import Cloud, after, parameter

NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set."
BASE = {"A": parameter(), "B": parameter({"Ref": "A"})}


@conformance("emulates", "Change sets")
def test_changes(cloud: Cloud) -> None:
    """A change tells action, replacement, scope, and of each value path, recreation, source, before and after."""
    cloud.create("one", BASE)
    named = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "1", "Name": "/n"}}
    found = cloud.change_set("one", "c", {"A": named, "B": parameter({"Ref": "A"}), "C": parameter()})
    changes = {change["ResourceChange"]["LogicalResourceId"]: change["ResourceChange"] for change in found["Changes"]}
    assert {name: (change["Action"], change.get("Replacement")) for name, change in changes.items()} == {
        "A": ("Modify", "True"),
        "B": ("Modify", "False"),
        "C": ("Add", "True"),
    }
    assert changes["A"]["PolicyAction"] == "ReplaceAndDelete"
    target = changes["A"]["Details"][0]["Target"]
    assert (target["Path"], target["RequiresRecreation"], target["AfterValue"]) == ("/Properties/Name", "Always", "/n")
    causes = [(detail["ChangeSource"], detail.get("CausingEntity")) for detail in changes["B"]["Details"]]
    assert ("ResourceReference", "A") in causes


@conformance("emulates", "Change sets")
def test_removal(cloud: Cloud) -> None:
    """A resource that leaves the template is a Remove, with the action of its DeletionPolicy."""
    cloud.create("one", {"A": parameter(DeletionPolicy="Retain"), "B": parameter()})
    (change,) = cloud.change_set("one", "c", {"B": parameter()})["Changes"]
    assert (change["ResourceChange"]["Action"], change["ResourceChange"]["PolicyAction"]) == ("Remove", "Retain")


@conformance("emulates", "Change sets")
def test_without_values(cloud: Cloud) -> None:
    """Values, paths and contexts are shown with IncludePropertyValues only."""
    cloud.create("one", BASE)
    cloud.change_set("one", "c", {**BASE, "A": parameter("2")})
    (change,) = cloud.cloudformation.describe_change_set(StackName="one", ChangeSetName="c")["Changes"]
    assert "BeforeContext" not in change["ResourceChange"]
    (detail,) = change["ResourceChange"]["Details"]
    assert detail["Target"] == {"Attribute": "Properties", "Name": "Value", "RequiresRecreation": "Never"}


@conformance("emulates", "Change sets")
def test_no_change(cloud: Cloud) -> None:
    """A change set without changes is FAILED with AWS's words, and can't be executed."""
    cloud.create("one", BASE)
    found = cloud.change_set("one", "c", BASE)
    assert (found["Status"], found["StatusReason"], found["ExecutionStatus"]) == ("FAILED", NO_CHANGES, "UNAVAILABLE")
    assert cloud.refused("execute_change_set", ChangeSetName=found["ChangeSetId"]) == (
        "InvalidChangeSetStatus",
        f"ChangeSet [{found['ChangeSetId']}] cannot be executed in its current status of [FAILED]",
    )


@conformance("emulates", "Change sets")
def test_outputs_only(cloud: Cloud) -> None:
    """A change of outputs alone is a change, with an empty list of Changes."""
    cloud.create("one", BASE)
    found = cloud.change_set("one", "c", BASE, Outputs={"O": {"Value": "1"}})
    assert (found["Status"], found["Changes"]) == ("CREATE_COMPLETE", [])
    cloud.cloudformation.execute_change_set(ChangeSetName=found["ChangeSetId"])
    assert cloud.stack("one")["Outputs"] == [{"OutputKey": "O", "OutputValue": "1"}]


@conformance("emulates", "Change sets")
def test_takes_time(cloud: Cloud) -> None:
    """A change set is CREATE_PENDING, then CREATE_IN_PROGRESS, before it is made (knob `change_set_delay`)."""
    cloud.create("one", BASE)
    cloud.knobs.change_set_delay = 0.6
    found = cloud.change_set("one", "c", {**BASE, "A": parameter("2")})
    assert (found["Status"], found["ExecutionStatus"], found["Changes"]) == ("CREATE_PENDING", "UNAVAILABLE", [])
    message = cloud.refused("execute_change_set", ChangeSetName=found["ChangeSetId"])[1]
    assert "cannot be executed in its current status of [CREATE_" in message
    cloud.cloudformation.get_waiter("change_set_create_complete").wait(
        ChangeSetName=found["ChangeSetId"], WaiterConfig={"Delay": 0.2, "MaxAttempts": 50}
    )
    assert len(cloud.describe_change_set(found["ChangeSetId"])["Changes"]) == 1


@conformance("emulates", "Change sets")
def test_one_moment(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer is of one moment: it says CREATE_COMPLETE only together with the changes, though time goes on meanwhile."""
    cloud.create("one", BASE)
    cloud.knobs.change_set_delay = 3600
    arn = cloud.change_set("one", "c", {**BASE, "A": parameter("2")})["ChangeSetId"]
    began, looks = now(), count()
    monkeypatch.setattr(changeset, "now", lambda: began + timedelta(minutes=7 * next(looks)))
    found = [cloud.describe_change_set(arn) for _ in range(9)]
    told = {(each["Status"], each["ExecutionStatus"], len(each["Changes"])) for each in found}
    assert told == {
        ("CREATE_PENDING", "UNAVAILABLE", 0),
        ("CREATE_IN_PROGRESS", "UNAVAILABLE", 0),
        ("CREATE_COMPLETE", "AVAILABLE", 1),
    }


@conformance("emulates", "Change sets")
def test_executed_once(cloud: Cloud) -> None:
    """A change set is executed once; executing it deletes the stack's other change sets."""
    cloud.create("one", BASE)
    first = cloud.change_set("one", "first", {**BASE, "A": parameter("2")})["ChangeSetId"]
    second = cloud.change_set("one", "second", {**BASE, "A": parameter("3")})["ChangeSetId"]
    cloud.cloudformation.execute_change_set(ChangeSetName="first", StackName="one", ClientRequestToken="t")
    cloud.cloudformation.execute_change_set(ChangeSetName="first", StackName="one", ClientRequestToken="t")
    assert cloud.told("one", "A").count("UPDATE_COMPLETE") == 1
    assert cloud.stack("one")["ChangeSetId"] == first
    assert cloud.describe_change_set(first)["ExecutionStatus"] == "EXECUTE_COMPLETE"
    assert cloud.refused("execute_change_set", ChangeSetName=first) == (
        "InvalidChangeSetStatus",
        f"ChangeSet [{first}] cannot be executed in its current execution status of [EXECUTE_COMPLETE]",
    )
    assert cloud.refused("describe_change_set", ChangeSetName=second)[0] == "ChangeSetNotFound"
    assert cloud.cloudformation.list_change_sets(StackName="one")["Summaries"] == []


@conformance("emulates", "Change sets")
def test_executed_has_no_name(cloud: Cloud) -> None:
    """Once it is executed a change set is found by its ARN, no longer by its name; a retry of the execution still is."""
    cloud.create("one", BASE)
    made = cloud.change_set("one", "c", {**BASE, "A": parameter("2")})["ChangeSetId"]
    for _ in range(2):
        cloud.cloudformation.execute_change_set(ChangeSetName="c", StackName="one", ClientRequestToken="t")
    missing = ("ChangeSetNotFound", "ChangeSet [c] does not exist")
    for call in ("describe_change_set", "execute_change_set", "get_template"):
        assert cloud.refused(call, ChangeSetName="c", StackName="one") == missing
    cloud.cloudformation.delete_change_set(ChangeSetName="c", StackName="one")
    assert cloud.describe_change_set(made)["Status"] == "CREATE_COMPLETE"


@conformance("emulates", "Change sets")
def test_failed_execution(cloud: Cloud) -> None:
    """A change set whose update failed is EXECUTE_FAILED."""
    cloud.create("one", BASE)
    made = cloud.change_set("one", "c", {**BASE, "A": parameter("2")})["ChangeSetId"]
    cloud.knobs.resources = {"A": {"on": "update", "reason": "no"}}
    cloud.cloudformation.execute_change_set(ChangeSetName=made)
    assert cloud.describe_change_set(made)["ExecutionStatus"] == "EXECUTE_FAILED"


@conformance("emulates", "Change sets")
def test_obsolete(cloud: Cloud) -> None:
    """After another update a change set is OBSOLETE and can't be executed."""
    cloud.create("one", BASE)
    made = cloud.change_set("one", "c", {**BASE, "A": parameter("2")})["ChangeSetId"]
    cloud.update("one", {**BASE, "A": parameter("3")})
    assert cloud.describe_change_set(made)["ExecutionStatus"] == "OBSOLETE"
    assert "execution status of [OBSOLETE]" in cloud.refused("execute_change_set", ChangeSetName=made)[1]


@conformance("emulates", "Change sets")
def test_names(cloud: Cloud) -> None:
    """A change set is named by its ARN, or by its name with the stack; a name in use is refused."""
    cloud.create("one", BASE)
    cloud.change_set("one", "c", {**BASE, "A": parameter("2")}, ClientToken="t")
    cloud.change_set("one", "c", {**BASE, "A": parameter("2")}, ClientToken="t")
    body = json.dumps({"Resources": {"A": parameter("3")}})
    assert cloud.refused("create_change_set", StackName="one", ChangeSetName="c", TemplateBody=body)[0] == (
        "AlreadyExistsException"
    )
    assert cloud.refused("describe_change_set", ChangeSetName="c")[1] == (
        "StackName must be specified if ChangeSetName is not specified as an ARN."
    )
    assert cloud.refused("describe_change_set", ChangeSetName="d", StackName="one") == (
        "ChangeSetNotFound",
        "ChangeSet [d] does not exist",
    )
    assert cloud.refused("describe_change_set", ChangeSetName="c", StackName="two")[1] == "Stack [two] does not exist"
    cloud.cloudformation.delete_change_set(StackName="one", ChangeSetName="c")
    cloud.cloudformation.delete_change_set(StackName="one", ChangeSetName="c")
    assert cloud.cloudformation.list_change_sets(StackName="one")["Summaries"] == []


@conformance("emulates", "Change sets")
def test_creation(cloud: Cloud) -> None:
    """A change set of type CREATE makes a stack in REVIEW_IN_PROGRESS, which its execution creates."""
    made = cloud.change_set("one", "c", BASE, ChangeSetType="CREATE", Description="first")
    assert [change["ResourceChange"]["Action"] for change in made["Changes"]] == ["Add", "Add"]
    assert cloud.status("one") == "REVIEW_IN_PROGRESS"
    cloud.cloudformation.execute_change_set(ChangeSetName=made["ChangeSetId"])
    assert cloud.status("one") == "CREATE_COMPLETE"
    message = cloud.refused(
        "create_change_set",
        StackName="one",
        ChangeSetName="d",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps({"Resources": BASE}),
    )[1]
    assert message == "Stack [one] already exists and cannot be created again with the changeSet [d]."


@conformance("emulates", "Change sets")
def test_pages(cloud: Cloud) -> None:
    """Changes come in pages."""
    cloud.create("one", BASE)
    made = cloud.change_set("one", "c", {f"P{number}": parameter() for number in range(5)})
    cloud.knobs.page = 2
    pages = cloud.cloudformation.get_paginator("describe_change_set").paginate(ChangeSetName=made["ChangeSetId"])
    assert [len(page["Changes"]) for page in pages] == [2, 2, 2, 1]


@conformance("emulates", "Change sets")
def test_settings(cloud: Cloud) -> None:
    """Tags, role, notification topics and capabilities are kept where a change set does not name them."""
    role = "arn:aws:iam::111122223333:role/deploy"
    topics = ["arn:aws:sns:us-east-1:111122223333:topic"]
    cloud.create("one", BASE, Tags=[{"Key": "a", "Value": "b"}], RoleARN=role, NotificationARNs=topics)
    made = cloud.change_set("one", "c", {**BASE, "A": parameter("2")})
    assert made["Tags"] == [{"Key": "a", "Value": "b"}]
    cloud.cloudformation.execute_change_set(ChangeSetName=made["ChangeSetId"])
    found = cloud.stack("one")
    assert (found["RoleARN"], found["NotificationARNs"], found["Tags"]) == (role, topics, [{"Key": "a", "Value": "b"}])


@conformance("emulates", "Change sets")
def test_template(cloud: Cloud) -> None:
    """GetTemplate and DescribeChangeSetHooks answer for a change set."""
    cloud.create("one", BASE)
    wanted = {**BASE, "C": after("A")}
    made = cloud.change_set("one", "c", wanted)
    for stage in ("Original", "Processed"):
        found = cloud.cloudformation.get_template(ChangeSetName=made["ChangeSetId"], TemplateStage=stage)
        assert found["TemplateBody"] == {"Resources": wanted}
    assert cloud.cloudformation.describe_change_set_hooks(ChangeSetName=made["ChangeSetId"])["Hooks"] == []


@conformance("emulates", "Change sets")
def test_events_of_a_change_set(cloud: Cloud) -> None:
    """DescribeEvents tells the making of a change set as an operation of its own."""
    cloud.create("one", BASE)
    made = cloud.change_set("one", "c", {**BASE, "A": parameter("2")})
    (event,) = cloud.cloudformation.describe_events(ChangeSetName=made["ChangeSetId"])["OperationEvents"]
    assert (event["OperationType"], event["OperationStatus"]) == ("CREATE_CHANGESET", "SUCCEEDED")


@conformance("emulates", "Change sets")
def test_early_validation(cloud: Cloud) -> None:
    """What early validation would find can be set; in mode FAIL it fails the change set, in mode WARN it is only told."""
    cloud.create("one", BASE)
    for mode, status in (("WARN", "CREATE_COMPLETE"), ("FAIL", "FAILED")):
        problem = {"name": "NAME_CONFLICT_VALIDATION", "mode": mode, "status": "FAILED", "reason": "it exists"}
        cloud.knobs.validations = [problem]
        made = cloud.change_set("one", mode, {**BASE, "A": parameter("2")})
        *_, event = cloud.cloudformation.describe_events(ChangeSetName=made["ChangeSetId"])["OperationEvents"]
        assert made["Status"] == status
        assert (event["EventType"], event["ValidationStatusReason"]) == ("VALIDATION_ERROR", "it exists")


@conformance("emulates", "Change sets")
def test_hooks_of_a_change_set(cloud: Cloud) -> None:
    """Hooks can be set: every change is told to be looked at by them."""
    cloud.create("one", BASE)
    cloud.knobs.hooks = [{"type": "Acme::Tags::Hook", "mode": "FAIL"}]
    made = cloud.change_set("one", "c", {**BASE, "A": parameter("2")})
    (hook,) = cloud.cloudformation.describe_change_set_hooks(ChangeSetName=made["ChangeSetId"])["Hooks"]
    assert hook["TargetDetails"]["ResourceTargetDetails"]["LogicalResourceId"] == "A"


@conformance("emulates", "Change sets")
def test_type_of_a_resource(cloud: Cloud) -> None:
    """Another type under the same logical id fails the change set."""
    cloud.create("one", BASE)
    found = cloud.change_set("one", "c", {**BASE, "A": {"Type": "AWS::SNS::Topic"}})
    assert found["Status"] == "FAILED"
    assert "modifies resource type of the following resources: [A]" in found["StatusReason"]


@conformance("refuses", "Change sets")
def test_import(cloud: Cloud) -> None:
    """Resource import and drift-aware change sets are refused."""
    cloud.create("one", BASE)
    for more in ({"ChangeSetType": "IMPORT"}, {"ImportExistingResources": True}, {"DeploymentMode": "REVERT_DRIFT"}):
        code, message = cloud.refused(
            "create_change_set", StackName="one", ChangeSetName="c", UsePreviousTemplate=True, **more
        )
        assert code == "ValidationError"
        assert next(iter(more)) in message
