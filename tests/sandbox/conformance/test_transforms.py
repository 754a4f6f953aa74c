import json
from typing import Any

import pytest

from tests.sandbox.conformance import conformance
from tests.sandbox.conformance.cloud import Cloud, parameter

EXTENSIONS, SERVERLESS = "AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"
ALL = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
FUNCTION = {
    "Type": "AWS::Serverless::Function",
    "Properties": {"Handler": "index.handler", "Runtime": "python3.13", "InlineCode": "def handler(event, context): 0"},
}


def looped(*, value: str = "1") -> str:
    """A parameter `P…` of every name, YAML."""
    return f"""
        Transform: {EXTENSIONS}
        Parameters: {{Names: {{Type: CommaDelimitedList, Default: 'A,B'}}}}
        Resources:
          Fn::ForEach::Names:
          - Name
          - !Ref Names
          - P${{Name}}: {{Type: 'AWS::SSM::Parameter', Properties: {{Type: String, Value: !Sub '${{Name}}{value}'}}}}
    """


def sam(**properties: Any) -> str:
    function = {**FUNCTION, "Properties": {**FUNCTION["Properties"], **properties}}  # type: ignore[dict-item]  # a mapping
    return json.dumps({"Transform": [SERVERLESS], "Resources": {"F": function}})


def create(cloud: Cloud, body: str, name: str = "one", **request: Any) -> str:
    cloud.cloudformation.create_stack(StackName=name, TemplateBody=body, Capabilities=ALL, **request)
    return cloud.status(name)


def change_set(cloud: Cloud, body: str, **request: Any) -> dict[str, Any]:
    given = {"Capabilities": ALL, "TemplateBody": body, **request}
    made = cloud.cloudformation.create_change_set(StackName="one", ChangeSetName="c", **given)
    return cloud.describe_change_set(made["Id"])


def resources(cloud: Cloud) -> list[str]:
    rows = cloud.cloudformation.list_stack_resources(StackName="one")["StackResourceSummaries"]
    return [row["LogicalResourceId"] for row in rows]


def body(cloud: Cloud, stage: str = "Processed", **named: str) -> Any:
    return cloud.cloudformation.get_template(TemplateStage=stage, **(named or {"StackName": "one"}))["TemplateBody"]


@conformance("emulates", "Transforms")
def test_loops(cloud: Cloud) -> None:
    """AWS::LanguageExtensions: Fn::ForEach, Fn::Length, Fn::ToJsonString; more functions in FindInMap, Ref and policies."""
    assert create(cloud, looped()) == "CREATE_COMPLETE"
    assert resources(cloud) == ["PA", "PB"]
    found = change_set(cloud, looped(value="2"), Parameters=[{"ParameterKey": "Names", "ParameterValue": "B,C"}])
    changes = {change["ResourceChange"]["LogicalResourceId"]: change["ResourceChange"] for change in found["Changes"]}
    assert {name: change["Action"] for name, change in changes.items()} == {"PA": "Remove", "PB": "Modify", "PC": "Add"}
    assert changes["PB"]["Details"][0]["Target"]["AfterValue"] == "B2"


@conformance("emulates", "Transforms")
def test_sam(cloud: Cloud) -> None:
    """AWS::Serverless-2016-10-31, by AWS's own library; what it makes is like any other resource, drift included."""
    assert create(cloud, sam()) == "CREATE_COMPLETE"
    assert resources(cloud) == ["F", "FRole"]
    (change,) = change_set(cloud, sam(Timeout=9))["Changes"]
    assert (change["ResourceChange"]["LogicalResourceId"], change["ResourceChange"]["Action"]) == ("F", "Modify")
    cloud.cloudformation.execute_change_set(StackName="one", ChangeSetName="c")
    assert cloud.status("one") == "UPDATE_COMPLETE"
    assert cloud.client("lambda").get_function_configuration(FunctionName=cloud.physical_id("one", "F"))["Timeout"] == 9
    assert cloud.detect("one")["StackDriftStatus"] == "IN_SYNC"


@conformance("emulates", "Transforms")
def test_stages(cloud: Cloud) -> None:
    """GetTemplate gives the Original as it was submitted, and the Processed template, of stacks and change sets."""
    create(cloud, looped())
    assert body(cloud, "Original") == looped()
    value = {"Type": "String", "Value": "A1"}
    assert body(cloud)["Resources"]["PA"] == {"Type": "AWS::SSM::Parameter", "Properties": value}
    assert set(body(cloud)) == {"Parameters", "Resources"}
    made = change_set(cloud, looped(value="2"))["ChangeSetId"]
    assert body(cloud, "Original", ChangeSetName=made) == looped(value="2")
    assert body(cloud, ChangeSetName=made)["Resources"]["PB"]["Properties"]["Value"] == "B2"
    assert body(cloud)["Resources"]["PB"]["Properties"]["Value"] == "B1"


@conformance("emulates", "Transforms")
def test_a_processed_template_takes_time(cloud: Cloud) -> None:
    """The Processed template of a change set is there once that is made."""
    create(cloud, looped())
    cloud.knobs.change_set_delay = 60
    made = change_set(cloud, looped(value="2"))["ChangeSetId"]
    found = cloud.cloudformation.get_template(ChangeSetName=made, TemplateStage="Original")
    assert found["StagesAvailable"] == ["Original"]
    assert cloud.refused("get_template", ChangeSetName=made)[0] == "ValidationError"


@conformance("emulates", "Transforms")
def test_expansion_is_acknowledged(cloud: Cloud) -> None:
    """CreateStack and UpdateStack need CAPABILITY_AUTO_EXPAND to run transforms; a change set does not."""
    refused = ("InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_AUTO_EXPAND]")
    assert cloud.refused("create_stack", StackName="one", TemplateBody=looped()) == refused
    create(cloud, looped())
    assert cloud.refused("update_stack", StackName="one", TemplateBody=looped(value="2")) == refused
    assert change_set(cloud, looped(value="2"), Capabilities=[])["Status"] == "CREATE_COMPLETE"
    cloud.cloudformation.execute_change_set(StackName="one", ChangeSetName="c")
    assert cloud.status("one") == "UPDATE_COMPLETE"


@conformance("emulates", "Transforms")
def test_nested_expansion_is_acknowledged(cloud: Cloud) -> None:
    """A nested stack's transforms need the parent to have CAPABILITY_AUTO_EXPAND."""
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="nested")
    s3.put_object(Bucket="nested", Key="looped.yaml", Body=looped().encode())
    child = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": "https://nested.s3.amazonaws.com/looped.yaml"},
    }
    assert cloud.create("one", {"Child": child}) == "ROLLBACK_COMPLETE"
    assert "Requires capabilities : [CAPABILITY_AUTO_EXPAND]" in str(cloud.events("one"))
    assert create(cloud, json.dumps({"Resources": {"Child": child}}), "two") == "CREATE_COMPLETE"


@conformance("emulates", "Transforms")
@pytest.mark.parametrize(
    ("wanted", "given", "reason"),
    [
        (
            sam(Handlr=1),
            ALL,
            (
                "Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless Application Specification document. "
                "Number of errors found: 1. Resource with id [F] is invalid. property Handlr not defined for resource of "
                "type AWS::Serverless::Function"
            ),
        ),
        (
            looped().replace("- !Ref Names", "- Names"),
            ALL,
            "Transform AWS::LanguageExtensions failed with: Fn::ForEach layout is incorrect",
        ),
        (
            looped().replace("P${Name}", "P-${Name}"),
            ALL,
            "Template format error: Resource name P-A is non alphanumeric.",
        ),
        (sam(), [], "Requires capabilities : [CAPABILITY_IAM]"),
    ],
    ids=["sam", "loop", "outcome", "capability"],
)
def test_a_failed_transform(cloud: Cloud, wanted: str, given: list[str], reason: str) -> None:
    """A change set whose transforms fail, or make what is refused, is FAILED with the reason, and has no Processed."""
    cloud.create("one", {"A": parameter()})
    found = change_set(cloud, wanted, Capabilities=given)
    assert (found["Status"], found["StatusReason"], found["ExecutionStatus"]) == ("FAILED", reason, "UNAVAILABLE")
    named = {"StackName": "one", "ChangeSetName": "c"}
    assert cloud.cloudformation.get_template(TemplateStage="Original", **named)["StagesAvailable"] == ["Original"]


@conformance("emulates", "Transforms")
def test_nothing_to_do(cloud: Cloud) -> None:
    """A change set with transforms that changes nothing is FAILED with words of its own."""
    create(cloud, looped())
    found = change_set(cloud, looped())
    assert (found["Status"], found["StatusReason"]) == ("FAILED", "No updates are to be performed.")


@conformance("emulates", "Transforms")
def test_the_previous_template_is_the_processed_one(cloud: Cloud) -> None:
    """UsePreviousTemplate means the processed template: another list of names for a loop changes nothing."""
    create(cloud, looped())
    made = cloud.cloudformation.create_change_set(
        StackName="one",
        ChangeSetName="c",
        UsePreviousTemplate=True,
        Parameters=[{"ParameterKey": "Names", "ParameterValue": "A,B,C"}],
    )
    reason = cloud.describe_change_set(made["Id"])["StatusReason"]
    assert reason.startswith("The submitted information didn't contain changes.")
    assert body(cloud, "Original", ChangeSetName=made["Id"]) == looped()


@conformance("emulates", "Transforms")
def test_summary(cloud: Cloud) -> None:
    """GetTemplateSummary and ValidateTemplate tell the declared transforms, of the template as it was submitted."""
    create(cloud, sam())
    for found in (
        cloud.cloudformation.get_template_summary(TemplateBody=sam()),
        cloud.cloudformation.get_template_summary(StackName="one"),
    ):
        assert (found["DeclaredTransforms"], found["ResourceTypes"]) == ([SERVERLESS], ["AWS::Serverless::Function"])
    looping = cloud.cloudformation.validate_template(TemplateBody=looped())
    assert (looping["DeclaredTransforms"], looping["Capabilities"]) == ([EXTENSIONS], ["CAPABILITY_AUTO_EXPAND"])


@conformance("emulates", "Transforms")
def test_secrets_stay_out_of_the_processed_template(cloud: Cloud) -> None:
    """JSON text of a NoEcho parameter or of an attribute is made when the resource is."""
    text = {"Fn::ToJsonString": {"word": {"Ref": "Word"}, "id": {"Ref": "A"}}}
    create(
        cloud,
        json.dumps(
            {
                "Transform": EXTENSIONS,
                "Parameters": {"Word": {"Type": "String", "NoEcho": True, "Default": "hunter2"}},
                "Resources": {"A": parameter(), "B": parameter(text)},
            }
        ),
    )
    assert body(cloud)["Resources"]["B"]["Properties"]["Value"] == text
    found = cloud.client("ssm").get_parameter(Name=cloud.physical_id("one", "B"))["Parameter"]["Value"]
    assert json.loads(found) == {"word": "hunter2", "id": cloud.physical_id("one", "A")}


@conformance("simplifies", "Transforms")
def test_a_failed_transform_without_a_change_set(cloud: Cloud) -> None:
    """CreateStack and UpdateStack whose transforms fail are refused at once; AWS begins them, and rolls back."""
    code, message = cloud.refused("create_stack", StackName="one", TemplateBody=sam(Handlr=1), Capabilities=ALL)
    assert (code, message.partition(" failed with: ")[0]) == ("ValidationError", f"Transform {SERVERLESS}")
    assert cloud.refused("describe_stacks", StackName="one")[0] == "ValidationError"


@conformance("refuses", "Transforms")
@pytest.mark.parametrize("name", ["AWS::Include", "AWS::SecretsManager-2024-09-16", "Mine"])
def test_macros(cloud: Cloud, name: str) -> None:
    """Macros of one's own and AWS's other transforms are refused by name."""
    text = json.dumps({"Transform": name, "Resources": {"A": parameter()}})
    assert cloud.refused("create_stack", StackName="one", TemplateBody=text)[1] == f"No transform named {name} found."
