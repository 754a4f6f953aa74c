"""What is predicted where the sandbox has no say: secrets, SSM, macros, what can't be known, what CloudFormation refuses."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.template.world import PSEUDO
from tests.upgrade.template.sides import side
from upgrade.facts.changes import ResourceChange
from upgrade.facts.stack import Resource, Template
from upgrade.template.compare import Comparison, compare
from upgrade.template.resolve import MASKED
from upgrade.template.side import Side

LIVE = (Resource("A", "a-1", "AWS::SNS::Topic", "CREATE_COMPLETE"), Resource("A.B", "b", "AWS::S3::Bucket", "X"))
SECRET = "Parameters: {P: {Type: String, NoEcho: true}}\n"
STORED = "Parameters: {P: {Type: 'AWS::SSM::Parameter::Value<String>'}}\n"


def topic(properties: str, head: str = "", more: str = "") -> str:
    return f"{head}Resources:\n  A: {{Type: 'AWS::SNS::Topic', Properties: {{{properties}}}{more}}}\n"


def changes(found: Comparison) -> dict[str, ResourceChange]:
    return {change.logical_id: change for change in found.changes}


def only(found: Comparison) -> ResourceChange:
    assert len(found.changes) == 1
    return found.changes[0]


def evaluations(change: ResourceChange) -> list[tuple[str, str, str | None, str | None]]:
    return [(detail.source, detail.evaluation, detail.before, detail.after) for detail in change.details]


# ---- secrets and what stands in SSM ----------------------------------------------------------------------------------


def test_a_secret_that_is_kept_changes_nothing_and_one_that_is_given_does() -> None:
    text = topic("TopicName: !Sub 'x-${P}'", SECRET)
    old = side(text, {"P": MASKED})
    assert compare(old, side(text, {"P": MASKED}, kept=frozenset({"P"})), LIVE).changes == ()
    given = only(compare(old, side(text, {"P": MASKED}), LIVE))
    assert given.replacement == "True"
    assert evaluations(given) == [
        ("DirectModification", "Dynamic", MASKED, MASKED),
        ("ParameterReference", "Static", MASKED, MASKED),
    ]


def test_a_secret_is_shown_nowhere_even_if_a_larger_value_holds_it() -> None:
    text = topic("Tags: [{Key: a, Value: b}], X: {y: !Ref P, z: 1}", SECRET)
    found = only(compare(side(topic("", SECRET), {"P": MASKED}), side(text, {"P": MASKED}), LIVE))
    assert [detail.after for detail in found.details if detail.name == "X"] == ['{"y":"****","z":"1"}'] * 2


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"P": "v"}, {"P": "v"}, []),
        (
            {"P": "v"},
            {"P": "w"},
            [("DirectModification", "Dynamic", "v", "w"), ("ParameterReference", "Static", "v", "w")],
        ),
        ({"P": "v"}, {}, [("ParameterReference", "Dynamic", "v", None)]),
        ({}, {}, [("ParameterReference", "Dynamic", None, None)]),
    ],
)
def test_what_stands_in_ssm_is_compared_and_may_change_where_it_is_not_known(
    before: dict[str, str], after: dict[str, str], told: list[Any]
) -> None:
    text = topic("DisplayName: !Ref P", STORED)
    old, new = (side(text, {"P": "/name"}, behind=behind) for behind in (before, after))
    found = compare(old, new, LIVE)
    direct = [("DirectModification", "Static", "v", None)] if before and not after else []
    assert [each for change in found.changes for each in evaluations(change) if each not in direct] == told


# ---- what can't be known ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "expression",
    [
        "!Transform {Name: 'AWS::Include', Parameters: {Location: s3}}",
        "{Fn::Unheard: 1}",
        "!FindInMap [Absent, a, b]",
        "!If [Absent, a, b]",
    ],
)
def test_what_nobody_can_carry_out_may_change(expression: str) -> None:
    text = topic(f"TopicName: {expression}")
    found = only(compare(side(text), side(text), LIVE))
    assert (found.action, found.replacement) == ("Modify", "Conditional")
    assert evaluations(found) == [("DirectModification", "Dynamic", None, None)]


def test_a_condition_on_a_secret_is_undecided() -> None:
    head = SECRET + "Conditions: {C: !Equals [!Ref P, x]}\n"
    text = topic("DisplayName: !If [C, a, b]", head, ", Condition: C")
    old = side(text, {"P": MASKED})
    found = compare(old, side(text, {"P": MASKED}), LIVE)
    assert [(change.action, change.logical_id) for change in found.changes] == [("Dynamic", "A")]
    assert "parameter P is secret" in found.unpredicted[0].why


def test_an_undecided_value_that_is_written_alike_is_the_same() -> None:
    head = SECRET + "Conditions: {C: !Equals [!Ref P, x]}\n"
    text = topic("DisplayName: !If [C, a, b]", head)
    old = side(text, {"P": MASKED})
    assert compare(old, side(text, {"P": MASKED}, kept=frozenset("P")), LIVE).changes == ()
    other = side(topic("DisplayName: !If [C, a, z]", head), {"P": MASKED}, kept=frozenset("P"))
    given = side(text, {"P": MASKED})
    for new in (other, given):
        assert evaluations(only(compare(old, new, LIVE))) == [("DirectModification", "Dynamic", MASKED, MASKED)]


def test_a_mapping_behind_an_unknown_key_is_compared_as_a_whole() -> None:
    texts = [
        topic("X: !FindInMap [M, !Ref P, k]", f"{SECRET}Mappings: {{M: {{a: {{k: {value}}}}}}}\n") for value in (1, 2)
    ]
    old, same, other = (side(text, {"P": MASKED}, kept=frozenset("P")) for text in (texts[0], *texts))
    assert compare(old, same, LIVE).changes == ()
    assert only(compare(old, other, LIVE)).logical_id == "A"


def test_what_is_live_and_not_declared_may_change_as_a_whole() -> None:
    found = only(compare(side("Resources: {B: {Type: T}}"), side(topic("TopicName: a")), LIVE))
    assert (found.action, found.replacement) == ("Modify", "Conditional")


# ---- functions of the language extensions ----------------------------------------------------------------------------


def test_functions_of_the_language_extensions() -> None:
    old = topic("A: 2, B: '{\"a\":[1]}', C: d")
    extended = (
        "A: {Fn::Length: [a, b]}, B: {Fn::ToJsonString: {a: [1]}}, C: {Fn::FindInMap: [M, a, b, {DefaultValue: d}]}"
    )
    new = "Transform: AWS::LanguageExtensions\n" + topic(extended, "Mappings: {M: {x: {y: 1}}}\n")
    found = compare(side(old), side(new), LIVE)
    assert (found.changes, found.unpredicted) == ((), ())


@pytest.mark.parametrize(
    "head",
    ["Transform: AWS::Serverless-2016-10-31\n", "Transform: [{Name: Mine}]\n", "Fn::Transform: {Name: Mine}\n"],
)
def test_macros_are_not_predicted_and_what_they_made_is_not_removed(head: str) -> None:
    text = head + topic("DisplayName: a")
    live = (*LIVE, Resource("MadeByMacro", "m", "AWS::S3::Bucket", "X"))
    found = compare(side(text), side(text), live)
    assert found.changes == ()
    assert {each.logical_id for each in found.unpredicted} == {""}


def test_a_loop_is_not_predicted() -> None:
    text = "Transform: AWS::LanguageExtensions\n" + topic("") + "  Fn::ForEach::L: [x, [a], {'T${x}': {Type: T}}]\n"
    found = compare(side(text), side(text), LIVE)
    assert ["Fn::ForEach::L" in each.why for each in found.unpredicted] == [True, True]


# ---- what CloudFormation refuses -------------------------------------------------------------------------------------


def test_another_type_is_refused_and_counts_as_a_replacement() -> None:
    found = compare(side(topic("")), side("Resources: {A: {Type: 'AWS::SQS::Queue'}}"), LIVE)
    assert only(found).replacement == "True"
    assert "AWS::SNS::Topic to AWS::SQS::Queue" in found.refused[0]


def test_a_circle_is_refused() -> None:
    text = topic("DisplayName: !Ref B") + "  B: {Type: 'AWS::SNS::Topic', Properties: {DisplayName: !Ref A}}\n"
    found = compare(side(text), side(text), (*LIVE, Resource("B", "b", "AWS::SNS::Topic", "X")))
    assert "circle" in found.refused[0]
    assert changes(found).keys() == {"A", "B"}


# ---- the rest --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ("", "Outputs: {O: {Value: a}}\n", True),
        ("Outputs: {O: {Value: a}}\n", "Outputs: {O: {Value: !Sub a}}\n", False),
        ("Outputs: {O: {Value: !Ref A}}\n", "Outputs: {O: {Value: !Ref A, Export: {Name: e}}}\n", True),
        ("Outputs: {O: {Value: a, Condition: No}}\n", "", False),
        ("Description: a\n", "Description: b\n", False),
    ],
)
def test_outputs_alone(old: str, new: str, changes: bool) -> None:
    head = "Conditions: {No: !Equals [a, b]}\n"
    found = compare(side(topic("", head + old)), side(topic("", head + new)), LIVE)
    assert (found.changes, found.outputs) == ((), changes)


def test_an_unpublished_type_may_be_replaced_by_any_change() -> None:
    old, new = (f"Resources: {{A: {{Type: 'Acme::My::Thing', Properties: {{X: {value}}}}}}}" for value in (1, 2))
    found = only(compare(side(old), side(new), [Resource("A", "a", "Acme::My::Thing", "X")]))
    assert found.replacement == "Conditional"


def test_what_lies_in_a_nested_stack_is_no_resource_of_this_one() -> None:
    assert compare(side(topic("")), side(topic("")), LIVE).changes == ()


_WORDS = st.sampled_from(
    [
        "Ref",
        "Fn::If",
        "Fn::Sub",
        "Fn::GetAtt",
        "Fn::Join",
        "Fn::Select",
        "Fn::Split",
        "Fn::FindInMap",
        "Fn::Cidr",
        "Fn::Length",
        "Fn::ToJsonString",
        "Fn::Equals",
        "Fn::And",
        "Fn::Not",
        "Fn::Base64",
        "Fn::ImportValue",
        "Fn::GetAZs",
        "Fn::Transform",
        "Fn::ForEach::X",
        "Condition",
        "Tags",
        "A",
        "P",
        "C",
    ]
)
_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | _WORDS | st.sampled_from(["${A.B}", "${", "", ","])
_NODES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS, inner, max_size=3), max_leaves=15
)
_SECTIONS = st.dictionaries(st.sampled_from(["A", "P", "C", "Fn::X"]), _NODES, max_size=3)
_RESOURCES = st.dictionaries(
    st.sampled_from(["A", "B"]),
    st.builds(
        lambda type_, node, condition: {"Type": type_, "Properties": node, **condition},
        st.sampled_from(["AWS::SNS::Topic", "AWS::RDS::DBInstance", "Custom::X", "X"]),
        _NODES,
        st.sampled_from(
            [{}, {"Condition": "C"}, {"Condition": ["C"]}, {"DeletionPolicy": {"Ref": "P"}, "Metadata": None}]
        ),
    ),
    min_size=1,
)
_BODIES = st.fixed_dictionaries(
    {"Resources": _RESOURCES},
    optional={
        "Parameters": st.dictionaries(
            st.sampled_from(["P", "C"]),
            st.dictionaries(st.sampled_from(["Type", "Default", "NoEcho"]), _LEAVES),
            max_size=2,
        ),
        "Conditions": _SECTIONS,
        "Mappings": _SECTIONS,
        "Outputs": _SECTIONS,
        "Transform": _LEAVES,
    },
)
_VALUES = st.dictionaries(st.sampled_from(["P", "C"]), st.sampled_from(["a", "a,b", MASKED]), max_size=2)


@given(_BODIES, _BODIES, _VALUES, _VALUES)
def test_no_template_and_no_value_makes_it_stumble(old: Any, new: Any, before: Any, after: Any) -> None:
    sides = [
        Side(Template("here", "", 0, body), values, pseudo=PSEUDO) for body, values in ((old, before), (new, after))
    ]
    found = compare(sides[0], sides[1], LIVE)
    assert {change.logical_id for change in found.changes} <= {"A", "B"}


def test_a_long_chain_of_references_is_followed_to_its_end() -> None:
    names = [f"R{number}" for number in range(1500)]

    def chained(name: str) -> Side:
        chain = {
            logical_id: {"Type": "Custom::X", "Properties": {"ServiceToken": {"Ref": before}}}
            for before, logical_id in pairwise(names)
        }
        first = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}}
        return Side(Template("here", "", 0, {"Resources": {"R0": first, **chain}}), {}, pseudo=PSEUDO)

    live = [Resource(name, name, "Custom::X" if name != "R0" else "AWS::SNS::Topic", "X") for name in names]
    found = compare(chained("a"), chained("b"), live)
    assert [change.replacement for change in found.changes] == ["True"] * len(names)
