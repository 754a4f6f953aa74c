"""Loops and early functions, as AWS documents them, and as it was seen to do where it documents something else."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sandbox.template.errors import TemplateError
from sandbox.template.extensions import LOOP, extend
from tests.sandbox.template.world import PSEUDO, template_shapes

PARAMETERS = {"Names": ["Alpha", "Beta"], "Stage": "prod", "Text": "a,b"}
MAPPINGS = """
Mappings:
  Zones: {us-east-1: {Names: [One, Two]}, Gate: {B: IsProd}}
"""


def extended(text: str) -> dict[str, Any]:
    return extend(yaml.safe_load(text), PARAMETERS, PSEUDO)


def properties(text: str) -> Any:
    return extended(f"Resources: {{R: {{Type: T, Properties: {text}}}}}{MAPPINGS}")["Resources"]["R"]["Properties"]


def looped(loop: str) -> Any:
    return extended(f"Resources: {{'Fn::ForEach::L': {loop}}}{MAPPINGS}")["Resources"]


def refusal(text: str) -> str:
    with pytest.raises(TemplateError) as caught:
        extended(text)
    return caught.value.message


@pytest.mark.parametrize(
    ("collection", "names"),
    [
        ("[Alpha, Beta]", ["Alpha", "Beta"]),
        ("{Ref: Names}", ["Alpha", "Beta"]),
        ("{'Fn::FindInMap': [Zones, {Ref: 'AWS::Region'}, Names]}", ["One", "Two"]),
        ("{'Fn::Split': [',', {Ref: Text}]}", ["a", "b"]),
        ("[{Ref: Stage}, 7]", ["prod", "7"]),
        ("[]", []),
    ],
    ids=str,
)
def test_a_loop_makes_a_member_of_every_item(collection: str, names: list[str]) -> None:
    assert looped(f"[Id, {collection}, {{'T${{Id}}': {{Type: T}}}}]") == {f"T{name}": {"Type": "T"} for name in names}


def test_every_member_of_the_fragment_is_made() -> None:
    assert list(looped("[Id, [A, B], {'X${Id}': {Type: T}, '${Id}Y': {Type: T}}]")) == ["XA", "AY", "XB", "BY"]


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ("{Ref: Id}", "a-1"),
        ("{'Fn::Sub': 'x-${Id}'}", "x-a-1"),
        ("{'Fn::Sub': '${Id}/${Other}'}", {"Fn::Sub": "a-1/${Other}"}),
        ("{'Fn::Sub': '${!Id}${Id}'}", "${Id}a-1"),
        ("{'Fn::Sub': ['${Id}${V}', {V: {Ref: Id}}]}", {"Fn::Sub": ["a-1${V}", {"V": "a-1"}]}),
        ("{Ref: {'Fn::Sub': 'T${Id}'}}", {"Ref": "Ta-1"}),
        ("{'Fn::GetAtt': [{'Fn::Sub': 'T${Id}'}, Arn]}", {"Fn::GetAtt": ["Ta-1", "Arn"]}),
        ("[{Ref: Other}]", [{"Ref": "Other"}]),
        ("'${Id}'", "${Id}"),
        ("{'Fn::Sub': '&{Id}'}", {"Fn::Sub": "&{Id}"}),
        ("{'${Id}': 1}", {"${Id}": 1}),
    ],
    ids=str,
)
def test_the_identifier_stands_for_the_item_in_ref_and_sub_alone(written: str, made: Any) -> None:
    found = looped(f"[Id, [a-1], {{'T&{{Id}}': {{Type: T, Properties: {{P: {written}, Q: 1}}}}}}]")
    assert found == {"Ta1": {"Type": "T", "Properties": {"P": made, "Q": 1}}}


def test_loops_in_loops_see_both_identifiers() -> None:
    inner = "[In, [{'Fn::Sub': '${Out}1'}, '2'], {'${Out}x${In}': {Type: {Ref: In}}}]"
    assert looped(f"[Out, [A, B], {{'Fn::ForEach::I': {inner}}}]") == {
        "AxA1": {"Type": "A1"},
        "Ax2": {"Type": "2"},
        "BxB1": {"Type": "B1"},
        "Bx2": {"Type": "2"},
    }


def test_loops_make_conditions_outputs_and_properties_too() -> None:
    found = extended(
        """
        Conditions:
          Fn::ForEach::C: [Id, [A], {'Is${Id}': {'Fn::Equals': [{Ref: Id}, {Ref: Stage}]}}]
        Resources:
          R: {Type: T, Properties: {Kept: 1, 'Fn::ForEach::P': [Id, [X, Y], {'P${Id}': {Ref: Id}}]}}
        Outputs:
          Fn::ForEach::O: [Id, [A], {'O${Id}': {Value: {Ref: Id}}}]
        """
    )
    assert found == {
        "Conditions": {"IsA": {"Fn::Equals": ["A", {"Ref": "Stage"}]}},
        "Resources": {"R": {"Type": "T", "Properties": {"Kept": 1, "PX": "X", "PY": "Y"}}},
        "Outputs": {"OA": {"Value": "A"}},
    }


@pytest.mark.parametrize(
    ("loop", "message"),
    [
        ("[Id, [A]]", "Fn::ForEach layout is incorrect"),
        ("[Id, A, {'${Id}': {}}]", "Fn::ForEach layout is incorrect"),
        ("[[Id], [A], {}]", "Fn::ForEach layout is incorrect"),
        ("{}", "Fn::ForEach layout is incorrect"),
        (
            "[Id, {'Fn::GetAtt': [R, Names]}, {}]",
            "Could not find a collection or could not be resolved for Fn::ForEach",
        ),
        ("[Id, {Ref: Stage}, {}]", "Could not find a collection or could not be resolved for Fn::ForEach"),
        ("[Id, [[A]], {}]", "Could not find a collection or could not be resolved for Fn::ForEach"),
        ("[Id, [A, B], {Same: {}}]", "Duplicate key 'Same' when merging keys to parent object in Fn::ForEach"),
        (
            "[Id, [a], {'${Id}': {}, '&{Id}': {}}]",
            "Duplicate key 'a' when merging keys to parent object in Fn::ForEach",
        ),
        ("[Id, [R], {'${Id}': {}}]", "Duplicate key 'R' when merging keys to parent object in Fn::ForEach"),
    ],
)
def test_a_loop_that_can_not_be_carried_out_is_refused(loop: str, message: str) -> None:
    assert refusal(f"Resources: {{R: {{Type: T}}, 'Fn::ForEach::L': {loop}}}") == message


def test_loops_in_loops_come_to_an_end() -> None:
    items = [str(item) for item in range(400)]
    inner = ["In", items, {"R${Out}x${In}": {}}]
    with pytest.raises(TemplateError, match="More than 500 members"):
        extend({"Resources": {"Fn::ForEach::O": ["Out", items, {"Fn::ForEach::I": inner}]}}, {}, PSEUDO)


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ("{P: {'Fn::Length': [1, {Ref: Stage}]}, Q: 1}", {"P": 2, "Q": 1}),
        ("{P: {'Fn::Length': {Ref: Names}}}", {"P": 2}),
        ("{P: {'Fn::Length': {'Fn::Split': ['|', 'a|b|c']}}}", {"P": 3}),
        ("{P: {'Fn::ToJsonString': {a: {Ref: Names}, b: é}}}", {"P": '{"a":["Alpha","Beta"],"b":"é"}'}),
        ("{P: {'Fn::ToJsonString': [{Ref: R}]}}", {"P": {"Fn::ToJsonString": [{"Ref": "R"}]}}),
        (
            "{P: {'Fn::ToJsonString': [{'Fn::Length': [1]}, {'Fn::ImportValue': x}]}}",
            {"P": {"Fn::ToJsonString": [1, {"Fn::ImportValue": "x"}]}},
        ),
        ("{P: {'Fn::FindInMap': [Zones, {Ref: 'AWS::Region'}, Names]}}", {"P": ["One", "Two"]}),
        ("{P: {'Fn::FindInMap': [Zones, {Ref: Stage}, Names, {DefaultValue: [Three]}]}}", {"P": ["Three"]}),
        ("{P: {'Fn::FindInMap': [Zones, no, no, {DefaultValue: {Ref: 'AWS::NoValue'}}]}, Q: 1}", {"Q": 1}),
        ("{P: {'Fn::FindInMap': [Zones, {Ref: R}, x]}}", {"P": {"Fn::FindInMap": ["Zones", {"Ref": "R"}, "x"]}}),
        ("{P: {Ref: {'Fn::Join': ['', [R, '1']]}}}", {"P": {"Ref": "R1"}}),
        ("{P: {'Fn::GetAtt': [{'Fn::Sub': 'R${Stage}'}, Arn]}}", {"P": {"Fn::GetAtt": ["Rprod", "Arn"]}}),
        ("{P: {Ref: Stage}, Q: {'Fn::Sub': '${R}'}}", {"P": {"Ref": "Stage"}, "Q": {"Fn::Sub": "${R}"}}),
    ],
    ids=str,
)
def test_functions_of_the_extensions_are_resolved_where_that_can_be_done(written: str, made: Any) -> None:
    assert properties(written) == made


def test_a_length_nobody_knows_yet_is_refused() -> None:
    message = "The Fn::Length value could not be resolved for properties"
    assert refusal("Outputs: {O: {Value: {'Fn::Length': {'Fn::GetAtt': [R, Names]}}}}") == message


def test_policies_may_be_functions() -> None:
    found = extended(
        """
        Conditions: {IsProd: {'Fn::Equals': [{Ref: Stage}, prod]}}
        Resources:
          R:
            Type: T
            DeletionPolicy: {'Fn::If': [IsProd, Retain, Delete]}
            UpdateReplacePolicy: {Ref: Stage}
        """
    )
    assert found["Resources"]["R"] == {"Type": "T", "DeletionPolicy": "Retain", "UpdateReplacePolicy": "prod"}


def test_a_condition_may_come_out_of_a_mapping() -> None:
    default = "{DefaultValue: {Ref: 'AWS::NoValue'}}"
    condition = f"{{'Fn::FindInMap': [Zones, Gate, {{Ref: Id}}, {default}]}}"
    found = looped(f"[Id, [A, B], {{'T${{Id}}': {{Type: T, Condition: {condition}}}}}]")
    assert found == {"TA": {"Type": "T"}, "TB": {"Type": "T", "Condition": "IsProd"}}


def test_other_sections_are_left_alone() -> None:
    body = {"Metadata": {f"{LOOP}M": 1, "Fn::Length": [1]}, "Resources": {"R": {"Type": "T"}}}
    assert extend(body, {}, PSEUDO) == body


@given(template_shapes)
def test_without_its_functions_a_template_stays_as_it_is(body: dict[str, Any]) -> None:
    sections = ("Conditions", "Resources", "Outputs", "Mappings")
    whole = {name: section for name, section in body.items() if name not in sections or isinstance(section, dict)}
    assert extend(whole, {"P": "x"}, PSEUDO) == whole


_words = st.sampled_from(
    ["A", "B-1", "Id", "${Id}", "X&{Id}", "Names", "Text", "Zones", "AWS::NoValue", "Ref", "Fn::Sub", "Fn::Length",
     "Fn::FindInMap", "Fn::ToJsonString", "Fn::GetAtt", "Fn::Join", "Fn::If", f"{LOOP}L", f"{LOOP}M", "DefaultValue"]
)  # fmt: skip
_expressions = st.one_of(
    st.just({"Ref": "Names"}),
    st.just({"Ref": "Id"}),
    st.just({"Fn::Sub": "${Id}x"}),
    st.just({"Fn::Split": [",", "a,b"]}),
)
_anything = st.recursive(
    _words | st.integers() | st.booleans() | _expressions,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(_words, inner, max_size=3)
        | st.tuples(
            _words, st.lists(_words, max_size=3) | _expressions, st.dictionaries(_words, inner, max_size=2)
        ).map(lambda loop: {f"{LOOP}{loop[0]}": list(loop)})
    ),
    max_leaves=20,
)
_sections = st.dictionaries(_words, _anything, max_size=3)


@given(st.fixed_dictionaries({"Resources": _sections, "Conditions": _sections, "Outputs": _sections}))
def test_any_loop_is_carried_out_or_a_template_error(body: dict[str, Any]) -> None:
    try:
        made = extend(body, PARAMETERS, PSEUDO)
    except TemplateError:
        return
    assert LOOP not in str(made) or LOOP in str([*_texts(body)])


def _texts(node: Any) -> Any:
    """Every text in a node that is no key of an object: what may look like a loop and is none."""
    if isinstance(node, dict):
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from _texts(child)
    else:
        yield node
