"""What transforms make of templates, one after the other, and how their failures are worded."""

from typing import Any

import pytest

from sandbox.template.errors import TemplateError
from sandbox.template.load import load
from sandbox.template.transforms import EXTENSIONS, SERVERLESS, declared, process
from tests.sandbox.template.world import PSEUDO

CODE = "InlineCode: 'def handler(event, context): pass'"
FUNCTION = f"{{Type: 'AWS::Serverless::Function', Properties: {{Handler: index.handler, {CODE}}}}}"
SAM = f"""
Transform: {SERVERLESS}
Globals: {{Function: {{Runtime: python3.13}}}}
Resources:
  F: {FUNCTION}
"""


def processed(text: str, **parameters: Any) -> Any:
    return process(load(text), parameters, PSEUDO)


def refusal(text: str) -> str:
    with pytest.raises(TemplateError) as caught:
        processed(text)
    return caught.value.message


def test_a_template_without_transforms_is_its_own_processed_template() -> None:
    body = load("Resources: {R: {Type: T}}")
    assert process(body, {}, PSEUDO) is body


@pytest.mark.parametrize(
    ("section", "names"),
    [
        ("AWS::LanguageExtensions", (EXTENSIONS,)),
        ({"Name": EXTENSIONS}, (EXTENSIONS,)),
        ([EXTENSIONS, SERVERLESS], (EXTENSIONS, SERVERLESS)),
        ([], ()),
    ],
    ids=str,
)
def test_transforms_are_declared_in_many_forms(section: Any, names: tuple[str, ...]) -> None:
    assert declared({"Transform": section}) == names


@pytest.mark.parametrize("section", ["Mine", "AWS::Include", {"Name": {"Ref": "P"}}, [[EXTENSIONS]], 7, {}], ids=str)
def test_a_transform_there_is_not_is_named(section: Any) -> None:
    with pytest.raises(TemplateError, match=r"No transform named .* found\."):
        declared({"Transform": section})


def test_sam_makes_ordinary_resources() -> None:
    made = processed(SAM)
    assert {name: node["Type"] for name, node in made["Resources"].items()} == {
        "F": "AWS::Lambda::Function",
        "FRole": "AWS::IAM::Role",
    }
    assert made["Resources"]["F"]["Properties"]["Runtime"] == "python3.13"
    assert not {"Transform", "Globals"} & set(made)


def test_what_sam_made_of_is_not_changed() -> None:
    body = load(SAM)
    process(body, {}, PSEUDO)
    assert body == load(SAM + " ")


def test_code_may_lie_in_s3_under_the_name_of_a_parameter() -> None:
    code = "CodeUri: {Bucket: code, Key: {Ref: Key}}"
    text = SAM.replace(CODE, code)
    made = processed(f"{text}\nParameters: {{Key: {{Type: String}}}}", Key="v2.zip")
    assert made["Resources"]["F"]["Properties"]["Code"] == {"S3Bucket": "code", "S3Key": {"Ref": "Key"}}


@pytest.mark.parametrize(
    ("event", "types"),
    [
        ("{Type: Schedule, Properties: {Schedule: rate(1 day)}}", {"AWS::Events::Rule"}),
        (
            "{Type: Api, Properties: {Path: /, Method: get}}",
            {"AWS::ApiGateway::RestApi", "AWS::ApiGateway::Deployment", "AWS::ApiGateway::Stage"},
        ),
        ("{Type: S3, Properties: {Bucket: {Ref: B}, Events: 's3:ObjectCreated:*'}}", {"AWS::S3::Bucket"}),
    ],
)
def test_events_of_a_function_are_resources_of_their_own(event: str, types: set[str]) -> None:
    text = SAM.replace("Handler: index", f"Events: {{E: {event}}}, Handler: index") + "  B: {Type: 'AWS::S3::Bucket'}\n"
    made = {node["Type"] for node in processed(text)["Resources"].values()}
    assert types | {"AWS::Lambda::Permission"} <= made


def test_loops_are_carried_out_before_sam_sees_them() -> None:
    loop = f"Fn::ForEach::Fs: [Id, [A, B], {{'F${{Id}}': {FUNCTION}}}]"
    text = SAM.replace(f"F: {FUNCTION}", loop)
    both = text.replace(f"Transform: {SERVERLESS}", f"Transform: [{EXTENSIONS}, {SERVERLESS}]")
    assert set(processed(both)["Resources"]) == {"FA", "FARole", "FB", "FBRole"}
    assert "All 'Resources' must be Objects." in refusal(text)


def test_what_sam_refuses_is_told_as_cloudformation_tells_it() -> None:
    assert refusal(SAM.replace("InlineCode", "Inline")) == (
        "Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless Application Specification document. "
        "Number of errors found: 1. Resource with id [F] is invalid. property Inline not defined for resource of type "
        "AWS::Serverless::Function"
    )


def test_a_mistake_of_sam_itself_is_told_without_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("samtranslator.translator.translator.Translator.translate", None)
    assert refusal(SAM) == "Transform AWS::Serverless-2016-10-31 failed with: Internal transform failure."


def test_what_the_extensions_refuse_is_told_as_cloudformation_tells_it() -> None:
    text = f"Transform: {EXTENSIONS}\nResources: {{'Fn::ForEach::L': []}}"
    assert refusal(text) == "Transform AWS::LanguageExtensions failed with: Fn::ForEach layout is incorrect"


@pytest.mark.parametrize(
    ("resources", "message"),
    [
        ("{'Fn::ForEach::L': [Id, [a-b], {'${Id}': {Type: T}}]}", "Resource name a-b is non alphanumeric"),
        ("{R: {Type: T, DependsOn: Q}}", "Unresolved resource dependencies [Q]"),
        ("{'Fn::ForEach::L': [Id, [], {}]}", "At least one Resources member must be defined"),
        ("{R: {Type: T, Properties: {'Fn::Length': []}, More: 1}}", "Invalid template resource property 'More'"),
    ],
)
def test_the_processed_template_is_checked_like_any_other(resources: str, message: str) -> None:
    assert message in refusal(f"Transform: {EXTENSIONS}\nResources: {resources}")


def test_json_of_what_only_the_stack_knows_is_left_to_it() -> None:
    node = "{'Fn::ToJsonString': {A: {Ref: R}}}"
    text = f"Transform: {EXTENSIONS}\nResources: {{R: {{Type: T}}, S: {{Type: T, Properties: {{P: {node}}}}}}}"
    assert processed(text)["Resources"]["S"]["Properties"] == {"P": {"Fn::ToJsonString": {"A": {"Ref": "R"}}}}
    assert "unsupported function: Fn::ToJsonString" in refusal(text.replace(EXTENSIONS, SERVERLESS))
