"""The change set, held against what AWS documents and what was recorded from it.

The recorded ones are those of LocalStack's snapshots, taken from AWS:
https://github.com/localstack/localstack/tree/main/tests/aws/services/cloudformation/v2
"""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.engine.changes import Change, Detail, Live, compare, without_values
from sandbox.template.errors import TemplateError
from sandbox.template.evaluate import UNKNOWN
from sandbox.template.load import load
from tests.sandbox.engine.deployed import changes, deploy, side

INSTANCE = """
Parameters:
  Purpose: {Type: String, Default: testing}
  KeyPairName: {Type: String, Default: MyKeyName}
  InstanceType: {Type: String, Default: t2.micro}
Resources:
  MyEC2Instance:
    Type: AWS::EC2::Instance
    Properties:
      KeyName: !Ref KeyPairName
      InstanceType: !Ref InstanceType
      ImageId: ami-8fcee4e5
      Tags:
      - {Key: Purpose, Value: !Ref Purpose}
"""
"""The template of the User Guide's examples."""

TOPICS = """
Resources:
  Topic1: {Type: 'AWS::SNS::Topic', Properties: {TopicName: one, DisplayName: value}}
  Topic2: {Type: 'AWS::SNS::Topic', Properties: {TopicName: two, DisplayName: !READ}}
"""
ATTRIBUTE = TOPICS.replace("!READ", "!GetAtt Topic1.DisplayName")
REFERENCE = TOPICS.replace("!READ", "!Ref Topic1")


def told(change: Change) -> list[tuple[Any, ...]]:
    return [
        (detail.name or detail.attribute, detail.recreation, detail.evaluation, detail.source, detail.causing_entity)
        for detail in change.details
    ]


def path_values(change: Change) -> dict[str | None, tuple[str | None, str | None, str | None]]:
    return {detail.path: (detail.change_type, detail.before, detail.after) for detail in change.details}


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

CONDITIONAL = """
Parameters: {Big: {Type: String, Default: 'no'}}
Mappings: {Sizes: {small: {value: 1}}}
Conditions: {IsBig: !Equals [!Ref Big, 'yes']}
Resources:
  A: {Type: 'AWS::SNS::Topic', Properties: {DisplayName: !If [IsBig, big, small], FifoTopic: true}}
  B: {Type: 'AWS::SNS::Topic', Condition: IsBig, Properties: {DisplayName: x}}
  C: {Type: 'AWS::SNS::Topic', Properties: {DisplayName: !FindInMap [Sizes, small, value]}}
"""


def test_a_condition_adds_changes_and_removes() -> None:
    grown = changes(CONDITIONAL, CONDITIONAL, after={"Big": "yes"})
    assert {name: change.action for name, change in grown.items()} == {"A": "Modify", "B": "Add"}
    assert told(grown["A"]) == [("DisplayName", "Never", "Static", "DirectModification", None)]
    shrunk = changes(CONDITIONAL, CONDITIONAL, before={"Big": "yes"}, after={})
    assert {name: change.action for name, change in shrunk.items()} == {"A": "Modify", "B": "Remove"}


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("DisplayName: x", "DisplayName: another"),
        ("[IsBig, big,", "[IsBig, huge,"),
        ("FifoTopic: true", "FifoTopic: 'true'"),
        ("value: 1", "value: '1'"),
        ("FifoTopic: true", "FifoTopic: true, KmsMasterKeyId: !Ref AWS::NoValue"),
        ("small]", "!Sub small]"),
    ],
)
def test_what_makes_no_difference_once_resolved_is_no_change(part: str, other: str) -> None:
    assert part in CONDITIONAL
    assert changes(CONDITIONAL, CONDITIONAL.replace(part, other)) == {}


def test_moving_resources_is_no_change() -> None:
    head, first, *rest = CONDITIONAL.split("\n  ")
    assert changes(CONDITIONAL, "\n  ".join([head, *rest, first])) == {}


def test_a_changed_mapping_is_a_static_modification() -> None:
    found = changes(CONDITIONAL, CONDITIONAL.replace("value: 1", "value: 2"))
    assert told(found["C"]) == [("DisplayName", "Never", "Static", "DirectModification", None)]


def test_values_are_told_where_they_differ() -> None:
    old = "Resources: {X: {Type: 'AWS::IAM::Role', Properties: {PATH}}}"
    before = old.replace("PATH", "Policies: [{A: [1, 2], B: x}, {C: 1}], Path: /, Description: d")
    after = old.replace("PATH", "Policies: [{A: [1, 3, {n: true}], B: [x]}], Path: /, MaxSessionDuration: 9")
    assert path_values(changes(before, after)["X"]) == {
        "/Properties/Policies/0/A/1": ("Modify", "2", "3"),
        "/Properties/Policies/0/A/2": ("Add", None, '{"n":"true"}'),
        "/Properties/Policies/0/B": ("Modify", "x", '["x"]'),
        "/Properties/Policies/1": ("Remove", '{"C":"1"}', None),
        "/Properties/Description": ("Remove", "d", None),
        "/Properties/MaxSessionDuration": ("Add", None, "9"),
    }


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("DeletionPolicy", "Retain"),
        ("UpdateReplacePolicy", "Snapshot"),
        ("Metadata", "{Version: 2}"),
        ("UpdatePolicy", "{AutoScalingRollingUpdate: {MinInstancesInService: 1}}"),
        ("CreationPolicy", "{ResourceSignal: {Count: 1}}"),
    ],
)
def test_other_attributes_change_as_a_whole(attribute: str, value: str) -> None:
    old = "Resources:\n  X:\n    Type: AWS::SNS::Topic\n    Properties: {DisplayName: x}\n"
    found = changes(old, old + f"    {attribute}: {value}\n")["X"]
    assert told(found) == [(attribute, "Never", "Static", "DirectModification", None)]
    assert (found.scope, found.replacement, found.policy_action) == ((attribute,), "False", None)
    assert attribute in json.loads(found.after_context or "")
    assert attribute not in json.loads(found.before_context or "")


def test_reading_a_resource_of_which_only_metadata_changes_is_no_change() -> None:
    new = ATTRIBUTE.replace("DisplayName: value}}", "DisplayName: value}, Metadata: {A: 1}}")
    assert list(changes(ATTRIBUTE, new)) == ["Topic1"]


def test_a_stack_tag_touches_every_resource_that_can_be_tagged() -> None:
    body = load(
        "Resources:\n  T: {Type: 'AWS::SNS::Topic'}\n  P: {Type: 'AWS::SNS::TopicPolicy'}\n"
        "  L: {Type: 'AWS::EC2::LaunchTemplate'}\n"
    )
    old = side(body)
    found = compare(old, replace(old, tags={"owner": "me"}), deploy(old), {})
    assert [(change.logical_id, change.scope) for change in found] == [("T", ("Tags",))]


def test_a_nested_stack_may_always_have_changed() -> None:
    template = """
Resources:
  Nested: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: u}}
  Reader: {Type: 'AWS::SNS::Topic', Properties: {DisplayName: !GetAtt Nested.Outputs.Name}}
"""
    found = changes(template, template)
    assert [(row.evaluation, row.source) for row in found["Nested"].details] == [("Dynamic", "Automatic")]
    assert told(found["Reader"]) == [("DisplayName", "Never", "Dynamic", "ResourceAttribute", "Nested.Outputs.Name")]


def test_without_values_there_is_one_detail_a_property() -> None:
    old = "Resources: {X: {Type: 'AWS::IAM::Role', Properties: {Policies: [{A: 1, B: 1}]}}}"
    found = without_values(changes(old, old.replace("A: 1, B: 1", "A: 2, B: 2"))["X"])
    bare = Detail("Properties", "Policies", None, "Never", "Static", "DirectModification", None, None, None, None)
    assert found.details == (bare,)
    assert (found.before_context, found.after_context) == (None, None)


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
