"""Functions exist in Lambda, with their tags and reservation, and are changed by updates."""

import pytest

from sandbox.providers.base import Gone
from tests.sandbox.providers.resource import Resource, aws

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


@pytest.fixture
def function() -> Resource:
    role = Resource("AWS::IAM::Role", {"AssumeRolePolicyDocument": TRUST}, "Role")
    wanted = {
        "Code": {"ZipFile": "def handler(event, context): ..."},
        "Handler": "index.handler",
        "Role": role.attributes["Arn"],
        "Runtime": "python3.10",
        "Timeout": "60",
        "LoggingConfig": {"LogGroup": "/shop/lambda"},
        "Environment": {"Variables": {"A": "1"}},
        "Tags": [{"Key": "protected", "Value": "true"}],
    }
    return Resource("AWS::Lambda::Function", wanted)


def test_created_as_wanted(function: Resource) -> None:
    found = aws("lambda").get_function_configuration(FunctionName=function.id)
    assert (found["FunctionArn"], found["State"]) == (function.attributes["Arn"], "Active")
    assert function.drift() == {}


def test_changed_outside(function: Resource) -> None:
    aws("lambda").update_function_configuration(FunctionName=function.id, Timeout=9)
    assert function.drift() == {"Timeout": 9}


def test_carried(function: Resource) -> None:
    function.update(Runtime="python3.12", Code={"ZipFile": "new"}, ReservedConcurrentExecutions=0, Tags=[])
    assert aws("lambda").get_function_configuration(FunctionName=function.id)["Runtime"] == "python3.12"
    assert aws("lambda").get_function_concurrency(FunctionName=function.id)["ReservedConcurrentExecutions"] == 0
    assert function.drift() == {}


def test_deleted(function: Resource) -> None:
    function.delete()
    with pytest.raises(Gone):
        function.read()
