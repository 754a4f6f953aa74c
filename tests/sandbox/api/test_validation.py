from typing import Any

import botocore.session
import pytest

from sandbox.api.validation import check
from sandbox.engine.errors import ValidationError

MODEL = botocore.session.get_session().get_service_model("cloudformation")


def refusal(operation: str, request: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        check(MODEL.operation_model(operation).input_shape, request)
    return caught.value.message


def test_what_fits_is_let_through() -> None:
    check(MODEL.operation_model("CreateStack").input_shape, {"StackName": "one", "OnFailure": "DELETE"})
    check(None, {})


def test_required_members() -> None:
    assert refusal("CreateChangeSet", {"ChangeSetName": "c"}) == (
        "1 validation error detected: Value 'null' at 'stackName' failed to satisfy constraint: Member must not be null"
    )


def test_patterns_lengths_and_every_finding() -> None:
    told = refusal("CreateChangeSet", {"StackName": "one", "ChangeSetName": "a_b", "Description": ""})
    assert told.startswith("2 validation errors detected: ")
    assert "at 'changeSetName' failed to satisfy constraint: Member must satisfy regular expression pattern" in told
    assert "at 'description' failed to satisfy constraint: Member must have length greater than or equal to 1" in told


def test_lists() -> None:
    topics = [f"arn:aws:sns:us-east-1:111122223333:{number}" for number in range(6)]
    told = refusal("CreateStack", {"StackName": "one", "NotificationARNs": topics})
    assert "at 'notificationARNs' failed to satisfy constraint: Member must have length less than or equal to 5" in told
    tagless = {"StackName": "one", "Tags": [{"Key": "a", "Value": "b"}, {"Key": "a"}]}
    assert "Value 'null' at 'tags.2.member.value'" in refusal("CreateStack", tagless)
    assert "at 'capabilities.1.member'" in refusal("CreateStack", {"StackName": "one", "Capabilities": ["ALL"]})
