"""Every kind of failure is known by real messages, and every remedy is fit to be printed."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upgrade.rules.reasons import UNKNOWN, Pattern, advice, bare, page, patterns

FAMILIES = {
    *("capacity", "circular", "dependency", "encrypted", "hook", "image", "immutable property", "name exists"),
    *("permission", "quota", "storage", "throttled", "timeout", "validation"),
}
HARMFUL = re.compile(r"\b(delete|remove|terminate|skip|disable|detach|force|weaken)\b|--|\baws \w+ ", re.IGNORECASE)
SEEN = [(pattern, message, source) for pattern in patterns() for message, source in pattern.seen]


def test_every_family_is_known() -> None:
    assert {pattern.family for pattern in patterns()} == FAMILIES


@pytest.mark.parametrize(("pattern", "message", "source"), SEEN)
def test_a_real_message_meets_its_own_pattern_first(pattern: Pattern, message: str, source: str) -> None:
    assert next(each for each in patterns() if each.match.search(message)) is pattern
    assert source.startswith("https://github.com/")
    told = advice(message)
    assert told.family == pattern.family
    assert not re.search(r"{\w+}", told.remedy)


@pytest.mark.parametrize("pattern", patterns())
def test_a_remedy_is_a_sentence_and_neither_a_command_nor_harmful(pattern: Pattern) -> None:
    assert pattern.remedy.endswith(".")
    assert not HARMFUL.search(pattern.remedy)
    assert set(re.findall(r"{(\w+)}", pattern.remedy)) <= pattern.match.groupindex.keys()


@pytest.mark.parametrize(
    ("message", "says"),
    [
        (
            "User: arn:aws:iam::1:user/x is not authorized to perform: iam:PassRole on resource: r",
            "Allow iam:PassRole on",
        ),
        ("x is not authorized to perform: kms:CreateGrant on resource: k", "Allow kms:CreateGrant on"),
        ("Export net:Vpc cannot be updated as it is in use by a, b and c", "a, b and c must stop importing net:Vpc"),
        ("Cannot upgrade mysql from 8.0.35 to 8.0.33", "8.0.35 already, and never goes back to 8.0.33"),
    ],
)
def test_a_remedy_names_what_the_message_names(message: str, says: str) -> None:
    assert says in advice(message).remedy


def test_words_in_braces_stay_words() -> None:
    assert "{type} {0}" in advice("Resource of type 'A::B::C' with identifier '{type} {0}' already exists").remedy


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("the topic is full", "the topic is full"),
        (
            (
                'Resource handler returned message: "No more VPCs. (Service: Ec2, Status Code: 400) (SDK Attempt Count: 1)" '
                "(RequestToken: 5, HandlerErrorCode: ServiceLimitExceeded)"
            ),
            "No more VPCs.",
        ),
        (
            'Resource handler returned message: "null" (HandlerErrorCode: AlreadyExists)',
            'Resource handler returned message: "null" (HandlerErrorCode: AlreadyExists)',
        ),
        ("", ""),
    ],
)
def test_wrapping_is_taken_off(reason: str, told: str) -> None:
    assert bare(reason) == told


@given(st.text(max_size=200))
def test_any_text_gets_a_remedy(reason: str) -> None:
    assert advice(reason).remedy
    assert isinstance(bare(reason), str)


def test_what_is_of_no_known_kind_says_where_to_look() -> None:
    assert advice("the topic is full") == UNKNOWN


def test_the_committed_page_is_the_one_of_the_patterns() -> None:
    committed = (Path(__file__).parents[3] / "docs/diagnosis.md").read_text(encoding="utf-8")

    assert committed == page(), "run: python -m upgrade.rules.reasons > docs/diagnosis.md"
