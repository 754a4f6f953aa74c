"""Parameters: which value counts, what Ref gives, what is refused in which words."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.engine.parameters import Parameters, resolve
from sandbox.template.errors import TemplateError


def resolved(declared: dict[str, Any], *entries: dict[str, Any], previous: dict[str, str] | None = None) -> Parameters:
    return resolve({"Parameters": declared}, entries, previous, lambda name: f"a,{name}")


def value(key: str, text: str) -> dict[str, Any]:
    return {"ParameterKey": key, "ParameterValue": text}


def previous(key: str) -> dict[str, Any]:
    return {"ParameterKey": key, "UsePreviousValue": True}


STRING = {"P": {"Type": "String", "Default": 5}}


def test_given_before_previous_before_default() -> None:
    assert resolved(STRING).values == {"P": "5"}
    assert resolved(STRING, value("P", "x"), previous={"P": "old"}).values == {"P": "x"}
    assert resolved(STRING, previous("P"), previous={"P": "old"}).values == {"P": "old"}


def test_a_parameter_not_mentioned_in_an_update_falls_back_to_its_default() -> None:
    assert resolved(STRING, previous={"P": "old"}).values == {"P": "5"}


@pytest.mark.parametrize(
    ("kind", "given_value", "expected"),
    [
        ("String", "a,b", "a,b"),
        ("Number", "5", "5"),
        ("CommaDelimitedList", "a, b ,c", ["a", "b", "c"]),
        ("CommaDelimitedList", "", [""]),
        ("List<Number>", "1,2", ["1", "2"]),
        ("List<AWS::EC2::Subnet::Id>", "s-1,s-2", ["s-1", "s-2"]),
        ("AWS::EC2::VPC::Id", "vpc-1", "vpc-1"),
        ("AWS::SSM::Parameter::Value<String>", "/name", "a,/name"),
        ("AWS::SSM::Parameter::Value<List<String>>", "/name", ["a", "/name"]),
        ("AWS::SSM::Parameter::Name", "/name", "/name"),
    ],
)
def test_what_ref_gives(kind: str, given_value: str, expected: Any) -> None:
    found = resolved({"P": {"Type": kind}}, value("P", given_value))
    assert found.resolved == {"P": expected}
    assert found.values == {"P": given_value}
    assert found.ssm == ({"P": "a,/name"} if "Value<" in kind else {})


def test_no_echo_names_are_told() -> None:
    declared = {
        "A": {"Type": "String", "NoEcho": True},
        "B": {"Type": "String", "NoEcho": "true"},
        "C": {"Type": "String"},
    }
    assert resolved(declared, value("A", "1"), value("B", "2"), value("C", "3")).no_echo == {"A", "B"}


@pytest.mark.parametrize(
    ("declared", "entries", "message"),
    [
        ({}, [value("X", "1"), value("Y", "1")], "Parameters: [X, Y] do not exist in the template"),
        ({"P": {"Type": "String"}}, [], "Parameters: [P] must have values"),
        (STRING, [value("P", "1"), value("P", "2")], "Duplicate input for parameter key P"),
        (
            STRING,
            [previous("P")],
            (
                "Invalid input for parameter key P. Cannot specify usePreviousValue as true for a parameter key not in the "
                "previous template"
            ),
        ),
        (
            STRING,
            [{**previous("P"), "ParameterValue": "x"}],
            (
                "Invalid input for parameter key P. Cannot specify usePreviousValue as true and non empty value for a "
                "parameter"
            ),
        ),
        (
            {"P": {"Type": "String", "AllowedValues": ["a", 1, True]}},
            [value("P", "b")],
            "Parameter 'P' must be one of AllowedValues",
        ),
        (
            {"P": {"Type": "CommaDelimitedList", "AllowedValues": ["a"]}},
            [value("P", "a,b")],
            "Parameter 'P' must be one of AllowedValues",
        ),
        ({"P": {"Type": "Number"}}, [value("P", "five")], "Parameter 'P' must be a number"),
        ({"P": {"Type": "List<Number>"}}, [value("P", "1,b")], "Parameter 'P' must be a number"),
        (
            {"P": {"Type": "Number", "MinValue": 20}},
            [value("P", "19.5")],
            "Parameter 'P' must be a number not less than 20",
        ),
        (
            {"P": {"Type": "Number", "MaxValue": "20"}},
            [value("P", "21")],
            "Parameter 'P' must be a number not greater than 20",
        ),
        (
            {"P": {"Type": "String", "MinLength": 2}},
            [value("P", "a")],
            "Parameter 'P' must contain at least 2 characters",
        ),
        (
            {"P": {"Type": "String", "MaxLength": 2}},
            [value("P", "abc")],
            "Parameter 'P' must contain at most 2 characters",
        ),
        (
            {"P": {"Type": "String", "AllowedPattern": "[a-z]+"}},
            [value("P", "abc1")],
            "Parameter 'P' must match pattern [a-z]+",
        ),
        (
            {"P": {"Type": "String", "AllowedPattern": "[a-z]+", "ConstraintDescription": "letters only"}},
            [value("P", "1")],
            "Parameter P failed to satisfy constraint: letters only",
        ),
        (
            {"P": {"Type": "String", "AllowedPattern": "["}},
            [value("P", "1")],
            "Template format error: AllowedPattern of parameter P is not a valid regular expression",
        ),
        ({"P": {"Type": "Text"}}, [value("P", "1")], "Template format error: Unrecognized parameter type: Text"),
        (
            {"P": {"Type": "String", "Default": "x", "AllowedValues": ["a"]}},
            [],
            "Parameter 'P' must be one of AllowedValues",
        ),
    ],
)
def test_refusals_are_worded_as_cloudformation_words_them(
    declared: dict[str, Any], entries: list[dict[str, Any]], message: str
) -> None:
    with pytest.raises(TemplateError) as caught:
        resolved(declared, *entries)
    assert caught.value.message == message


def test_an_empty_previous_value_is_a_value() -> None:
    assert resolved({"P": {"Type": "String"}}, previous("P"), previous={"P": ""}).values == {"P": ""}


def test_what_is_allowed_passes() -> None:
    declared = {
        "A": {"Type": "String", "AllowedValues": ["a", 1, True]},
        "B": {"Type": "Number", "MinValue": 20, "MaxValue": 20},
        "C": {"Type": "String", "AllowedPattern": "^(|a.*)$", "MaxLength": 2},
    }
    given_values = {"A": "true", "B": "20", "C": ""}
    assert resolved(declared, *(value(key, text) for key, text in given_values.items())).resolved == given_values


KINDS = st.sampled_from(["String", "Number", "CommaDelimitedList", "List<Number>", "AWS::EC2::VPC::Id"])


@given(KINDS, st.text(max_size=8))
def test_any_text_is_a_value_or_a_template_error(kind: str, text: str) -> None:
    try:
        found = resolved({"P": {"Type": kind}}, value("P", text))
    except TemplateError as error:
        found = resolved({"P": {"Type": "String"}}, value("P", error.message))
    assert found.values.keys() == {"P"}


@pytest.mark.parametrize("pattern", ["\\p{L}+", "(?<word>[a-z]+)", "[a-z&&[^b]]+"])
def test_a_pattern_only_java_understands_is_taken_to_match(pattern: str) -> None:
    body = {"Parameters": {"P": {"Type": "String", "AllowedPattern": pattern}}}

    assert resolve(body, [value("P", "abc")], None, str).values == {"P": "abc"}
