"""The smallest world a template can be evaluated in."""

from collections.abc import Mapping
from typing import Any

import yaml
from hypothesis import strategies as st

from sandbox.template.evaluate import UNKNOWN, Evaluator
from sandbox.template.load import load

PSEUDO = {
    "AWS::AccountId": "111122223333",
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::StackId": "arn:aws:cloudformation:us-east-1:111122223333:stack/ship/1",
    "AWS::StackName": "ship",
    "AWS::URLSuffix": "amazonaws.com",
}


class FakeWorld:
    """Every resource is there: its id is `ID-of-it`, its attribute `ID/name`; what is `unknown` is not."""

    def __init__(self, unknown: frozenset[str] = frozenset()) -> None:
        self.unknown = unknown

    def ref(self, logical_id: str) -> Any:
        return UNKNOWN if logical_id in self.unknown else f"{logical_id}-id"

    def attribute(self, logical_id: str, name: str) -> Any:
        return UNKNOWN if logical_id in self.unknown else f"{logical_id}/{name}"

    def export(self, name: str) -> str:
        return UNKNOWN if name in self.unknown else f"exported {name}"

    def dynamic(self, reference: str) -> str:
        raise AssertionError(f"properties keep the text of {reference}")


def evaluator(text: str, parameters: Mapping[str, Any] | None = None, unknown: str = "") -> Evaluator:
    """The template, a topic `R` and a bucket `Other` added to its resources, in that world."""
    resources = "  R: {Type: 'AWS::SNS::Topic'}\n  Other: {Type: 'AWS::S3::Bucket'}\n"
    body = load(text + ("" if "Resources:" in text else "\nResources:\n") + resources)
    return Evaluator(body, parameters or {}, PSEUDO, FakeWorld(frozenset(unknown.split())))


WORDS = """
Resources Parameters Outputs Conditions Mappings Rules Assertions Assert RuleCondition Type Properties Ref Condition
DependsOn Value Export Name R C P Fn::If Fn::Sub Fn::GetAtt Fn::Join Fn::Equals Fn::Not Fn::Contains Default
AllowedValues AllowedPattern MinLength Metadata Transform
"""
_names = st.sampled_from(WORDS.split())
_few = st.sampled_from("RCP")
_leaves = st.none() | st.booleans() | st.integers() | st.floats() | _names | st.text(max_size=5) | st.dates()
_nodes = st.recursive(
    _leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=4), max_leaves=20
)
_expressions = st.sampled_from(
    [
        {"Ref": "P"},
        {"Ref": "R"},
        {"Fn::If": ["C", "a", {"Ref": "R"}]},
        {"Fn::Sub": "${P} ${R.Arn}"},
        {"Fn::Equals": ["x", {"Ref": "P"}]},
        {"Fn::Contains": [["x"], {"Ref": "P"}]},
        {"Fn::Not": [{"Condition": "C"}]},
        "x",
        ["x"],
    ]
)
_values = st.dictionaries(_names, _expressions | _nodes, max_size=2)


def _section(**required: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.dictionaries(_few, st.fixed_dictionaries(required) | _nodes, max_size=2) | st.just({})


_resources = st.fixed_dictionaries(
    {"Type": st.just("T") | _leaves},
    optional={"Properties": _values, "Condition": _few, "DependsOn": _few | _nodes, "Metadata": _values},
)
_assertions = st.lists(st.fixed_dictionaries({"Assert": _expressions}), max_size=2) | _nodes
template_shapes = st.fixed_dictionaries(
    {"Resources": st.dictionaries(_few, _resources, min_size=1, max_size=3) | _nodes},
    optional={
        "Parameters": _section(Type=st.just("String") | _leaves),
        "Conditions": st.dictionaries(_few, _expressions | _nodes, max_size=2),
        "Outputs": _section(Value=_expressions | _nodes),
        "Rules": _section(Assertions=_assertions, RuleCondition=_expressions),
        "Mappings": _nodes,
    },
)
"""Anything that looks like a template, right and wrong."""


class _NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def dump(body: Any) -> str:
    """As YAML without aliases, which CloudFormation refuses."""
    return str(yaml.dump(body, Dumper=_NoAliases))
