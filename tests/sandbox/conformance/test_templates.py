import json
from typing import Any

import pytest

from tests.sandbox.conformance import conformance
from tests.sandbox.conformance.cloud import Cloud, parameter

BUCKET = "templates-of-tests"
BODY = json.dumps({"Description": "one", "Resources": {"A": parameter()}})
MORE = "\nFor more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"


def publish(cloud: Cloud, body: bytes = BODY.encode(), key: str = "a folder/one.json") -> Any:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    return s3


@conformance("emulates", "Templates")
@pytest.mark.parametrize(
    "address",
    [
        f"https://{BUCKET}.s3.amazonaws.com/a%20folder/one.json",
        f"https://{BUCKET}.s3.us-east-1.amazonaws.com/a%20folder/one.json",
        f"https://s3.us-east-1.amazonaws.com/{BUCKET}/a%20folder/one.json",
        f"https://s3-us-east-1.amazonaws.com/{BUCKET}/a%20folder/one.json",
        f"https://s3.amazonaws.com/{BUCKET}/a%20folder/one.json",
        f"https://{BUCKET}.s3.dualstack.us-east-1.amazonaws.com/a%20folder/one.json",
        f"http://127.0.0.1:1/{BUCKET}/a%20folder/one.json",
    ],
    ids=["global", "regional", "path", "dash", "path-global", "dualstack", "loopback"],
)
def test_addresses(cloud: Cloud, address: str) -> None:
    """TemplateURL takes every form of an S3 address, and reads the sandbox's S3."""
    publish(cloud)
    cloud.cloudformation.create_stack(StackName="one", TemplateURL=address)
    assert cloud.stack("one")["Description"] == "one"


@conformance("emulates", "Templates")
def test_unreadable_addresses(cloud: Cloud) -> None:
    """An address that is no S3, an object that is not there or may not be read: AWS's words."""
    publish(cloud)

    def refusal(address: str) -> str:
        return cloud.refused("create_stack", StackName="one", TemplateURL=address)[1]

    assert refusal("https://example.com/x.yaml") == "TemplateURL must be a supported URL."
    assert refusal(f"https://{BUCKET}.s3.amazonaws.com/none") == f"S3 error: The specified key does not exist.{MORE}"
    assert refusal("https://none-such.s3.amazonaws.com/x") == f"S3 error: The specified bucket does not exist{MORE}"
    cloud.knobs.api = [{"service": "s3", "action": "GetObject", "kind": "denied"}]
    assert refusal(f"https://{BUCKET}.s3.amazonaws.com/a%20folder/one.json") == f"S3 error: Access Denied{MORE}"


@conformance("emulates", "Templates")
@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html></html>", "Template format error: unsupported structure."),
        (b"Resources: [", "Template format error: YAML not well-formed. (line 2, column 1)"),
        (b"{}", "Template format error: At least one Resources member must be defined."),
        (
            b"Resources: {A: {Type: 'AWS::No::Such'}}",
            "Template format error: Unrecognized resource types: [AWS::No::Such]",
        ),
        (b" " * 1_000_001, "Template may not exceed 1000000 bytes in size."),
        (b"\xff\xfe", "Template format error: unsupported structure."),
        (
            b"Resources: {A: {Type: 'AWS::SNS::Topic', Properties: {TopicName: !Ref B}}}",
            "Template format error: Unresolved resource dependencies [B] in the Resources block of the template",
        ),
    ],
    ids=["html", "broken", "empty", "type", "size", "binary", "reference"],
)
def test_bad_templates(cloud: Cloud, body: bytes, message: str) -> None:
    """What is no template is refused before anything is made."""
    publish(cloud, body, "bad")
    address = f"https://{BUCKET}.s3.amazonaws.com/bad"
    assert cloud.refused("create_stack", StackName="one", TemplateURL=address) == ("ValidationError", message)
    assert cloud.refused("describe_stacks", StackName="one")[0] == "ValidationError"


@conformance("emulates", "Templates")
def test_body_size(cloud: Cloud) -> None:
    """A template over 51,200 bytes must come from S3."""
    code, message = cloud.refused("create_stack", StackName="one", TemplateBody=BODY + " " * 51_200)
    assert code == "ValidationError"
    assert message.endswith(
        "at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to 51200"
    )


@conformance("emulates", "Templates")
def test_summary(cloud: Cloud) -> None:
    """GetTemplateSummary and ValidateTemplate tell parameters, capabilities, types and metadata."""
    body = json.dumps(
        {
            "Metadata": {"Version": "v1"},
            "Parameters": {"P": {"Type": "String", "Default": "a", "AllowedValues": ["a", "b"], "Description": "one"}},
            "Resources": {"A": parameter({"Ref": "P"}), "G": {"Type": "AWS::IAM::Group"}},
        }
    )
    found = cloud.cloudformation.get_template_summary(TemplateBody=body)
    assert found["Parameters"] == [
        {
            "ParameterKey": "P",
            "DefaultValue": "a",
            "ParameterType": "String",
            "NoEcho": False,
            "Description": "one",
            "ParameterConstraints": {"AllowedValues": ["a", "b"]},
        }
    ]
    assert (found["Capabilities"], found["ResourceTypes"]) == (
        ["CAPABILITY_IAM"],
        ["AWS::SSM::Parameter", "AWS::IAM::Group"],
    )
    assert json.loads(found["Metadata"]) == {"Version": "v1"}
    assert cloud.cloudformation.validate_template(TemplateBody=body)["Parameters"][0]["ParameterKey"] == "P"


@conformance("emulates", "Templates")
def test_template_as_submitted(cloud: Cloud) -> None:
    """GetTemplate gives the text as it was submitted, comments and all."""
    text = "# a comment\nResources:\n  A: {Type: 'AWS::SNS::Topic'}\n"
    cloud.cloudformation.create_stack(StackName="one", TemplateBody=text)
    assert cloud.cloudformation.get_template(StackName="one")["TemplateBody"] == text


@conformance("emulates", "Account")
def test_types_and_limits(cloud: Cloud) -> None:
    """DescribeType gives the published schema of a resource type; DescribeAccountLimits the default limits."""
    found = cloud.cloudformation.describe_type(Type="RESOURCE", TypeName="AWS::RDS::DBInstance")
    assert "/properties/DBInstanceIdentifier" in json.loads(found["Schema"])["createOnlyProperties"]
    assert cloud.refused("describe_type", Type="RESOURCE", TypeName="AWS::No::Such")[0] == "TypeNotFoundException"
    limits = cloud.cloudformation.describe_account_limits()["AccountLimits"]
    assert {limit["Name"] for limit in limits} == {"StackLimit", "StackOutputsLimit", "ConcurrentResourcesLimit"}


@conformance("emulates", "Events")
def test_pages_of_events(cloud: Cloud) -> None:
    """Events come newest first, in pages that stay where they are while new events arrive."""
    cloud.create("one", {"A": parameter()})
    cloud.knobs.page = 3
    first = cloud.cloudformation.describe_stack_events(StackName="one")
    cloud.update("one", {"A": parameter("2")})
    second = cloud.cloudformation.describe_stack_events(StackName="one", NextToken=first["NextToken"])
    told = [event["ResourceStatus"] for page in (first, second) for event in page["StackEvents"]]
    assert told == [
        "CREATE_COMPLETE",
        "CREATE_COMPLETE",
        "CREATE_IN_PROGRESS",
        "CREATE_IN_PROGRESS",
        "CREATE_IN_PROGRESS",
    ]
    times = [event["Timestamp"] for event in cloud.events("one")]
    assert times == sorted(times)
    assert len({event["EventId"] for event in cloud.events("one")}) == len(times)


@conformance("emulates", "Events")
def test_events_of_an_operation(cloud: Cloud) -> None:
    """DescribeEvents tells one operation, by stack name the latest one: after a failure that is the rollback."""
    cloud.create("one", {"A": parameter()})
    cloud.knobs.resources = {"A": {"on": "update", "reason": "no"}}
    cloud.update("one", {"A": parameter("2")})
    latest = cloud.cloudformation.describe_events(StackName="one")["OperationEvents"]
    assert {event["OperationType"] for event in latest} == {"ROLLBACK"}
    update = cloud.stack("one")["LastOperations"][1]["OperationId"]
    failed = cloud.cloudformation.describe_events(OperationId=update, Filters={"FailedEvents": True})["OperationEvents"]
    assert [(event["LogicalResourceId"], event["EventType"]) for event in failed] == [("A", "PROVISIONING_ERROR")]


@conformance("emulates", "Events")
def test_resources_in_pages(cloud: Cloud) -> None:
    """ListStackResources has pages; DescribeStackResources has none and answers by logical or physical id."""
    cloud.create("one", {name: parameter() for name in "CAB"})
    cloud.knobs.page = 2
    pages = cloud.cloudformation.get_paginator("list_stack_resources").paginate(StackName="one")
    listed = [row["LogicalResourceId"] for page in pages for row in page["StackResourceSummaries"]]
    assert listed == ["A", "B", "C"]
    assert len(cloud.cloudformation.describe_stack_resources(StackName="one")["StackResources"]) == 3
    by_id = cloud.cloudformation.describe_stack_resources(PhysicalResourceId=cloud.physical_id("one", "B"))
    assert len(by_id["StackResources"]) == 3
    assert cloud.refused("describe_stack_resource", StackName="one", LogicalResourceId="D")[1] == (
        "Resource D does not exist for stack one"
    )


@conformance("refuses", "Account")
@pytest.mark.parametrize("call", ["list_types", "list_stack_sets", "list_generated_templates", "list_resource_scans"])
def test_not_built(cloud: Cloud, call: str) -> None:
    """Stack sets, the type registry's writing side, generated templates, resource scans and refactors are not known."""
    assert cloud.refused(call)[0] == "NotImplemented"
