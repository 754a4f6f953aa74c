"""The digest of a plan: that of its canonical form, which jq makes too."""

import hashlib
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.upgrade.rules.bound import BOUND
from upgrade.rules.bound import digest

ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quoted(text: str) -> str:
    """A string as jq writes it."""
    controls = {chr(code): f"\\u{code:04x}" for code in (*range(0x20), 0x7F)}
    return '"' + "".join({**controls, **ESCAPES}.get(character, character) for character in text) + '"'


def canonical(node: Any) -> str:
    """What `jq -cjS .` writes; made here by hand, so that one mistake can't hide in both."""
    match node:
        case None:
            return "null"
        case bool():
            return "true" if node else "false"
        case int():
            return f"{node:d}"
        case str():
            return quoted(node)
        case list():
            return "[" + ",".join(map(canonical, node)) + "]"
        case dict():
            rows = sorted(node.items(), key=lambda row: row[0].encode())
            return "{" + ",".join(f"{quoted(key)}:{canonical(value)}" for key, value in rows) + "}"
    raise AssertionError(node)


def jq_sha256(text: str) -> str:
    return hashlib.sha256(canonical(json.loads(text)).encode()).hexdigest()


def test_the_digest_is_that_of_the_file_as_jq_sorts_it() -> None:
    assert jq_sha256(BOUND.text()) == BOUND.sha256


def test_the_digest_of_a_document_is_known() -> None:
    """`printf '{"b":[1,true,null,"é\\n"],"a":{}}' | jq -cjS . | sha256sum`."""
    document = {"b": [1, True, None, "é\n"], "a": {}}

    assert digest(document) == hashlib.sha256('{"a":{},"b":[1,true,null,"é\\n"]}'.encode()).hexdigest()
    assert digest(document) == "478e55f054f917b02a1776d33d811839702f2d0c0aa0022079c0806b9ee6d0b3"


def test_a_delete_character_is_escaped_as_jq_does() -> None:
    assert digest("\x7f") == hashlib.sha256(b'"\\u007f"').hexdigest()


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x7f"), max_size=8)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=4),
)


@given(DOCUMENTS)
def test_any_documents_digest_is_that_of_its_canonical_form(document: Any) -> None:
    assert digest(document) == hashlib.sha256(canonical(document).encode()).hexdigest()


@given(DOCUMENTS, DOCUMENTS)
def test_two_documents_share_a_digest_only_if_they_are_one(one: Any, two: Any) -> None:
    assert (digest(one) == digest(two)) is (canonical(one) == canonical(two))
