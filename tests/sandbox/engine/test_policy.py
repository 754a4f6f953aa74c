import json
from typing import Any

import pytest

from sandbox.engine.errors import ValidationError
from sandbox.engine.policy import PolicyAction, check, denial

ALLOW = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}


def denied(action: PolicyAction, *statements: dict[str, Any], logical_id: str = "DB") -> bool:
    return denial(json.dumps({"Statement": statements}), logical_id, "AWS::RDS::DBInstance", action) is not None


def test_without_a_policy_everything_is_allowed() -> None:
    assert denial(None, "DB", "AWS::RDS::DBInstance", "Update:Delete") is None


def test_with_a_policy_only_what_is_allowed_is() -> None:
    assert denied("Update:Modify")
    assert not denied("Update:Modify", ALLOW)
    assert denied("Update:Replace", {**ALLOW, "Action": "Update:Modify"})


def test_a_deny_wins_and_is_named() -> None:
    deny = {**ALLOW, "Effect": "Deny", "Action": ["Update:Replace", "Update:Delete"]}
    assert not denied("Update:Modify", ALLOW, deny)
    told = denial(json.dumps({"Statement": [ALLOW, deny]}), "DB", "AWS::RDS::DBInstance", "Update:Delete")
    assert told == (
        "Action denied by stack policy: Statement [#2] does not allow [Update:Delete] "
        "for resource [LogicalResourceId/DB];"
    )


@pytest.mark.parametrize(
    ("element", "covered"),
    [
        ({"Resource": "LogicalResourceId/DB"}, True),
        ({"Resource": "LogicalResourceId/D*"}, True),
        ({"Resource": ["LogicalResourceId/Other"]}, False),
        ({"NotResource": "LogicalResourceId/DB"}, False),
        ({"NotResource": "LogicalResourceId/Other"}, True),
        ({"Resource": "*", "Condition": {"StringEquals": {"ResourceType": ["AWS::RDS::DBInstance"]}}}, True),
        ({"Resource": "*", "Condition": {"StringLike": {"ResourceType": "AWS::RDS::*"}}}, True),
        ({"Resource": "*", "Condition": {"StringLike": {"ResourceType": "AWS::EC2::*"}}}, False),
        ({}, False),
    ],
    ids=["id", "wildcard", "other", "not-it", "not-other", "type", "types", "other-type", "no-resource"],
)
def test_which_resources_a_statement_covers(element: dict[str, Any], covered: bool) -> None:
    deny = {"Effect": "Deny", "Action": "Update:*", "Principal": "*", **element}
    assert denied("Update:Modify", ALLOW, deny) is covered


def test_not_action() -> None:
    statement = {"Effect": "Allow", "NotAction": "Update:Delete", "Principal": "*", "Resource": "*"}
    assert not denied("Update:Modify", statement)
    assert denied("Update:Delete", statement)


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"Statement": {}}', '{"Statement": [1]}', '{"Statement": [{"Effect": "Maybe"}]}',
     '{"Statement": [{"Effect": "Deny", "Action": "Delete:*", "Principal": "*"}]}',
     '{"Statement": [{"Effect": "Deny", "Action": "Update:*", "Principal": "me"}]}'],
    ids=["json", "list", "object", "number", "effect", "action", "principal"],
)  # fmt: skip
def test_what_is_no_policy_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="Error validating stack policy"):
        check(text)
