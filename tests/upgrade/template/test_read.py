"""Bytes become a template, or one clear sentence."""

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upgrade.template.decode import MalformedTemplate
from upgrade.template.read import LIMIT, parse

VENDOR = Path(os.environ.get("PLIMSOLL_VENDOR_TEMPLATES", Path(__file__).parents[4] / "shared/vendor"))

LAUGHS = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nResources: {A: {Type: T, Properties: {P: *c}}}"


def test_short_tags_become_long_form_and_dates_text() -> None:
    text = """
AWSTemplateFormatVersion: 2010-09-09
Resources:
  A:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !Sub "${AWS::Region}-x"
      TopicName: !GetAtt B.Name
      Tags: !If [c, [], !Ref AWS::NoValue]
"""
    template = parse(text.encode(), "here")
    assert template.body["AWSTemplateFormatVersion"] == "2010-09-09"
    assert template.body["Resources"]["A"]["Properties"] == {  # type: ignore[index]  # a template value
        "DisplayName": {"Fn::Sub": "${AWS::Region}-x"},
        "TopicName": {"Fn::GetAtt": ["B", "Name"]},
        "Tags": {"Fn::If": ["c", [], {"Ref": "AWS::NoValue"}]},
    }


def test_what_is_kept_about_the_bytes() -> None:
    data = b'\xef\xbb\xbf{"Resources":\n\t{"A": {"Type": "T"}}}'
    template = parse(data, "here")
    assert template.size == len(data)
    assert template.sha256 == hashlib.sha256(data).hexdigest()
    assert template.text.startswith("{")
    assert type(template.body["Resources"]) is dict


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b"<!DOCTYPE html><html></html>", "a web page", id="html"),
        pytest.param(b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "an XML answer", id="xml"),
        pytest.param(b"\xff\xfe", "no UTF-8", id="binary"),
        pytest.param(b"x" * (LIMIT + 1), "more than 1,000,000 bytes", id="too-large"),
        pytest.param(LAUGHS.encode(), "line 2: YAML alias *a", id="billion-laughs"),
        pytest.param(b"[" * 100_000, "nest", id="deep"),
        pytest.param(b"Resources:\n  A: {Type: T}\n  A: {Type: U}", "line 2: Duplicate found 'A'", id="duplicate-yaml"),
        pytest.param(
            b'{"Resources": {"A": {"Type": "T"}, "A": {"Type": "T"}}}', "Duplicate found 'A'", id="duplicate-json"
        ),
        pytest.param(b"- a\n- b", "no mapping at its top level", id="list"),
        pytest.param(b"text", "no mapping at its top level", id="text"),
        pytest.param(b"Description: x", "has no Resources", id="no-resources"),
        pytest.param(b"Resources: {}", "has no Resources", id="empty-resources"),
        pytest.param(b"Resources: {A: 1}", "resource A has no Type", id="resource-without-type"),
        pytest.param(b"Resources: {A: {Type: T}}\nParameters: [a]", "Parameters is no mapping", id="parameters-list"),
        pytest.param(b"a: b: c", "line 1: mapping values are not allowed", id="yaml-syntax"),
        pytest.param(b'{"Resources":', "did not find expected", id="json-syntax"),
    ],
)
def test_what_is_no_template_is_told_in_a_sentence(data: bytes, said: str) -> None:
    with pytest.raises(MalformedTemplate) as refused:
        parse(data, "https://here")
    assert said in str(refused.value)
    assert str(refused.value).startswith("https://here: ")
    assert "\n" not in str(refused.value)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_input_makes_it_fall_over(data: bytes) -> None:
    try:
        template = parse(data, "here")
    except MalformedTemplate:
        return
    assert template.body["Resources"]


@pytest.mark.vendor
@pytest.mark.parametrize(("version", "resources"), [("v3.7.0", 292), ("v3.8.2", 293)])
def test_the_vendors_templates_are_read_whole(version: str, resources: int) -> None:
    path = VENDOR / f"codeocean-{version}.template.yaml"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    assert len(parse(path.read_bytes(), version).body["Resources"]) == resources  # type: ignore[arg-type]  # a mapping


def test_what_a_transform_makes_of_resources_is_left_to_cloudformation() -> None:
    text = b'{"Resources": {"Fn::Transform": {"Name": "AWS::Include"}, "A": {"Type": "T"}}}'
    assert set(parse(text, "here").body["Resources"]) == {"Fn::Transform", "A"}  # type: ignore[call-overload]  # a mapping
