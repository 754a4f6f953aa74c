"""The secrets that a template has CloudFormation resolve, by name or ARN."""

from typing import Any

import pytest

from tests.builders import template
from upgrade.rules.secrets import resolved_secrets

ARN = "arn:aws:secretsmanager:us-east-1:111122223333:secret:name-AbCdEf"
KNOWN = {"AWS::StackName": "codeocean", "OldSecret": ARN}


def of(value: Any, **resources: Any) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """What is found in a template whose database has this password."""
    database = {"Type": "AWS::RDS::DBInstance", "Properties": {"MasterUserPassword": value}}
    return resolved_secrets(
        template(Resources={"DB": database, **resources}, Parameters={"p": {"Type": "String"}}), {"p": "x"}, KNOWN
    )


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("{{resolve:secretsmanager:name}}", "name"),
        ("{{resolve:secretsmanager:name:SecretString:password}}", "name"),
        ("{{resolve:secretsmanager:name:SecretString:password:AWSCURRENT}}", "name"),
        (f"{{{{resolve:secretsmanager:{ARN}}}}}", ARN),
        (f"{{{{resolve:secretsmanager:{ARN}:SecretString:password}}}}", ARN),
        ({"Fn::Sub": "{{resolve:secretsmanager:/${AWS::StackName}/password:SecretString}}"}, "/codeocean/password"),
        (
            {"Fn::Join": ["", ["{{resolve:secretsmanager:/", {"Ref": "AWS::StackName"}, "/password:SecretString}}"]]},
            "/codeocean/password",
        ),
        ({"Fn::Sub": "{{resolve:secretsmanager:${OldSecret}:SecretString:password}}"}, ARN),
        ({"Fn::Sub": "{{resolve:secretsmanager:${p}}}"}, "x"),
    ],
)
def test_a_secret_is_told_by_what_the_template_calls_it(value: Any, name: str) -> None:
    assert of(value) == ({name: ("DB",)}, ())


@pytest.mark.parametrize("value", ["text", "{{resolve:ssm:name}}", "{{resolve:ssm-secure:name:1}}", {"Ref": "p"}])
def test_what_is_no_secret_is_not_told(value: Any) -> None:
    assert of(value) == ({}, ())


def test_a_name_that_only_aws_knows_is_told_by_its_user() -> None:
    assert of({"Fn::Sub": "{{resolve:secretsmanager:${Elsewhere.Name}}}"}) == ({}, ("DB",))


def test_a_secret_that_the_target_makes_anew_is_not_asked_for() -> None:
    new = {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "name"}}
    assert of("{{resolve:secretsmanager:name}}", New=new) == ({}, ())


def test_a_secret_that_the_stack_has_made_is_asked_for() -> None:
    old = {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "name"}}
    assert of("{{resolve:secretsmanager:name}}", OldSecret=old) == ({"name": ("DB",)}, ())
