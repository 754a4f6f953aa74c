"""A stack policy, judged here as the sandbox's CloudFormation, written by nobody who knew this, judges it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.engine import policy as cloudformation
from tests.builders import change, detail
from upgrade.errors import CannotTell
from upgrade.facts.changes import ResourceChange
from upgrade.rules.stack_policy import StackPolicy

ACTIONS = ("Update:Modify", "Update:Replace", "Update:Delete")
ALLOW = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}


def denials(changed: ResourceChange, *statements: dict[str, Any]) -> tuple[list[str], list[str]]:
    return StackPolicy(json.dumps({"Statement": list(statements)})).denials(changed)


def deny(**elements: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": "Update:*", "Principal": "*", "Resource": "*", **elements}


MODIFY = change()
REPLACE = change(replacement="True")
EITHER = change(replacement="Conditional")
REMOVE = change(action="Remove", replacement="")
ADD = change(action="Add", replacement="")
DYNAMIC = change("AlarmsTopic", detail(evaluation="Dynamic"))
UNKNOWN = change(action="Dynamic", replacement="")


def test_what_no_statement_allows_is_denied() -> None:
    allowed = {**ALLOW, "Action": "Update:Modify"}
    assert denials(MODIFY, allowed) == ([], [])
    assert denials(REPLACE, allowed) == (["no statement allows Update:Replace"], [])
    assert denials(REMOVE, allowed) == (["no statement allows Update:Delete"], [])


def test_a_deny_wins_and_is_named_by_its_number() -> None:
    assert denials(MODIFY, ALLOW, deny()) == (["statement 2 denies Update:Modify"], [])


@pytest.mark.parametrize(
    ("changed", "action", "certain", "possible"),
    [
        (EITHER, "Update:Replace", 0, 1),  # denied only if it turns out to be replaced
        (EITHER, "Update:Modify", 1, 0),
        (EITHER, "Update:*", 2, 0),
        (EITHER, "Update:Delete", 0, 0),
        (DYNAMIC, "Update:Modify", 0, 1),  # perhaps nothing will change at all
        (DYNAMIC, "Update:Replace", 0, 0),
        (UNKNOWN, "Update:Delete", 0, 1),
        (ADD, "Update:*", 0, 0),
        (change(action="Import", replacement=""), "Update:*", 0, 0),
    ],
)
def test_what_the_plan_leaves_open_is_judged_as_all_it_may_be(
    changed: ResourceChange, action: str, certain: int, possible: int
) -> None:
    found, may_be = denials(changed, ALLOW, deny(Action=action))
    assert (len(found), len(may_be)) == (certain, possible)


@pytest.mark.parametrize(
    ("elements", "denied"),
    [
        ({"Resource": "LogicalResourceId/AlarmsTopic"}, True),
        ({"Resource": "LogicalResourceId/Alarms*"}, True),
        ({"Resource": ["LogicalResourceId/DataVolume", "LogicalResourceId/*Topic"]}, True),
        ({"Resource": "LogicalResourceId/DataVolume"}, False),
        ({"Condition": {"StringEquals": {"ResourceType": ["AWS::SNS::Topic"]}}}, True),
        ({"Condition": {"StringEquals": {"ResourceType": "AWS::SNS::*"}}}, False),
        ({"Condition": {"StringLike": {"ResourceType": "AWS::SNS::*"}}}, True),
        ({"Condition": {"StringLike": {"ResourceType": ["AWS::RDS::*"]}}}, False),
    ],
)
def test_statements_cover_by_name_and_by_type(elements: dict[str, Any], *, denied: bool) -> None:
    assert bool(denials(MODIFY, ALLOW, deny(**elements))[0]) is denied


@pytest.mark.parametrize(
    ("excluded", "denied"), [("LogicalResourceId/AlarmsTopic", False), ("LogicalResourceId/X", True)]
)
def test_not_resource_covers_all_others(excluded: str, *, denied: bool) -> None:
    statement = {"Effect": "Deny", "Action": "Update:*", "Principal": "*", "NotResource": excluded}
    assert bool(denials(MODIFY, ALLOW, statement)[0]) is denied


def test_a_condition_that_is_not_known_cannot_be_judged() -> None:
    with pytest.raises(CannotTell, match="StringNotEquals ResourceType"):
        denials(MODIFY, ALLOW, deny(Condition={"StringNotEquals": {"ResourceType": "AWS::SNS::Topic"}}))


patterns = st.sampled_from(["*", "LogicalResourceId/A*", "LogicalResourceId/AlarmsTopic", "LogicalResourceId/B"])
actions = st.sampled_from([*ACTIONS, "Update:*"])
conditions = st.dictionaries(
    st.sampled_from(["StringEquals", "StringLike"]),
    st.fixed_dictionaries({"ResourceType": st.sampled_from(["AWS::SNS::Topic", "AWS::SNS::*", ["AWS::RDS::*", "x"]])}),
    max_size=2,
)


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    action, resource = (draw(st.sampled_from(["", "Not"])) + each for each in ("Action", "Resource"))
    return {
        "Effect": draw(st.sampled_from(["Allow", "Deny"])),
        "Principal": "*",
        action: draw(actions | st.lists(actions, min_size=1, max_size=2)),
        resource: draw(patterns | st.lists(patterns, min_size=1, max_size=2)),
        "Condition": draw(conditions),
    }


@given(st.lists(statements(), max_size=4))
def test_the_sandboxs_cloudformation_refuses_the_same(rows: list[dict[str, Any]]) -> None:
    text = json.dumps({"Statement": rows})
    for action, planned in zip(ACTIONS, (MODIFY, REPLACE, REMOVE), strict=True):
        refused = cloudformation.denial(text, planned.logical_id, planned.type, action)  # type: ignore[arg-type]
        assert bool(StackPolicy(text).denials(planned)[0]) is (refused is not None)
