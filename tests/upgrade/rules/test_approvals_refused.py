"""What is no approval is told as none, and nothing crashes."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.upgrade.rules.envelopes import PLAN, Reader, signed, statement
from upgrade.errors import UsageError
from upgrade.facts.review import Approval
from upgrade.rules.approvals import read


def is_none(found: Approval) -> bool:
    """Whether it is no approval at all, and says nothing."""
    said = (found.name, found.meaning, found.at, found.identity, found.plan_sha256)
    return found.problem.startswith("is no approval: ") and said == ("", "", None, "", "") and not found.authenticated


def without(*path: str) -> dict[str, Any]:
    """The statement without one of its parts."""
    found: Any = statement()
    node = found
    for key in path[:-1]:
        node = node[key]
    del node[path[-1]]
    whole: dict[str, Any] = found
    return whole


BROKEN: dict[str, Any] = {
    "no type": without("_type"),
    "no predicate type": without("predicateType"),
    "no predicate": without("predicate"),
    "no subject": without("subject"),
    "no name": without("predicate", "name"),
    "no meaning": without("predicate", "meaning"),
    "no time": without("predicate", "at"),
    "other type": statement() | {"_type": "https://in-toto.io/Statement/v0.1"},
    "other predicate": statement() | {"predicateType": "https://slsa.dev/provenance/v1"},
    "predicate is text": statement() | {"predicate": "approve"},
    "predicate is a list": statement() | {"predicate": ["approve"]},
    "predicate is null": statement() | {"predicate": None},
    "time without zone": statement(at="2026-11-23T11:00:00"),
    "only a date": statement(at="2026-11-23"),
    "no such time": statement(at="yesterday"),
    "time is a number": statement(at=1795431600),
    "name is a number": statement(name=5),
    "name is a list": statement(name=["Ada"]),
    "name is null": statement(name=None),
    "meaning is a number": statement(meaning=5),
    "identity is a list": statement(identity=[]),
    "no subjects": statement() | {"subject": []},
    "other subject": statement() | {"subject": [{"name": "other.json", "digest": {"sha256": PLAN}}]},
    "two plans": statement() | {"subject": [{"name": "plan.json", "digest": {"sha256": each}} for each in (PLAN, "x")]},
    "subject is text": statement() | {"subject": "plan.json"},
    "subject is a mapping": statement() | {"subject": {"name": "plan.json"}},
    "subject without digest": statement() | {"subject": [{"name": "plan.json"}]},
    "digest of another kind": statement() | {"subject": [{"name": "plan.json", "digest": {"sha512": PLAN}}]},
    "digest is a number": statement() | {"subject": [{"name": "plan.json", "digest": {"sha256": 5}}]},
    "digest is text": statement() | {"subject": [{"name": "plan.json", "digest": PLAN}]},
    "text": "approve",
    "number": 5,
    "list": [statement()],
    "null": None,
    "empty": {},
}


@pytest.mark.parametrize("document", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("sign", [True, False], ids=["signed", "unsigned"])
def test_a_statement_that_lacks_something_is_no_approval(reading: Reader, document: object, *, sign: bool) -> None:
    assert is_none(reading(signed(document) if sign else json.dumps(document)))


def test_an_identity_may_be_left_out(reading: Reader) -> None:
    found = reading(signed(without("predicate", "identity")))

    assert (found.problem, found.identity, found.authenticated) == ("", "", True)


def test_more_subjects_than_the_plan_do_no_harm(reading: Reader) -> None:
    more = statement()
    more["subject"].append({"name": "record.json", "digest": {"sha256": "x"}})

    assert reading(signed(more)).plan_sha256 == PLAN


def test_a_time_keeps_its_zone(reading: Reader) -> None:
    found = reading(signed(statement(at="2026-11-23T13:00:00+02:00")))

    assert found.at == datetime(2026, 11, 23, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    "changes",
    [
        {"payloadType": None},
        {"payload": None},
        {"payload": 5},
        {"payload": "not base64!"},
        {"payload": base64.b64encode(b"no json").decode()},
        {"payload": base64.b64encode(b"\xff\xfe").decode()},
        {"signatures": None},
        {"signatures": 5},
        {"signatures": "AAAA"},
        {"signatures": {"keyid": "x"}},
        {"signatures": [None]},
        {"signatures": [{"keyid": "x"}]},
        {"signatures": [{"keyid": "x", "sig": "not base64!"}]},
        {"signatures": [{"keyid": "x", "sig": 5}]},
        {"signatures": [{"keyid": "x", "sig": None}]},
        {"signatures": [{"keyid": "x", "sig": ["AAAA"]}]},
    ],
    ids=str,
)
def test_a_broken_envelope_is_no_approval(reading: Reader, changes: dict[str, Any]) -> None:
    assert is_none(reading({**signed(statement()), **changes}))


@pytest.mark.parametrize("part", ["payloadType", "signatures"])
def test_an_envelope_that_lacks_something_is_no_approval(reading: Reader, part: str) -> None:
    envelope = signed(statement())
    del envelope[part]

    assert is_none(reading(envelope))


@pytest.mark.parametrize("text", ["", "{", "approve", "[" * 100_000], ids=["empty", "half", "words", "deep"])
def test_garbage_is_no_approval(reading: Reader, text: str) -> None:
    assert is_none(reading(text))


@pytest.mark.parametrize("kind", ["absent", "folder", "bytes"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "approval.json"
    if kind == "folder":
        path.mkdir()
    elif kind == "bytes":
        path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(UsageError, match=r"--approval=.*approval\.json: can't be read .*: name the file"):
        read(path, {})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


PARTS = st.sampled_from(["_type", "subject", "predicateType", "predicate"])


INNER = st.sampled_from(["name", "meaning", "at", "identity"])


@given(st.dictionaries(PARTS, JSON, max_size=2), st.dictionaries(INNER, JSON, max_size=2), st.booleans())
def test_no_statement_is_too_strange(
    keys: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory, outer: Any, inner: Any, sign: bool
) -> None:
    document: Any = statement(**inner) | outer
    path = tmp_path_factory.getbasetemp() / "strange.json"
    path.write_text(json.dumps(signed(document) if sign else document))
    found = read(path, keys)

    assert not found.authenticated or (sign and found.name == "Ada")
    assert bool(found.envelope) == found.authenticated
    assert bool(found.problem) is (found.at is None)
