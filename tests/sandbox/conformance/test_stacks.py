import pytest

from tests.sandbox.conformance import conformance
from tests.sandbox.conformance.cloud import Cloud, after, parameter


@conformance("emulates", "Operations")
def test_creation_follows_dependencies(cloud: Cloud) -> None:
    """Resources are created in the order of their dependencies, in waves, with an event for every status."""
    assert cloud.create("one", {"B": after("A"), "C": after("B"), "A": parameter()}) == "CREATE_COMPLETE"
    assert cloud.told("one") == [
        "one CREATE_IN_PROGRESS",
        *(f"{name} CREATE_{end}" for name in "ABC" for end in ("IN_PROGRESS", "IN_PROGRESS", "COMPLETE")),
        "one CREATE_COMPLETE",
    ]


@conformance("emulates", "Operations")
def test_wave_begins_together(cloud: Cloud) -> None:
    """Resources that do not depend on each other are worked on at the same time."""
    cloud.create("one", {"A": parameter(), "B": parameter()})
    assert cloud.told("one")[1:3] == ["A CREATE_IN_PROGRESS", "B CREATE_IN_PROGRESS"]


@conformance("emulates", "Operations")
def test_operation_lasts(cloud: Cloud) -> None:
    """An operation takes time: the call returns at once and the stack is IN_PROGRESS meanwhile."""
    cloud.create("one", {"A": parameter()})
    cloud.knobs.pace = 0.2
    assert cloud.update("one", {"A": parameter("2")}) == "UPDATE_IN_PROGRESS"
    cloud.cloudformation.get_waiter("stack_update_complete").wait(
        StackName="one", WaiterConfig={"Delay": 0.1, "MaxAttempts": 100}
    )
    assert cloud.status("one") == "UPDATE_COMPLETE"


@conformance("emulates", "Operations")
def test_update_only_touches_what_differs(cloud: Cloud) -> None:
    """An update touches the resources whose resolved properties differ, and no other."""
    cloud.create("one", {"A": parameter(), "B": parameter()})
    cloud.update("one", {"A": parameter("2"), "B": parameter()})
    assert cloud.told("one", "A")[-2:] == ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"]
    assert "UPDATE_IN_PROGRESS" not in cloud.told("one", "B")
    assert cloud.told("one", "one")[-3:] == [
        "UPDATE_IN_PROGRESS",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_COMPLETE",
    ]


@conformance("emulates", "Operations")
def test_values_are_compared_as_text(cloud: Cloud) -> None:
    """Scalars are compared as text: 1 and "1", true and "true" are no difference."""
    cloud.create("one", {"A": parameter("1")})
    code, message = cloud.refused(
        "update_stack",
        StackName="one",
        TemplateBody='{"Resources": {"A": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": 1}}}}',
    )
    assert (code, message) == ("ValidationError", "No updates are to be performed.")


@conformance("emulates", "Operations")
def test_replacement(cloud: Cloud) -> None:
    """A change of a create-only property makes a new resource first and deletes the old one in the clean-up."""
    named = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "1", "Name": "/old"}}
    renamed = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "1", "Name": "/new"}}
    cloud.create("one", {"A": named})
    cloud.update("one", {"A": renamed})
    assert cloud.physical_id("one", "A") == "/new"
    update = [event for event in cloud.events("one") if event["LogicalResourceId"] == "A"][3:]
    assert [(event["ResourceStatus"], event["PhysicalResourceId"]) for event in update] == [
        ("UPDATE_IN_PROGRESS", "/old"),
        ("UPDATE_IN_PROGRESS", "/new"),
        ("UPDATE_COMPLETE", "/new"),
        ("DELETE_IN_PROGRESS", "/old"),
        ("DELETE_COMPLETE", "/old"),
    ]
    assert update[0]["ResourceStatusReason"].startswith("Requested update requires the creation of a new physical")


@conformance("emulates", "Operations")
def test_removed_resources_go_in_the_clean_up(cloud: Cloud) -> None:
    """Resources that left the template are deleted in UPDATE_COMPLETE_CLEANUP_IN_PROGRESS, dependants first."""
    cloud.create("one", {"A": parameter(), "B": after("A"), "C": parameter()})
    cloud.update("one", {"C": parameter()})
    assert cloud.told("one")[-6:] == [
        "one UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "B DELETE_IN_PROGRESS",
        "B DELETE_COMPLETE",
        "A DELETE_IN_PROGRESS",
        "A DELETE_COMPLETE",
        "one UPDATE_COMPLETE",
    ]
    found = cloud.cloudformation.list_stack_resources(StackName="one")["StackResourceSummaries"]
    assert [row["LogicalResourceId"] for row in found] == ["C"]


@conformance("emulates", "Operations")
@pytest.mark.parametrize("policy", ["Retain", "RetainExceptOnCreate"])
def test_deletion_policy(cloud: Cloud, policy: str) -> None:
    """DeletionPolicy and UpdateReplacePolicy Retain leave the resource, with DELETE_SKIPPED."""
    cloud.create("one", {"A": parameter(DeletionPolicy=policy), "B": parameter()})
    cloud.update("one", {"B": parameter()})
    assert cloud.told("one", "A")[-1] == "DELETE_SKIPPED"


@conformance("emulates", "Operations")
def test_snapshot_policy(cloud: Cloud) -> None:
    """DeletionPolicy Snapshot leaves a snapshot of a database instance or a volume."""
    volume = {
        "Type": "AWS::EC2::Volume",
        "DeletionPolicy": "Snapshot",
        "Properties": {"AvailabilityZone": "us-east-1a", "Size": 1},
    }
    cloud.create("one", {"V": volume, "A": parameter()})
    physical_id = cloud.physical_id("one", "V")
    cloud.update("one", {"A": parameter()})
    assert cloud.told("one", "V")[-1] == "DELETE_COMPLETE"
    found = cloud.client("ec2").describe_snapshots(Filters=[{"Name": "volume-id", "Values": [physical_id]}])
    assert len(found["Snapshots"]) == 1


@conformance("emulates", "Operations")
def test_leftovers(cloud: Cloud) -> None:
    """What the clean-up can't delete in three tries is left behind, and the update is UPDATE_COMPLETE all the same."""
    cloud.create("one", {"A": parameter(), "B": parameter()})
    cloud.knobs.resources = {"A": {"on": "delete", "reason": "still in use"}}
    assert cloud.update("one", {"B": parameter()}) == "UPDATE_COMPLETE"
    assert cloud.told("one", "A").count("DELETE_FAILED") == 3


@conformance("emulates", "Operations")
def test_deletion(cloud: Cloud) -> None:
    """A deleted stack is found by its ARN only, with its resources and events."""
    cloud.create("one", {"A": parameter(), "B": after("A")})
    arn = cloud.stack("one")["StackId"]
    cloud.cloudformation.delete_stack(StackName="one")
    assert cloud.refused("describe_stacks", StackName="one") == (
        "ValidationError",
        "Stack with id one does not exist",
    )
    found = cloud.stack(arn)
    assert found["StackStatus"] == "DELETE_COMPLETE"
    assert found["DeletionTime"] >= found["CreationTime"]
    assert cloud.told(arn)[-6:-1] == [
        "one DELETE_IN_PROGRESS",
        "B DELETE_IN_PROGRESS",
        "B DELETE_COMPLETE",
        "A DELETE_IN_PROGRESS",
        "A DELETE_COMPLETE",
    ]


@conformance("emulates", "Operations")
def test_failed_deletion(cloud: Cloud) -> None:
    """A deletion that fails is DELETE_FAILED; RetainResources then lets it go on without the resource."""
    cloud.create("one", {"A": parameter(), "B": after("A")})
    arn = cloud.stack("one")["StackId"]
    assert cloud.refused("delete_stack", StackName="one", RetainResources=["B"])[0] == "ValidationError"
    cloud.knobs.resources = {"B": {"on": "delete", "reason": "still in use"}}
    cloud.cloudformation.delete_stack(StackName="one")
    assert cloud.stack("one")["StackStatusReason"] == "The following resource(s) failed to delete: [B]. "
    assert cloud.told("one", "A")[-1] == "CREATE_COMPLETE"
    cloud.cloudformation.delete_stack(StackName="one", RetainResources=["B"])
    assert cloud.status(arn) == "DELETE_COMPLETE"
    assert cloud.told(arn, "B")[-1] == "DELETE_SKIPPED"


@conformance("emulates", "Protection")
def test_termination_protection(cloud: Cloud) -> None:
    """Termination protection is enforced."""
    cloud.create("one", {"A": parameter()}, EnableTerminationProtection=True)
    assert cloud.refused("delete_stack", StackName="one")[1] == (
        "Stack [one] cannot be deleted while TerminationProtection is enabled"
    )
    cloud.cloudformation.update_termination_protection(StackName="one", EnableTerminationProtection=False)
    cloud.cloudformation.delete_stack(StackName="one")
    assert cloud.refused("describe_stacks", StackName="one")[0] == "ValidationError"


@conformance("emulates", "Refusals")
def test_busy_stack(cloud: Cloud) -> None:
    """A stack at work takes no further operation, and says in which state it is."""
    cloud.create("one", {"A": parameter()})
    arn = cloud.stack("one")["StackId"]
    cloud.knobs.pace = 0.3
    cloud.update("one", {"A": parameter("2")})
    message = f"Stack:{arn} is in UPDATE_IN_PROGRESS state and can not be updated."
    for call in ("update_stack", "create_change_set"):
        name = {"ChangeSetName": "c"} if call == "create_change_set" else {}
        assert cloud.refused(call, StackName="one", UsePreviousTemplate=True, **name) == ("ValidationError", message)
    assert cloud.refused("delete_stack", StackName="one")[0] == "ValidationError"
    cloud.world.settle()


@conformance("emulates", "Refusals")
def test_names(cloud: Cloud) -> None:
    """A name in use, a name that is none, and a stack that does not exist are told in AWS's words."""
    cloud.create("one", {"A": parameter()})
    body = '{"Resources": {"A": {"Type": "AWS::SNS::Topic"}}}'
    assert cloud.refused("create_stack", StackName="one", TemplateBody=body) == (
        "AlreadyExistsException",
        "Stack [one] already exists",
    )
    assert "failed to satisfy constraint" in cloud.refused("create_stack", StackName="a_b", TemplateBody=body)[1]
    assert cloud.refused("update_stack", StackName="two", TemplateBody=body)[1] == "Stack [two] does not exist"
    assert cloud.refused("list_stack_resources", StackName="two")[1] == "Stack with id two does not exist"
    cloud.cloudformation.delete_stack(StackName="two")


@conformance("emulates", "Refusals")
def test_request_that_does_not_fit_the_model(cloud: Cloud) -> None:
    """Enumerations, patterns and lengths of the service model are checked."""
    body = '{"Resources": {"A": {"Type": "AWS::SNS::Topic"}}}'
    code, message = cloud.refused("create_stack", StackName="one", TemplateBody=body, OnFailure="EXPLODE")
    assert code == "ValidationError"
    assert message.endswith(
        "at 'onFailure' failed to satisfy constraint: Member must satisfy enum value set: [DO_NOTHING, ROLLBACK, DELETE]"
    )


@conformance("emulates", "Refusals")
def test_unknown_action(cloud: Cloud) -> None:
    """An action the sandbox does not know is an AWS-shaped error that names it, never an empty answer."""
    assert cloud.refused("list_types") == ("NotImplemented", "The sandbox does not know cloudformation ListTypes.")
    assert cloud.refused("create_stack_set", StackSetName="s")[0] == "NotImplemented"


@conformance("emulates", "Operations")
def test_tokens(cloud: Cloud) -> None:
    """A request repeated with its ClientRequestToken is carried out once; a token used for another is refused."""
    cloud.create("one", {"A": parameter()}, ClientRequestToken="first")
    assert cloud.create("one", {"A": parameter()}, ClientRequestToken="first") == "CREATE_COMPLETE"
    cloud.update("one", {"A": parameter("2")}, ClientRequestToken="second")
    cloud.update("one", {"A": parameter("2")}, ClientRequestToken="second")
    assert cloud.told("one", "one").count("UPDATE_IN_PROGRESS") == 1
    assert (
        cloud.refused("update_stack", StackName="one", UsePreviousTemplate=True, ClientRequestToken="first")[0]
        == "TokenAlreadyExistsException"
    )
    assert [event.get("ClientRequestToken") for event in cloud.events("one")][-4:] == ["second"] * 4


@conformance("emulates", "Operations")
def test_last_operations(cloud: Cloud) -> None:
    """DescribeStacks lists the last operations, newest first, and every event carries the id of its own."""
    cloud.create("one", {"A": parameter()})
    cloud.knobs.resources = {"A": {"on": "update", "reason": "no"}}
    cloud.update("one", {"A": parameter("2")})
    operations = cloud.stack("one")["LastOperations"]
    assert [operation["OperationType"] for operation in operations] == ["ROLLBACK", "UPDATE_STACK", "CREATE_STACK"]
    assert {event["OperationId"] for event in cloud.events("one")} == {one["OperationId"] for one in operations}


@conformance("emulates", "Operations")
def test_making_a_change_set_is_an_operation(cloud: Cloud) -> None:
    """To make a change set is an operation, too: CREATE_CHANGESET, whose events DescribeEvents tells, not DescribeStackEvents."""
    cloud.create("one", {"A": parameter()})
    before = cloud.told("one")
    cloud.change_set("one", "c", {"A": parameter("2")})
    last, *others = cloud.stack("one")["LastOperations"]
    assert (last["OperationType"], [one["OperationType"] for one in others]) == ("CREATE_CHANGESET", ["CREATE_STACK"])
    told = cloud.cloudformation.describe_events(OperationId=last["OperationId"])["OperationEvents"]
    assert {event["OperationType"] for event in told} == {"CREATE_CHANGESET"}
    assert cloud.told("one") == before


@conformance("emulates", "Operations")
def test_tags_reach_the_resources(cloud: Cloud) -> None:
    """Stack tags and aws:cloudformation:* tags are put on what can be tagged; a change of them updates it."""
    volume = {"Type": "AWS::EC2::Volume", "Properties": {"AvailabilityZone": "us-east-1a", "Size": 1}}
    cloud.create("one", {"V": volume, "B": {"Type": "AWS::SNS::Topic"}}, Tags=[{"Key": "team", "Value": "x"}])
    assert cloud.update("one", {"V": volume, "B": {"Type": "AWS::SNS::Topic"}}, Tags=[{"Key": "team", "Value": "y"}])
    found = cloud.client("ec2").describe_volumes(VolumeIds=[cloud.physical_id("one", "V")])["Volumes"][0]
    tags = {tag["Key"]: tag["Value"] for tag in found["Tags"]}
    assert tags["team"] == "y"
    assert tags["aws:cloudformation:stack-name"] == "one"
    assert cloud.told("one", "V")[-2:] == ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"]


@conformance("emulates", "Eventual consistency")
def test_lag(cloud: Cloud) -> None:
    """A status read right after an operation began may still be the one before it (knob `lag`)."""
    cloud.create("one", {"A": parameter()})
    cloud.update("one", {"A": parameter("2")})
    cloud.knobs.lag = 30
    assert cloud.stack("one")["StackStatus"] == "CREATE_IN_PROGRESS"
    assert cloud.events("one") == []
    cloud.knobs.lag = 0
    assert cloud.status("one") == "UPDATE_COMPLETE"


@conformance("emulates", "Eventual consistency")
def test_late_events(cloud: Cloud) -> None:
    """Events may become visible late, and come in no order (knob `scatter`)."""
    cloud.create("one", {"A": parameter(), "B": parameter()})
    there = cloud.events("one")
    cloud.knobs.scatter = 30
    seen = cloud.events("one")
    assert len(seen) == len(there) - len(there) // 3
    cloud.knobs.scatter = 0.001
    assert sorted(map(str, cloud.events("one"))) == sorted(map(str, there))


@conformance("simplifies", "Operations")
def test_timeout_is_kept_only(cloud: Cloud) -> None:
    """TimeoutInMinutes and RollbackConfiguration are kept and shown, and never act."""
    alarm = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:a"
    triggers = {"RollbackTriggers": [{"Arn": alarm, "Type": "AWS::CloudWatch::Alarm"}], "MonitoringTimeInMinutes": 5}
    cloud.create("one", {"A": parameter()}, TimeoutInMinutes=1, RollbackConfiguration=triggers)
    assert cloud.stack("one")["TimeoutInMinutes"] == 1
    assert cloud.stack("one")["RollbackConfiguration"] == triggers


@conformance("simplifies", "Operations")
def test_wait_conditions_and_custom_resources_succeed(cloud: Cloud) -> None:
    """Wait conditions and custom resources succeed at once, unless a fault is set."""
    handle = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    condition = {
        "Type": "AWS::CloudFormation::WaitCondition",
        "Properties": {"Handle": {"Ref": "H"}, "Timeout": "10", "Count": 1},
    }
    custom = {
        "Type": "Custom::Thing",
        "Properties": {"ServiceToken": "arn:aws:lambda:us-east-1:111122223333:function:f"},
    }
    assert cloud.create("one", {"H": handle, "W": condition, "C": custom}) == "CREATE_COMPLETE"
    cloud.knobs.resources = {"C": {"on": "create", "reason": "Received response status [FAILED] from custom resource."}}
    assert cloud.create("two", {"C": custom}) == "ROLLBACK_COMPLETE"


@conformance("simplifies", "Operations")
def test_a_stack_at_work_is_not_deleted(cloud: Cloud) -> None:
    """DeleteStack during CREATE_IN_PROGRESS is refused; AWS would stop the creation."""
    cloud.knobs.pace = 0.2
    cloud.create("one", {"A": parameter()})
    assert "cannot be deleted while in status CREATE_IN_PROGRESS" in cloud.refused("delete_stack", StackName="one")[1]
    cloud.world.settle()
