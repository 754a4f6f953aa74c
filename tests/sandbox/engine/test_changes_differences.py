"""What differs between two templates is a change, and what makes no difference is none."""

import json
from dataclasses import replace

import pytest

from sandbox.engine.changes import Detail, compare, without_values
from sandbox.template.load import load
from tests.sandbox.engine.changed import ATTRIBUTE, path_values, told
from tests.sandbox.engine.deployed import changes, deploy, side

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
