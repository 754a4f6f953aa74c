"""Wildcards and conditions, property by property."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.services.policies import Source, decide, holds, like

WORDS = st.text(alphabet="abc:/.+[(", max_size=8)


@given(WORDS, WORDS, WORDS)
def test_a_star_stands_for_any_text(before: str, within: str, after: str) -> None:
    assert like(f"{before}*{after}", f"{before}{within}{after}")


@given(WORDS)
def test_a_text_is_like_itself_alone(word: str) -> None:
    assert like(word, word)
    assert not like(word, f"{word}x")
    assert like(f"{word}?", f"{word}x")


@given(st.lists(st.sampled_from(["Allow", "Deny"]), max_size=4))
def test_one_deny_outweighs_all(effects: list[str]) -> None:
    statements = [{"Effect": effect, "Action": "*", "Resource": "*"} for effect in effects]
    word = decide([Source("p", "role", {"Statement": statements})], "a:B", "*", {}).word
    assert word == ("explicitDeny" if "Deny" in effects else "allowed" if effects else "implicitDeny")


@pytest.mark.parametrize(
    ("operator", "wanted", "given_values", "expected"),
    [
        ("StringEquals", "a", ("a",), True),
        ("StringEquals", ["a", "b"], ("b",), True),
        ("StringEquals", "a", None, False),
        ("StringEqualsIfExists", "a", None, True),
        ("StringNotEquals", "a", None, True),
        ("StringNotEquals", ["a", "b"], ("b",), False),
        ("StringLike", "a*", ("abc",), True),
        ("Bool", False, ("false",), True),
        ("Bool", "false", ("true",), False),
        ("Null", "true", None, True),
        ("Null", True, ("x",), False),
        ("NumericEquals", "1", ("1.0",), True),
        ("ArnLike", "arn:aws:iam::*:role/x", ("arn:aws:iam::1:role/x",), True),
        ("ForAllValues:StringEquals", ["a", "b"], ("a", "c"), False),
        ("ForAllValues:StringEquals", ["a", "b"], ("a",), True),
        ("ForAnyValue:StringEquals", ["a", "b"], ("a", "c"), True),
    ],
    ids=str,
)
def test_conditions(operator: str, wanted: Any, given_values: tuple[str, ...] | None, expected: bool) -> None:
    context = {} if given_values is None else {"key": given_values}
    assert holds({operator: {"Key": wanted}}, context) is expected
