"""What only CloudFormation makes is named, wherever it is asked for."""

import json
from typing import Any

import pytest

from upgrade.facts.stack import Template
from upgrade.template.macros import is_processed, macros, makers, unseen
from upgrade.template.read import parse

TOPIC = {"Type": "AWS::SNS::Topic"}
SAM, EXTENSIONS = "AWS::Serverless-2016-10-31", "AWS::LanguageExtensions"
INCLUDE = {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/k"}}
LOOP = {"Fn::ForEach::Topics": ["Name", ["A", "B"], {"${Name}": TOPIC}]}


def read(**body: Any) -> Template:
    return parse(json.dumps({"Resources": {"Topic": TOPIC}, **body}).encode(), "here")


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({}, ()),
        ({"Transform": SAM}, (SAM,)),
        ({"Transform": [EXTENSIONS, SAM]}, (SAM,)),
        ({"Transform": INCLUDE}, ("AWS::Include",)),
        ({"Transform": [INCLUDE, "Own"]}, ("AWS::Include", "Own")),
        ({"Fn::Transform": INCLUDE}, ("AWS::Include",)),
        ({"Resources": {"Fn::Transform": INCLUDE}}, ("AWS::Include",)),
        ({"Resources": {"A": {**TOPIC, "Properties": {"Fn::Transform": {"Name": "Own"}}}}}, ("Own",)),
    ],
    ids=str,
)
def test_macros_are_named(body: dict[str, Any], names: tuple[str, ...]) -> None:
    assert macros(read(**body)) == names


@pytest.mark.parametrize(
    ("body", "more"),
    [
        ({}, False),
        ({"Transform": EXTENSIONS}, False),
        ({"Transform": SAM}, True),
        ({"Transform": [INCLUDE]}, True),
        ({"Transform": EXTENSIONS, "Resources": LOOP}, True),
        ({"Transform": EXTENSIONS, "Outputs": {"Fn::ForEach::O": []}}, False),
        ({"Resources": {"A": {**TOPIC, "Properties": {"Fn::Transform": INCLUDE}}}}, False),
    ],
    ids=str,
)
def test_where_more_may_stand_than_is_written(body: dict[str, Any], more: bool) -> None:
    assert bool(makers(read(**body), "Resources")) is more


@pytest.mark.parametrize(
    ("body", "other"),
    [
        ({}, False),
        ({"Transform": EXTENSIONS}, True),
        ({"Fn::Transform": INCLUDE}, True),
        ({"Resources": {"A": {**TOPIC, "Properties": {"Fn::Transform": INCLUDE}}}}, True),
    ],
    ids=str,
)
def test_what_cloudformation_makes_another_template_of(body: dict[str, Any], other: bool) -> None:
    assert is_processed(read(**body)) is other


def test_what_is_hidden_is_said_in_words() -> None:
    assert unseen(read()) == ""
    assert unseen(read(Transform=[SAM, EXTENSIONS], Resources=LOOP)) == (
        f"what macro {SAM} makes of it and what its Fn::ForEach loops make"
    )


@pytest.mark.parametrize(
    "body",
    [
        {"Transform": INCLUDE},
        {"Fn::Transform": INCLUDE},
        {"Fn::Transform": INCLUDE, "Resources": {}},
        {"Resources": {"A": {"Fn::Transform": INCLUDE}}, "Transform": []},
    ],
    ids=str,
)
def test_what_only_a_macro_makes_is_readable(body: dict[str, Any]) -> None:
    assert parse(json.dumps(body).encode(), "here").body["Resources"] == body.get("Resources", {})
