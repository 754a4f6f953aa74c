"""What CloudFormation enforces: capabilities, parameters, stack policies, exports; and what it never tells."""

import json

from tests.sandbox.conformance import conformance
from tests.sandbox.conformance.cloud import Cloud, parameter

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
DENY_A = {
    "Statement": [
        {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
        {
            "Effect": "Deny",
            "Action": ["Update:Replace", "Update:Delete"],
            "Principal": "*",
            "Resource": "LogicalResourceId/A",
        },
    ]
}


def named(name: str) -> dict[str, object]:
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "1", "Name": name}}


@conformance("emulates", "Rules")
def test_capabilities(cloud: Cloud) -> None:
    """IAM resources need CAPABILITY_IAM, those with names of their own CAPABILITY_NAMED_IAM."""
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}}
    for properties, needed in (({}, "CAPABILITY_IAM"), ({"RoleName": "mine"}, "CAPABILITY_NAMED_IAM")):
        body = json.dumps({"Resources": {"R": {**role, "Properties": {**role["Properties"], **properties}}}})  # type: ignore[dict-item]  # a literal
        for call, more in (
            ("create_stack", {}),
            ("create_change_set", {"ChangeSetName": "c", "ChangeSetType": "CREATE"}),
        ):
            assert cloud.refused(call, StackName="one", TemplateBody=body, **more) == (
                "InsufficientCapabilitiesException",
                f"Requires capabilities : [{needed}]",
            )


@conformance("emulates", "Rules")
def test_resource_types(cloud: Cloud) -> None:
    """ResourceTypes limits what a request may work with."""
    body = json.dumps({"Resources": {"A": parameter()}})
    allowed = ["AWS::EC2::*", "AWS::SNS::Topic"]
    message = cloud.refused("create_stack", StackName="one", TemplateBody=body, ResourceTypes=allowed)[1]
    assert (
        message
        == "Resource type AWS::SSM::Parameter is not allowed by parameter ResourceTypes [AWS::EC2::*, AWS::SNS::Topic]"
    )
    cloud.cloudformation.create_stack(StackName="one", TemplateBody=body, ResourceTypes=["AWS::SSM::*"])


@conformance("refuses", "Rules")
def test_express_mode(cloud: Cloud) -> None:
    """Express deployments are refused."""
    body = json.dumps({"Resources": {"A": parameter()}})
    more = {"DeploymentConfig": {"Mode": "EXPRESS"}}
    assert "Mode=EXPRESS" in cloud.refused("create_stack", StackName="one", TemplateBody=body, **more)[1]


@conformance("emulates", "Rules")
def test_parameters(cloud: Cloud) -> None:
    """Parameters are checked: unknown, missing, AllowedValues, AllowedPattern, lengths and ranges."""
    declared = {"P": {"Type": "String", "AllowedValues": ["a", "b"]}}
    body = json.dumps({"Parameters": declared, "Resources": {"A": parameter({"Ref": "P"})}})

    def refusal(**values: str) -> str:
        given = [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]
        return cloud.refused("create_stack", StackName="one", TemplateBody=body, Parameters=given)[1]

    assert refusal() == "Parameters: [P] must have values"
    assert refusal(P="c") == "Parameter 'P' must be one of AllowedValues"
    assert refusal(P="a", Q="b") == "Parameters: [Q] do not exist in the template"


@conformance("emulates", "Rules")
def test_previous_values(cloud: Cloud) -> None:
    """UsePreviousValue keeps what is deployed; a parameter left out takes its default."""
    declared = {name: {"Type": "String", "Default": "default"} for name in "PQ"}
    body = json.dumps({"Parameters": declared, "Resources": {"A": parameter({"Fn::Sub": "${P}${Q}"})}})
    given = [{"ParameterKey": name, "ParameterValue": "given"} for name in "PQ"]
    cloud.cloudformation.create_stack(StackName="one", TemplateBody=body, Parameters=given)
    kept = [{"ParameterKey": "P", "UsePreviousValue": True}]
    cloud.cloudformation.update_stack(StackName="one", UsePreviousTemplate=True, Parameters=kept)
    assert {p["ParameterKey"]: p["ParameterValue"] for p in cloud.stack("one")["Parameters"]} == {
        "P": "given",
        "Q": "default",
    }


@conformance("emulates", "Rules")
def test_no_echo(cloud: Cloud) -> None:
    """A NoEcho value is **** wherever the API shows it: parameters, events, change sets, drift."""
    secret = "correct horse battery staple"
    declared = {"P": {"Type": "String", "NoEcho": True}}
    resources = {"A": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Fn::Sub": "is ${P}"}}}}
    given = [{"ParameterKey": "P", "ParameterValue": secret}]
    cloud.create("one", resources, Declared=dict(declared), Parameters=given)
    made = cloud.change_set(
        "one", "c", resources, Declared=declared, Parameters=[{"ParameterKey": "P", "ParameterValue": secret + "!"}]
    )
    cloud.detect("one")
    shown = [
        cloud.stack("one"),
        cloud.events("one"),
        made,
        cloud.cloudformation.describe_change_set(ChangeSetName=made["ChangeSetId"]),
        cloud.cloudformation.describe_stack_resource_drifts(StackName="one"),
        cloud.cloudformation.describe_events(StackName="one"),
        cloud.cloudformation.get_template_summary(StackName="one"),
    ]
    text = json.dumps(shown, default=str)
    assert secret not in text
    assert "****" in text


@conformance("emulates", "Rules")
def test_stack_policy(cloud: Cloud) -> None:
    """A stack policy is enforced when a resource is about to be updated, not when a change set is made."""
    cloud.create("one", {"A": named("/a1"), "B": parameter()}, StackPolicyBody=json.dumps(DENY_A))
    assert json.loads(cloud.cloudformation.get_stack_policy(StackName="one")["StackPolicyBody"]) == DENY_A
    made = cloud.change_set("one", "c", {"A": named("/a2"), "B": parameter()})
    assert made["Status"] == "CREATE_COMPLETE"
    cloud.cloudformation.execute_change_set(ChangeSetName=made["ChangeSetId"])
    assert cloud.status("one") == "UPDATE_ROLLBACK_COMPLETE"
    (failed,) = [event for event in cloud.events("one") if event["ResourceStatus"] == "UPDATE_FAILED"]
    assert failed["ResourceStatusReason"].startswith(
        "Action denied by stack policy: Statement [#2] does not allow [Update:Replace] for resource [LogicalResourceId/A]"
    )
    assert cloud.update("one", {"B": parameter()}) == "UPDATE_ROLLBACK_COMPLETE"
    during = json.dumps({"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]})
    assert cloud.update("one", {"B": parameter()}, StackPolicyDuringUpdateBody=during) == "UPDATE_COMPLETE"
    assert json.loads(cloud.cloudformation.get_stack_policy(StackName="one")["StackPolicyBody"]) == DENY_A


@conformance("emulates", "Rules")
def test_exports(cloud: Cloud) -> None:
    """An export in use can't be changed or deleted: the update is rolled back, the deletion undone."""
    exporting = {"O": {"Value": {"Ref": "A"}, "Export": {"Name": "shared"}}}
    cloud.create("one", {"A": named("/a1")}, Outputs=exporting)
    cloud.create("two", {"B": parameter({"Fn::ImportValue": "shared"})})
    assert cloud.cloudformation.list_exports()["Exports"] == [
        {"ExportingStackId": cloud.stack("one")["StackId"], "Name": "shared", "Value": "/a1"}
    ]
    assert cloud.cloudformation.list_imports(ExportName="shared")["Imports"] == ["two"]
    assert cloud.update("one", {"A": named("/a2")}, Outputs=dict(exporting)) == "UPDATE_ROLLBACK_COMPLETE"
    reasons = [event.get("ResourceStatusReason") for event in cloud.events("one")]
    assert "Export shared cannot be updated as it is in use by two" in reasons
    assert cloud.update("one", {"A": named("/a1")}) == "UPDATE_ROLLBACK_COMPLETE"
    cloud.cloudformation.delete_stack(StackName="one")
    found = cloud.stack("one")
    assert found["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert found["StackStatusReason"] == "Export shared cannot be deleted as it is in use by two"
    cloud.cloudformation.delete_stack(StackName="two")
    assert cloud.refused("list_imports", ExportName="shared")[1] == "Export 'shared' is not imported by any stack."
    cloud.cloudformation.delete_stack(StackName="one")
    assert cloud.cloudformation.list_exports()["Exports"] == []


@conformance("emulates", "Rules")
def test_export_names_are_unique(cloud: Cloud) -> None:
    """An export's name belongs to one stack."""
    exporting = {"O": {"Value": "1", "Export": {"Name": "shared"}}}
    cloud.create("one", {"A": parameter()}, Outputs=dict(exporting))
    assert cloud.create("two", {"A": parameter()}, Outputs=exporting) == "ROLLBACK_COMPLETE"
    assert cloud.create("three", {"A": parameter({"Fn::ImportValue": "none"})}) == "ROLLBACK_COMPLETE"
    reasons = [event.get("ResourceStatusReason", "") for name in ("two", "three") for event in cloud.events(name)]
    assert any(reason.startswith("Export with name shared is already exported by stack one") for reason in reasons)
    assert any(reason.startswith("No export named none found.") for reason in reasons)


@conformance("emulates", "Rules")
def test_dynamic_references(cloud: Cloud) -> None:
    """Dynamic references are resolved towards the service only; the stack keeps their text."""
    cloud.client("ssm").put_parameter(Name="/source", Value="from ssm", Type="String", Overwrite=True)
    cloud.create(
        "one",
        {
            "A": {
                **named("/copy"),
                "Properties": {"Type": "String", "Value": "{{resolve:ssm:/source}}", "Name": "/copy"},
            }
        },
    )
    (event,) = [
        e for e in cloud.events("one") if e["LogicalResourceId"] == "A" and e["ResourceStatus"] == "CREATE_COMPLETE"
    ]
    assert json.loads(event["ResourceProperties"])["Value"] == "{{resolve:ssm:/source}}"
    assert cloud.client("ssm").get_parameter(Name="/copy")["Parameter"]["Value"] == "from ssm"


@conformance("emulates", "Rules")
def test_secrets(cloud: Cloud) -> None:
    """A dynamic reference reads a secret, whole or by key, by name or ARN; one that leads nowhere fails the resource."""
    text = json.dumps({"user": "admin", "password": "correct horse"})
    arn = cloud.client("secretsmanager").create_secret(Name="database", SecretString=text)["ARN"]
    references = {
        "A": "{{resolve:secretsmanager:database:SecretString:user}}",
        "B": f"{{{{resolve:secretsmanager:{arn}:SecretString:password}}}}",
        "C": "{{resolve:secretsmanager:database}}",
    }
    cloud.create("one", {name: parameter(value) for name, value in references.items()})
    values = {
        name: cloud.client("ssm").get_parameter(Name=cloud.physical_id("one", name))["Parameter"]["Value"]
        for name in references
    }
    assert values == {"A": "admin", "B": "correct horse", "C": text}
    assert cloud.create("two", {"A": parameter("{{resolve:ssm:/none-such}}")}) == "ROLLBACK_COMPLETE"
    assert "Could not resolve {{resolve:ssm:/none-such}}" in json.dumps(cloud.events("two"), default=str)
