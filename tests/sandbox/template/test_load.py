"""Text to template: what is accepted, and the words in which the rest is refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.template.errors import TemplateError
from sandbox.template.load import load
from tests.sandbox.template.world import dump, template_shapes

TOPIC = "Resources:\n  R:\n    Type: AWS::SNS::Topic\n"


def refusal(text: str) -> str:
    with pytest.raises(TemplateError) as caught:
        load(text)
    return caught.value.message


def with_properties(properties: str) -> str:
    return TOPIC + f"    Properties: {properties}\n"


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("!Ref AWS::Region", {"Ref": "AWS::Region"}),
        ("!GetAtt R.TopicArn", {"Fn::GetAtt": ["R", "TopicArn"]}),
        ("!GetAtt [R, A.B]", {"Fn::GetAtt": ["R", "A.B"]}),
        ("!Sub '${R}-x'", {"Fn::Sub": "${R}-x"}),
        ("!Join ['', [a, !Ref R]]", {"Fn::Join": ["", ["a", {"Ref": "R"}]]}),
        ("!Base64 {'Fn::Sub': x}", {"Fn::Base64": {"Fn::Sub": "x"}}),
        ("2012-10-17", "2012-10-17"),
        ("true", True),
        ("7", 7),
    ],
    ids=str,
)
def test_yaml_is_read_as_cloudformation_reads_it(short: str, long: Any) -> None:
    assert load(with_properties(f"{{A: {short}}}"))["Resources"]["R"]["Properties"] == {"A": long}


def test_keys_are_text() -> None:
    assert load(TOPIC + "Mappings: {M: {80: {1: a}}}")["Mappings"] == {"M": {"80": {"1": "a"}}}


def test_json_is_read() -> None:
    body = {"Resources": {"R": {"Type": "AWS::SNS::Topic"}}}
    assert load("\n\t" + json.dumps(body, indent="\t")) == body


def test_plain_types_only() -> None:
    assert {type(value) for value in load(TOPIC)["Resources"]["R"].values()} == {str}


def test_a_billion_laughs_are_refused_before_they_expand() -> None:
    laughs = "a0: &a0 [lol, lol]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    assert refusal(laughs + TOPIC) == "Template error: YAML aliases are not allowed in CloudFormation templates"


def test_an_anchor_alone_is_no_alias() -> None:
    assert load("Description: &d x*y\n" + TOPIC)["Description"] == "x*y"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Resources: [", "Template format error: YAML not well-formed. (line 2, column 1)"),
        ("a: 1\na: 2", "Template format error: YAML not well-formed. (line 1, column 1)"),
        ('{"Resources": ', "Template format error: JSON not well-formed. (line 1, column 15)"),
        ('{"a": 1, "a": 1}', "Template format error: JSON not well-formed. (duplicate key)"),
        ("", "Template format error: At least one Resources member must be defined."),
        ("just text", "Template format error: unsupported structure."),
        ("<html><body>Sign in</body></html>", "Template format error: unsupported structure."),
        ("- 1", "Template format error: unsupported structure."),
        ("Resources: {}", "Template format error: At least one Resources member must be defined."),
        ("Resources:", "[/Resources] 'null' values are not allowed in templates"),
        (with_properties(""), "[/Resources/R/Properties] 'null' values are not allowed in templates"),
        (TOPIC + "Resource: {}", "Invalid template property or properties [Resource]"),
        (TOPIC + "    Propertys: {}", "Invalid template resource property 'Propertys'"),
        (
            "Resources: {R: {Properties: {}}}",
            "Template format error: Every Resources object must contain a Type member.",
        ),
        (TOPIC + "Outputs: {O: {}}", "Template format error: Every Outputs member must contain a Value object"),
        (TOPIC + "Parameters: {P: {}}", "Template format error: Every Parameters object must contain a Type member."),
        (TOPIC.replace("R:", "R-1:"), "Template format error: Resource name R-1 is non alphanumeric."),
        (TOPIC + "Transform: {Name: AWS::Include}", "No transform named AWS::Include found."),
        (TOPIC + "Transform: [Mine]", "No transform named Mine found."),
        (
            with_properties("{A: !Ref Nobody, B: !Sub '${NoOne} ${!Literal} ${AWS::Region}'}"),
            (
                "Template format error: Unresolved resource dependencies [Nobody, NoOne] in the Resources block of the "
                "template"
            ),
        ),
        (
            TOPIC + "    DependsOn: Nobody",
            "Template format error: Unresolved resource dependencies [Nobody] in the Resources block of the template",
        ),
        (
            TOPIC + "Outputs: {O: {Value: !Ref Nobody}}",
            "Template format error: Unresolved resource dependencies [Nobody] in the Outputs block of the template",
        ),
        (
            with_properties("{A: !GetAtt Nobody.Arn}"),
            "Template error: instance of Fn::GetAtt references undefined resource Nobody",
        ),
        (
            TOPIC + "Conditions: {C: !Equals [!Ref R, x]}",
            (
                "Template format error: Unresolved dependencies [R]. Cannot reference resources in the Conditions block of "
                "the template"
            ),
        ),
        (
            TOPIC + "    Condition: Nope",
            "Template format error: Unresolved condition dependency Nope in the Resources block of the template",
        ),
        (
            with_properties("{A: !If [Nope, 1, 2]}"),
            "Template format error: Unresolved condition dependency Nope in the Resources block of the template",
        ),
        (
            TOPIC + "Conditions: {C: !Not [!Condition Nope]}",
            "Template format error: Unresolved condition dependency Nope in the Conditions block of the template",
        ),
        (TOPIC + "Parameters: {P: {Type: String, Defualt: x}}", "Invalid template parameter property 'Defualt'"),
        (
            TOPIC + "Parameters: {P: {Type: CommaDelimitedList, Default: [a]}}",
            "Template format error: Every Default member must be a string.",
        ),
        (TOPIC + "Rules: {X: {}}", "Template format error: [/Rules/X/Assertions] must be a list"),
        (
            TOPIC + "Outputs: {O: {Value: x, Export: {}}}",
            (
                "Template format error: Output O is malformed. The Name field of every Export member must be specified and "
                "consist only of alphanumeric characters, colons, or hyphens."
            ),
        ),
    ],
    ids=lambda value: value[-70:],
)
def test_refusals_are_worded_as_cloudformation_words_them(text: str, message: str) -> None:
    assert refusal(text) == message


def test_an_unknown_function_is_named_with_the_known_ones() -> None:
    message = refusal(with_properties("{A: {'Fn::Shout': x}}"))
    assert message.startswith("Template error: Encountered unsupported function: Fn::Shout Supported functions are: [")


@pytest.mark.parametrize("function", ["Fn::Length", "Fn::ToJsonString", "Fn::Transform"])
def test_functions_of_transforms_are_refused(function: str) -> None:
    assert f"unsupported function: {function} " in refusal(with_properties(f"{{A: {{'{function}': []}}}}"))


def test_what_transforms_may_put_right_is_let_pass_until_they_are_run() -> None:
    text = "Transform: AWS::LanguageExtensions\nGlobals: {}\nResources: {'Fn::ForEach::Topics': [A, [B], {}]}\n"
    assert set(load(text)) == {"Transform", "Globals", "Resources"}
    assert refusal(text + "Sources: {}") == "Invalid template property or properties [Sources]"


def test_five_hundred_resources_are_the_limit() -> None:
    body = {"Resources": {f"R{n}": {"Type": "AWS::SNS::Topic"} for n in range(500)}}
    assert len(load(json.dumps(body))["Resources"]) == 500
    body["Resources"]["R"] = {"Type": "AWS::SNS::Topic"}
    expected = "Template format error: Number of resources, 501, is greater than maximum allowed, 500"
    assert refusal(json.dumps(body)) == expected


def test_what_is_nested_too_deeply_is_refused() -> None:
    assert refusal("[" * 5000) != ""
    deep = '{"Resources": {"R": {"Type": "T", "Properties": ' + '{"A": ' * 5000 + "1" + "}" * 5003
    assert refusal(deep) == "Template format error: the template is nested too deeply."


@given(template_shapes)
def test_any_structure_is_a_template_or_a_template_error(body: dict[str, Any]) -> None:
    try:
        loaded = load(dump(body))
    except TemplateError:
        return
    assert loaded["Resources"]


@given(st.text(max_size=60))
def test_any_text_is_a_template_or_a_template_error(text: str) -> None:
    with pytest.raises(TemplateError):
        load(text)
