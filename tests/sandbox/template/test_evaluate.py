"""What every intrinsic function gives, and that nothing but a TemplateError comes of a wrong one."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.template.errors import TemplateError
from sandbox.template.evaluate import UNKNOWN, Evaluator
from sandbox.template.graph import dependencies, waves
from sandbox.template.load import load
from tests.sandbox.template.world import PSEUDO, FakeWorld, dump, evaluator, template_shapes

TEMPLATE = """
Parameters:
  Name: {Type: String}
  Names: {Type: CommaDelimitedList}
  Empty: {Type: String}
Mappings:
  Sizes: {us-east-1: {small: 5, zones: [x, y]}, eu-west-1: {small: 6}}
  Regions: {ship: {region: us-east-1}}
Conditions:
  Holds: !Equals [!Ref Name, hull]
  Fails: !Not [!Condition Holds]
  Both: !And [!Condition Holds, !Condition Fails]
  Either: !Or [!Condition Holds, !Condition Fails]
  Number: !Equals [1, '1']
  Truth: !Equals [true, 'true']
  Joined: !Equals [!Join ['', !Ref Names], abc]
Resources:
"""
PARAMETERS = {"Name": "hull", "Names": ["a", "b", "c"], "Empty": ""}


def value(expression: str, unknown: str = "") -> Any:
    text = TEMPLATE + f"  X: {{Type: T, Properties: {{V: {expression}}}}}\n"
    return evaluator(text, PARAMETERS, unknown).properties("X").get("V", "left out")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("!Ref Name", "hull"),
        ("!Ref Names", ["a", "b", "c"]),
        ("!Ref AWS::Region", "us-east-1"),
        ("!Ref R", "R-id"),
        ("!Ref AWS::NoValue", "left out"),
        ("[1, !Ref AWS::NoValue, 2]", [1, 2]),
        ("{K: !Ref AWS::NoValue, L: 1}", {"L": 1}),
        ("!GetAtt R.TopicArn", "R/TopicArn"),
        ("!GetAtt R.Outputs.Deep.Name", "R/Outputs.Deep.Name"),
        ("{'Fn::GetAtt': [R, !Ref Name]}", "R/hull"),
        ("{'Fn::GetAtt': R.A.B}", "R/A.B"),
        ("!Sub '${Name}-${R}-${R.Arn}-${AWS::Region}'", "hull-R-id-R/Arn-us-east-1"),
        ("!Sub 'keep ${!Literal} and ${ Name }'", "keep ${Literal} and hull"),
        ("!Sub ['${Name} ${Mine}', {Mine: !GetAtt R.X, Name: own}]", "own R/X"),
        ("!Join ['-', [a, 1, true, 2.5, !Ref Name]]", "a-1-true-2.5-hull"),
        ("!Join [',', !Ref Names]", "a,b,c"),
        ("!Join ['', [a, !Ref AWS::NoValue]]", "a"),
        ("!Select [1, !Ref Names]", "b"),
        ("!Select ['2', [a, b, !Ref Name]]", "hull"),
        ("!Select [0, !GetAZs '']", "us-east-1a"),
        ("!GetAZs {Ref: AWS::Region}", ["us-east-1a", "us-east-1b", "us-east-1c"]),
        ("!GetAZs eu-west-1", ["eu-west-1a", "eu-west-1b", "eu-west-1c"]),
        ("!Split [',', 'a,b']", ["a", "b"]),
        ("!Select [1, !Split ['/', 'x/y']]", "y"),
        ("!FindInMap [Sizes, us-east-1, small]", 5),
        ("!FindInMap [Sizes, !Ref AWS::Region, zones]", ["x", "y"]),
        ("!FindInMap [Sizes, !FindInMap [Regions, !Ref AWS::StackName, region], small]", 5),
        ("!FindInMap [Sizes, mars, small, {DefaultValue: !Ref Name}]", "hull"),
        ("!FindInMap [Sizes, us-east-1, small, {DefaultValue: 9}]", 5),
        ("!If [Holds, !Ref Name, !Ref R]", "hull"),
        ("!If [Fails, 1, !Ref AWS::NoValue]", "left out"),
        ("!If [Both, 1, !If [Either, 2, 3]]", 2),
        ("!If [Number, !If [Truth, !If [Joined, all, x], x], x]", "all"),
        ("!Base64 hull", "aHVsbA=="),
        ("!Base64 {'Fn::Sub': '${Name}'}", "aHVsbA=="),
        ("!Cidr [10.0.0.0/16, 3, 8]", ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"]),
        ("!Select [1, !Cidr [10.0.0.0/24, '2', '7']]", "10.0.0.128/25"),
        ("!Cidr ['2001:db8::/56', 1, 64]", ["2001:db8::/64"]),
        ("!ImportValue {'Fn::Sub': '${Name}-port'}", "exported hull-port"),
        ("'{{resolve:secretsmanager:a:SecretString:b}}'", "{{resolve:secretsmanager:a:SecretString:b}}"),
        ("{Condition: {StringEquals: {a: b}}}", {"Condition": {"StringEquals": {"a": "b"}}}),
    ],
    ids=str,
)
def test_functions(expression: str, expected: Any) -> None:
    assert value(expression) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "!Ref R",
        "!GetAtt R.Arn",
        "!Sub 'x${R}y'",
        "!Sub ['${V}', {V: !GetAtt R.Arn}]",
        "!Join ['', [a, !Ref R]]",
        "!Join ['', !Split [',', !Ref R]]",
        "!Split [',', !Ref R]",
        "!Select [0, !Split [',', !Ref R]]",
        "!Select [0, [!Ref R, a]]",
        "!Base64 {Ref: R}",
        "!Cidr [!GetAtt R.Block, 2, 8]",
        "!FindInMap [Sizes, !Ref R, small]",
        "!ImportValue {Ref: R}",
        "!GetAZs {Ref: R}",
    ],
    ids=str,
)
def test_what_is_built_from_the_unknown_is_wholly_unknown(expression: str) -> None:
    assert value(expression, unknown="R") == UNKNOWN


def test_the_structure_around_the_unknown_stays() -> None:
    assert value("{A: [!Ref R, x], B: {C: !Sub '${R}'}, D: !Select [1, [!Ref R, y]]}", unknown="R") == {
        "A": [UNKNOWN, "x"],
        "B": {"C": UNKNOWN},
        "D": "y",
    }


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("!Ref [a]", "Template error: every Ref object must have a single String value."),
        ("!Select [3, !Ref Names]", "Template error: Fn::Select cannot select nonexistent value at index 3"),
        ("!Select [-1, !Ref Names]", "Template error: Fn::Select requires a list argument with two elements: "),
        ("!Join [a]", "Template error: every Fn::Join object requires two parameters, "),
        ("!Join ['', [{a: b}]]", "Template error: every Fn::Join object requires two parameters, "),
        ("!Split ['', x]", "Template error: every Fn::Split object requires two parameters, "),
        ("!Sub [a]", "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments."),
        ("!Sub '${Names}'", "Template error: variable Names in Fn::Sub expression does not resolve to a string"),
        ("!If [Holds, 1]", "Template error: Fn::If requires a list argument with three elements"),
        ("!FindInMap [Sizes, mars, small]", "Template error: Unable to get mapping for Sizes::mars::small"),
        ("!FindInMap [Sizes]", "Template error: every Fn::FindInMap object requires three parameters, "),
        ("!Base64 [a]", "Template error: every Fn::Base64 object must have a String-typed value."),
        ("!Cidr [10.0.0.0/30, 200, 8]", "Template error: Fn::Cidr requires "),
        ("{'Fn::GetAtt': [R]}", "Template error: every Fn::GetAtt object requires two non-empty parameters, "),
        ("{Ref: R, 'Fn::Sub': x}", "Template error: Encountered unsupported function: Fn::Sub Supported"),
        ("!ImportValue [a]", "Template error: the attribute in Fn::ImportValue must be a string or "),
    ],
    ids=str,
)
def test_wrong_arguments_are_told_in_cloudformations_words(expression: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        value(expression)
    assert caught.value.message.startswith(message)


CONDITIONAL = """
Conditions: {Never: !Equals [a, b]}
Outputs:
  Kept: {Value: !Ref R, Description: d, Export: {Name: !Sub '${AWS::StackName}-x'}}
  Dropped: {Value: !Ref Gone, Condition: Never}
Resources:
  Gone: {Type: T, Condition: Never}
"""


def test_a_false_condition_removes_resources_and_outputs() -> None:
    found = evaluator(CONDITIONAL)
    assert found.active() == ("R", "Other")
    assert found.outputs() == {"Kept": {"Value": "R-id", "Description": "d", "Export": {"Name": "ship-x"}}}


def test_an_output_may_not_read_what_a_condition_removed() -> None:
    found = evaluator(CONDITIONAL.replace("Ref Gone, Condition: Never", "Ref Gone"))
    with pytest.raises(TemplateError, match=r"Unresolved resource dependencies \[Gone\] in the Outputs block"):
        found.outputs()


def test_a_property_may_not_read_what_a_condition_removed() -> None:
    found = evaluator(CONDITIONAL + "  X: {Type: T, Properties: {A: !Ref Gone}}\n")
    with pytest.raises(TemplateError, match=r"Unresolved resource dependencies \[Gone\] in the Resources block"):
        found.properties("X")


def test_conditions_that_need_each_other_are_refused() -> None:
    found = evaluator("Conditions: {A: !Not [!Condition B], B: !Not [!Condition A]}")
    with pytest.raises(TemplateError, match=r"Circular dependency between conditions: \[A, B\]"):
        found.condition("A")


@pytest.mark.parametrize("expression", ["yes", "!Ref AWS::Region", "!Equals [a]", "!And [!Equals [a, a]]", "!Not []"])
def test_a_condition_is_a_boolean_function(expression: str) -> None:
    with pytest.raises(TemplateError):
        evaluator(f"Conditions: {{C: {expression}}}").condition("C")


def test_other_attributes_are_resolved_too() -> None:
    extra = "  X: {Type: T, DeletionPolicy: Retain, Metadata: {At: !Ref AWS::Region}, UpdatePolicy: {A: {B: !Ref R}}}\n"
    assert evaluator("Resources:\n" + extra).attributes("X") == {
        "DeletionPolicy": "Retain",
        "UpdatePolicy": {"A": {"B": "R-id"}},
        "Metadata": {"At": "us-east-1"},
    }


def test_masking_hides_what_is_built_from_a_secret_and_takes_the_same_branches() -> None:
    text = (
        "Parameters: {Secret: {Type: String, NoEcho: true}}\n"
        "Conditions: {IsSet: !Equals [!Ref Secret, hunter2]}\n"
        "Resources:\n  X: {Type: T, Properties: {A: !Ref Secret, B: !Sub 'x${Secret}', C: !If [IsSet, 1, 2], D: plain,"
        " E: !Select [1, !Split [n, !Ref Secret]], F: !Base64 {Ref: Secret}}}\n"
    )
    found = evaluator(text, {"Secret": "hunter2"})
    assert found.properties("X")["E"] == "ter2"
    hidden = "****"
    shown = {"A": hidden, "B": hidden, "C": 1, "D": "plain", "E": hidden, "F": hidden}
    assert found.masked({"Secret"}).properties("X") == shown


def test_four_stars_are_an_ordinary_value_unless_masked() -> None:
    assert value("!Join ['', ['****', b]]") == "****b"


FUNCTIONS = """
Ref Fn::GetAtt Fn::Sub Fn::If Fn::Join Fn::Split Fn::Select Fn::FindInMap Fn::Base64 Fn::Cidr Fn::GetAZs Fn::ImportValue
"""
leaves = st.sampled_from(
    ["R", "Holds", "Name", "${Name}", "Sizes", "us-east-1", ",", "", "10.0.0.0/16", UNKNOWN, 0, 1, True]
)
nodes = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*FUNCTIONS.split(), "K"]), inner, min_size=1, max_size=2)
    ),
    max_leaves=12,
)


def outcome(judge: Callable[[], Any]) -> str:
    """What comes of it, in words. Anything but a value or a TemplateError escapes."""
    try:
        return f"a value: {judge()}"
    except TemplateError as error:
        return error.message


@given(nodes)
def test_any_expression_has_a_value_or_is_a_template_error(node: Any) -> None:
    body = load(TEMPLATE + "  R: {Type: T}\n")
    found = Evaluator(body, PARAMETERS, PSEUDO, FakeWorld(frozenset({"Name"})))
    assert outcome(lambda: found.value(node))
    assert outcome(lambda: found.reduced(node))


def everything(body: dict[str, Any]) -> list[Any]:
    loaded = load(dump(body))
    found = Evaluator(loaded, dict.fromkeys(loaded.get("Parameters", {}), "x"), PSEUDO, FakeWorld())
    resources = [(found.properties(name), found.attributes(name)) for name in found.active()]
    return [resources, found.outputs(), found.check_rules(), waves(dependencies(found))]


@given(template_shapes)
def test_any_template_has_values_or_is_a_template_error(body: dict[str, Any]) -> None:
    assert outcome(lambda: everything(body))
