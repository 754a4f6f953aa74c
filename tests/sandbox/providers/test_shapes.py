"""What CloudFormation writes and what a service takes and shows are brought together."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.providers.shapes import accepted, document, same, shown, text
from tests.sandbox.providers.resource import aws

SCALARS = st.one_of(st.booleans(), st.integers(), st.text(max_size=8))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text("abc", min_size=1), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(VALUES)
def test_what_is_shown_as_it_was_set_is_the_wanted_value(value: Any) -> None:
    assert shown(value, value) == value


@given(st.lists(st.integers(), max_size=6), st.randoms())
def test_order_does_not_count(values: list[int], random: Any) -> None:
    shuffled = list(values)
    random.shuffle(shuffled)
    assert shown(values, shuffled) == values


@given(st.lists(st.integers(0, 3), max_size=5), st.lists(st.integers(0, 3), max_size=5))
def test_lists_keep_what_is_live(wanted: list[int], live: list[int]) -> None:
    assert sorted(shown(wanted, live)) == sorted(live)


@pytest.mark.parametrize(
    ("wanted", "live", "expected"),
    [
        ("20", 20, "20"),
        ("true", True, "true"),
        (True, "true", True),
        (1, 1.0, 1),
        ("a", "b", "b"),
        ({"A": "1"}, {"a": 1, "Default": 2}, {"A": "1"}),
        ({"A": {"B": 1}}, {"A": {"B": 2, "C": 3}}, {"A": {"B": 2}}),
        ({"A": 1, "B": 2}, {"A": 1}, {"A": 1}),
        ([{"K": "a", "V": 1}], [{"K": "a", "V": 2}], [{"K": "a", "V": 2}]),
        (["a", "b"], ["b"], ["b"]),
        (["a"], ["b", "a"], ["a", "b"]),
    ],
    ids=range(11),
)
def test_shown(wanted: Any, live: Any, expected: Any) -> None:
    assert shown(wanted, live) == expected


@pytest.mark.parametrize(
    "write", [json.dumps, lambda value: quote(json.dumps(value)), lambda value: value], ids=["text", "url", "object"]
)
def test_documents_are_compared_by_meaning(write: Any) -> None:
    wanted = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["a", "b"], "Resource": "*"}]}
    live = {"Statement": [{"Action": ["b", "a"], "Resource": ["*"], "Effect": "Allow"}], "Version": "2012-10-17"}
    assert document(wanted, write(live)) == wanted
    wider = {**live, "Statement": [{**live["Statement"][0], "Condition": {}}]}  # type: ignore[dict-item]  # a list of statements
    assert document(wanted, write(wider)) == wider


@pytest.mark.parametrize(
    ("wanted", "live", "equal"),
    [("20", 20, True), ("", 0, False), ("a", None, False), (None, None, True), ("1e1", 10, True), (False, 0, False)],
    ids=range(6),
)
def test_same(wanted: Any, live: Any, equal: bool) -> None:
    assert same(wanted, live) is equal


@given(SCALARS)
def test_text_says_what_cloudformation_says(value: Any) -> None:
    assert text(value) == (str(value).lower() if isinstance(value, bool) else str(value))


def test_accepted_spells_and_types_as_the_operation_says() -> None:
    values = {
        "ComputeEnvironmentName": "x",
        "ComputeResources": {"MaxvCpus": "256", "Type": "EC2", "Subnets": "s-1", "NoSuchThing": 1},
        "Unknown": 1,
    }
    assert accepted(aws("batch"), "CreateComputeEnvironment", values) == {
        "computeEnvironmentName": "x",
        "computeResources": {"maxvCpus": 256, "type": "EC2", "subnets": ["s-1"]},
    }
    rds = accepted(aws("rds"), "CreateDBInstance", {"AllocatedStorage": "20", "MultiAZ": "true", "EngineVersion": 15})
    assert rds == {"AllocatedStorage": 20, "MultiAZ": True, "EngineVersion": "15"}
    policy = accepted(aws("iam"), "CreatePolicy", {"PolicyDocument": {"Statement": []}, "Description": None})
    assert policy == {"PolicyDocument": '{"Statement":[]}'}
