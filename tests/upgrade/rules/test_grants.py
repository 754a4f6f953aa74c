"""Grants are compared statement by statement, and never found where they are not."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import statement
from upgrade.facts.services import Statement
from upgrade.rules.grants import covers, denied, missing

ARN = "arn:aws:s3:::bucket/*"


@pytest.mark.parametrize(
    ("live", "asked"),
    [("*", "s3:GetObject"), ("s3:*", "s3:Get*"), ("s3:Get?bject", "s3:GetObject"), ("S3:getobject", "s3:GetObject")],
)
def test_a_wider_pattern_covers(live: str, asked: str) -> None:
    assert covers(live, asked, ignore_case=True)


@pytest.mark.parametrize(("live", "asked"), [("s3:Get*", "s3:*"), ("s3:?", "s3:*"), ("s3.GetObject", "s3:GetObject")])
def test_a_narrower_pattern_does_not(live: str, asked: str) -> None:
    assert not covers(live, asked, ignore_case=True)


@given(st.text("ab*?"))
def test_a_pattern_without_question_mark_covers_itself(pattern: str) -> None:
    assert covers(pattern, pattern) or "?" in pattern or "*" in pattern
    assert covers("*", pattern)


def test_equal_policies_miss_nothing() -> None:
    wanted = statement("s3:GetObject", "s3:PutObject", resources=(ARN,))

    assert missing([wanted], [wanted]) == []


def test_a_missing_action_is_named_with_its_resource() -> None:
    wanted = statement("s3:GetObject", "s3:PutObject", resources=(ARN,))

    assert missing([wanted], [statement("s3:GetObject", resources=(ARN,))]) == [f"s3:PutObject on {ARN}"]


def test_a_condition_narrows_a_live_grant() -> None:
    wanted = statement("s3:GetObject")

    assert missing([wanted], [replace(wanted, condition="{}")])
    assert not missing([replace(wanted, condition="{}")], [wanted])


def test_grants_by_exclusion_count_only_when_equal() -> None:
    wanted = replace(statement(), not_actions=("iam:*",))

    assert missing([wanted], [wanted]) == []
    assert missing([wanted], [statement("s3:*")]) == ["everything but iam:*"]
    assert missing([statement("s3:GetObject")], [wanted]) == ["s3:GetObject on *"]


def test_a_deny_grants_nothing() -> None:
    assert missing([statement("s3:GetObject")], [statement("s3:*", effect="Deny")])
    assert missing([statement("s3:*", effect="Deny")], []) == []


def test_a_deny_of_what_is_granted_is_certain() -> None:
    wanted = [statement("s3:GetObject")]

    assert denied(wanted, [statement("s3:*", effect="Deny")]) == (["Deny s3:* on *"], [])
    assert denied([statement("s3:*")], [statement("s3:Delete*", effect="Deny")]) == (["Deny s3:Delete* on *"], [])


def test_a_deny_of_something_else_says_nothing() -> None:
    declared = statement("s3:Delete*", effect="Deny")

    assert denied([statement("s3:GetObject")], [statement("ec2:*", effect="Deny")]) == ([], [])
    assert denied([statement("s3:*"), declared], [declared]) == ([], [])


@pytest.mark.parametrize(
    "deny",
    [
        replace(statement("s3:*", effect="Deny"), condition="{}"),
        replace(statement(effect="Deny"), not_actions=("iam:*",)),
        statement("s3:*", effect="Deny", resources=("arn:aws:s3:::other/*",)),
    ],
)
def test_a_deny_that_hangs_on_more_is_only_possible(deny: Statement) -> None:
    certain, possible = denied([statement("s3:GetObject", resources=(ARN,))], [deny])

    assert (certain, len(possible)) == ([], 1)
