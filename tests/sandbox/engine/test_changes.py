"""The change set, held against what AWS documents and what was recorded from it.

The recorded ones are those of LocalStack's snapshots, taken from AWS:
https://github.com/localstack/localstack/tree/main/tests/aws/services/cloudformation/v2
"""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.engine.changes import Live, compare
from sandbox.template.errors import TemplateError
from sandbox.template.evaluate import UNKNOWN
from sandbox.template.load import load
from tests.sandbox.engine.changed import ATTRIBUTE, INSTANCE, REFERENCE, path_values, told
from tests.sandbox.engine.deployed import changes, deploy, side

# --- the User Guide's examples ------------------------------------------------------------------------------------


def test_a_tag_added_in_the_template() -> None:
    found = changes(INSTANCE, INSTANCE + "      - {Key: New, Value: 1}\n")["MyEC2Instance"]
    assert told(found) == [("Tags", "Never", "Static", "DirectModification", None)]
    assert (found.action, found.replacement, found.scope, found.policy_action) == ("Modify", "False", ("Tags",), None)
    assert path_values(found) == {"/Properties/Tags/1": ("Add", None, '{"Key":"New","Value":"1"}')}


def test_a_changed_parameter_gives_two_details() -> None:
    found = changes(INSTANCE, INSTANCE, after={"Purpose": "production"})["MyEC2Instance"]
    assert told(found) == [
        ("Tags", "Never", "Dynamic", "DirectModification", None),
        ("Tags", "Never", "Static", "ParameterReference", "Purpose"),
    ]
    assert path_values(found) == {"/Properties/Tags/0/Value": ("Modify", "testing", "production")}


def test_the_change_of_most_impact_decides_on_replacement() -> None:
    every = {"Purpose": "production", "KeyPairName": "MyNewKeyName", "InstanceType": "t2.small"}
    found = changes(INSTANCE, INSTANCE, after=every)["MyEC2Instance"]
    static = [row for row in told(found) if row[2] == "Static"]
    assert ("KeyName", "Always", "Static", "ParameterReference", "KeyPairName") in static
    assert ("InstanceType", "Conditionally", "Static", "ParameterReference", "InstanceType") in static
    assert len(found.details) == 2 * len(static) == 6
    assert (found.replacement, found.policy_action) == ("True", "ReplaceAndDelete")
    assert set(found.scope) == {"Tags", "Properties"}
    smaller = changes(INSTANCE, INSTANCE, after={"InstanceType": "t2.small"})["MyEC2Instance"]
    assert smaller.replacement == "Conditional"


def test_adding_and_removing_resources() -> None:
    new = "Resources: {LaunchConfig: {Type: 'AWS::AutoScaling::LaunchConfiguration', Properties: {ImageId: a}}}"
    found = changes(INSTANCE, new, after={})
    added, removed = found["LaunchConfig"], found["MyEC2Instance"]
    assert (added.action, added.physical_id, added.replacement, added.scope, added.details) == (
        "Add",
        None,
        None,
        (),
        (),
    )
    assert (added.before_context, added.after_context) == (None, '{"Properties":{"ImageId":"a"}}')
    assert (removed.action, removed.physical_id, removed.policy_action) == ("Remove", "MyEC2Instance-id", "Delete")
    assert (removed.replacement, removed.scope, removed.details, removed.after_context) == (None, (), (), None)
    assert json.loads(removed.before_context or "")["Properties"]["InstanceType"] == "t2.micro"


# --- recorded from AWS --------------------------------------------------------------------------------------------


def test_reading_an_attribute_of_what_changes_in_place_is_dynamic() -> None:
    found = changes(ATTRIBUTE, ATTRIBUTE.replace("value", "other"))
    assert told(found["Topic1"]) == [("DisplayName", "Never", "Static", "DirectModification", None)]
    assert told(found["Topic2"]) == [("DisplayName", "Never", "Dynamic", "ResourceAttribute", "Topic1.DisplayName")]
    assert path_values(found["Topic2"]) == {"/Properties/DisplayName": ("Modify", "Topic1/DisplayName", UNKNOWN)}


def test_a_ref_to_what_changes_in_place_is_no_change() -> None:
    assert list(changes(REFERENCE, REFERENCE.replace("value", "other"))) == ["Topic1"]


@pytest.mark.parametrize(
    ("template", "source", "entity"),
    [(REFERENCE, "ResourceReference", "Topic1"), (ATTRIBUTE, "ResourceAttribute", "Topic1.DisplayName")],
    ids=["Ref", "GetAtt"],
)
def test_what_reads_a_replaced_resource_changes_for_certain(template: str, source: str, entity: str) -> None:
    found = changes(template, template.replace("one", "updated"))
    assert (found["Topic1"].replacement, found["Topic1"].policy_action) == ("True", "ReplaceAndDelete")
    assert told(found["Topic2"]) == [
        ("DisplayName", "Never", "Dynamic", "DirectModification", None),
        ("DisplayName", "Never", "Static", source, entity),
    ]
    assert json.loads(found["Topic2"].after_context or "")["Properties"]["DisplayName"] == UNKNOWN


def test_a_new_resource_is_read_for_certain_too() -> None:
    plain = "Resources: {Bucket: {Type: 'AWS::S3::Bucket', Properties: {}}}"
    key = "Resources:\n  Key: {Type: 'AWS::KMS::Key', Properties: {}}\n  Bucket:\n    Type: AWS::S3::Bucket\n"
    new = key + "    Properties: {BucketEncryption: {KeyArn: !GetAtt Key.Arn}}\n"
    assert told(changes(plain, new)["Bucket"]) == [
        ("BucketEncryption", "Never", "Dynamic", "DirectModification", None),
        ("BucketEncryption", "Never", "Static", "ResourceAttribute", "Key.Arn"),
    ]


def test_a_new_resource_knows_what_stays() -> None:
    old = "Resources:\n  Topic1: {Type: 'AWS::SNS::Topic', Properties: {TopicName: one}}\n"
    new = old + "  Topic2: {Type: 'AWS::SNS::Topic', Properties: {DisplayName: !Ref Topic1}}\n"
    assert changes(old, new)["Topic2"].after_context == '{"Properties":{"DisplayName":"Topic1-id"}}'


def test_an_export_that_is_not_there_yet_is_no_error() -> None:
    template = "Resources: {T: {Type: 'AWS::SNS::Topic', Properties: {DisplayName: !ImportValue X}}}"
    empty = "Resources: {W: {Type: 'AWS::CloudFormation::WaitConditionHandle'}}"
    assert changes(empty, template)["T"].after_context == json.dumps({"Properties": {"DisplayName": UNKNOWN}}).replace(
        " ", ""
    )
    assert changes(empty, template, exports={"X": "v"})["T"].after_context == '{"Properties":{"DisplayName":"v"}}'


# --- replacement ----------------------------------------------------------------------------------------------------

CHAIN = """
Resources:
  Role: {Type: 'AWS::IAM::Role', Properties: {RoleName: NAME, Description: WHAT, AssumeRolePolicyDocument: {}}}
  Group: {Type: 'AWS::Logs::LogGroup', Properties: {LogGroupName: !GetAtt Role.Arn}, UpdateReplacePolicy: Retain}
  Reader: {Type: 'AWS::SNS::Topic', Properties: {DisplayName: !Ref Group}}
"""


def test_dynamic_and_always_is_conditional_and_goes_on_so() -> None:
    found = changes(CHAIN, CHAIN.replace("WHAT", "other"))
    assert told(found["Group"]) == [("LogGroupName", "Always", "Dynamic", "ResourceAttribute", "Role.Arn")]
    assert (found["Group"].replacement, found["Group"].policy_action) == ("Conditional", "ReplaceAndRetain")
    assert told(found["Reader"]) == [("DisplayName", "Never", "Dynamic", "ResourceReference", "Group")]


def test_replacement_goes_on_through_create_only_properties() -> None:
    found = changes(CHAIN, CHAIN.replace("NAME", "other"))
    assert [found[name].replacement for name in ("Role", "Group", "Reader")] == ["True", "True", "False"]


def test_what_is_conditionally_create_only_is_conditional() -> None:
    old = "Resources: {D: {Type: 'AWS::RDS::DBInstance', Properties: {BackupRetentionPeriod: 1, AllocatedStorage: 20}}}"
    found = changes(old, old.replace("Period: 1", "Period: 2"))["D"]
    assert (told(found)[0][1], found.replacement) == ("Conditionally", "Conditional")
    assert changes(old, old.replace("20", "40"))["D"].replacement == "False"


def test_a_type_nobody_knows_is_never_recreated() -> None:
    old = "Resources: {X: {Type: 'Acme::Unknown::Type', Properties: {A: 1}}}"
    assert changes(old, old.replace("A: 1", "A: 2"))["X"].replacement == "False"


@pytest.mark.parametrize(
    ("resource", "policy"),
    [
        ("{Type: 'AWS::RDS::DBInstance'}", "Snapshot"),
        ("{Type: 'AWS::RDS::DBCluster'}", "Snapshot"),
        ("{Type: 'AWS::RDS::DBInstance', Properties: {DBClusterIdentifier: c}}", "Delete"),
        ("{Type: 'AWS::RDS::DBInstance', DeletionPolicy: Delete}", "Delete"),
        ("{Type: 'AWS::S3::Bucket', DeletionPolicy: Retain}", "Retain"),
        ("{Type: 'AWS::S3::Bucket', DeletionPolicy: RetainExceptOnCreate}", "Retain"),
        ("{Type: 'AWS::S3::Bucket'}", "Delete"),
    ],
)
def test_what_becomes_of_a_removed_resource(resource: str, policy: str) -> None:
    rest = "Resources:\n  T: {Type: 'AWS::SNS::Topic'}\n"
    assert changes(rest + f"  X: {resource}\n", rest)["X"].policy_action == policy


def test_a_resource_may_not_change_its_type() -> None:
    old = "Resources: {X: {Type: 'AWS::SNS::Topic'}}"
    with pytest.raises(TemplateError, match=r"Update of resource type is not permitted\..*resources: \[X\]"):
        changes(old, old.replace("SNS::Topic", "SQS::Queue"))


# --- what differs, and what does not ------------------------------------------------------------------------------


# --- secrets and errors -------------------------------------------------------------------------------------------

SECRET = """
Parameters: {Word: {Type: String, NoEcho: true}}
Resources:
  D:
    Type: AWS::RDS::DBInstance
    Properties: {MasterUserPassword: !Ref Word, MasterUsername: !Sub 'u-${Word}', DBName: PLAIN}
  Gone: {Type: 'AWS::SNS::Topic', Properties: {DisplayName: !Sub '${Word}'}}
"""


def test_no_echo_values_are_masked_everywhere() -> None:
    new = SECRET[: SECRET.index("  Gone")].replace("PLAIN", "other")
    found = changes(SECRET, new, before={"Word": "hunter2"}, after={"Word": "swordfish"})
    assert path_values(found["D"]) == {
        "/Properties/MasterUserPassword": ("Modify", "****", "****"),
        "/Properties/MasterUsername": ("Modify", "****", "****"),
        "/Properties/DBName": ("Modify", "PLAIN", "other"),
    }
    assert "hunter2" not in repr(found)
    assert "swordfish" not in repr(found)


def test_a_resource_the_old_template_does_not_explain_shows_nothing_where_there_are_secrets() -> None:
    old = side(load(SECRET), {"Word": "hunter2"})
    stray = Live("Stray", "AWS::SNS::Topic", "s", {"DisplayName": "hunter2"}, {})
    (found,) = (change for change in compare(old, old, deploy(old) | {"Stray": stray}, {}))
    assert (found.action, found.before_context) == ("Remove", '{"Properties":"****"}')


def test_a_secret_behind_a_dynamic_reference_stays_its_text() -> None:
    text = "{{resolve:secretsmanager:s:SecretString:k}}"
    new = f"Resources: {{D: {{Type: 'AWS::RDS::DBInstance', Properties: {{MasterUserPassword: '{text}'}}}}}}"
    assert text in (changes("Resources: {T: {Type: 'AWS::SNS::Topic'}}", new)["D"].after_context or "")


def test_an_attribute_nobody_has_is_refused() -> None:
    deployed = side(load(ATTRIBUTE))
    live = {name: replace(found, attributes={}) for name, found in deploy(deployed).items()}
    with pytest.raises(
        TemplateError, match="resource Topic1 does not support attribute type DisplayName in Fn::GetAtt"
    ):
        compare(deployed, deployed, live, {})


# --- any template -------------------------------------------------------------------------------------------------

NAMES = ("A", "B", "C")


@st.composite
def templates(draw: st.DrawFn) -> str:
    """Up to three resources, each reading earlier ones, under a condition or not."""
    resources = {}
    for index, name in enumerate(NAMES[: draw(st.integers(1, 3))]):
        reads = [{"Ref": "P"}, "x", 1, True, {"Fn::If": ["C1", "y", {"Ref": "AWS::NoValue"}]}]
        for other in NAMES[:index]:
            reads += [{"Ref": other}, {"Fn::GetAtt": [other, "Arn"]}, {"Fn::Sub": f"${{{other}.Arn}}-${{P}}"}]
        properties = st.dictionaries(
            st.sampled_from(["TopicName", "DisplayName", "Tags", "KmsMasterKeyId"]),
            st.sampled_from(reads) | st.lists(st.sampled_from(reads), max_size=2),
            max_size=3,
        )
        resources[name] = {"Type": "AWS::SNS::Topic", "Properties": draw(properties)}
    resources["Extra"] = {"Type": "AWS::SQS::Queue", "Condition": "C1"}
    condition = {"Fn::Equals": [{"Ref": "P"}, "on"]}
    parameters = {"P": {"Type": "String", "Default": "off"}}
    return json.dumps({"Parameters": parameters, "Conditions": {"C1": condition}, "Resources": resources})


@given(templates(), st.sampled_from(["on", "off"]))
def test_nothing_changes_when_nothing_changed(template: str, value: str) -> None:
    assert changes(template, template, {"P": value}) == {}


@given(templates(), templates(), st.sampled_from(["on", "off"]), st.sampled_from(["on", "off"]))
def test_every_change_has_its_reason(old: str, new: str, before: str, after: str) -> None:
    found = changes(old, new, {"P": before}, {"P": after})
    static = {name for name, change in found.items() if any(row.evaluation == "Static" for row in change.details)}
    for name, change in found.items():
        assert (change.action == "Modify") == bool(change.details)
        for detail in change.details:
            if detail.source in {"ResourceReference", "ResourceAttribute"}:
                assert str(detail.causing_entity).split(".")[0] in found
        if change.action == "Modify" and name not in static:
            assert change.replacement != "True"
