"""What is written is read back as it was."""

import tomllib
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.scenarios import toml

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
PLAIN = (
    st.text(st.characters(exclude_categories=["Cs"]))
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.datetimes(timezones=ZONES)
    | st.datetimes()
    | st.dates()
    | st.times()
)
VALUES = PLAIN | st.lists(PLAIN, max_size=3)
KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
DOCUMENTS = st.dictionaries(
    KEYS,
    st.recursive(
        VALUES,
        lambda inner: st.dictionaries(KEYS, inner, max_size=4) | st.lists(inner, max_size=3),
        max_leaves=12,
    ),
    max_size=4,
)


@given(DOCUMENTS)
def test_round_trip(document: dict[str, Any]) -> None:
    assert tomllib.loads(toml.dumps(document)) == document


def test_our_own_configuration_survives() -> None:
    document = tomllib.loads((Path(toml.__file__).parents[1] / "stacks.toml").read_text())

    assert tomllib.loads(toml.dumps(document)) == document


def test_tables_in_a_list_are_tables_of_their_own() -> None:
    at = datetime(2026, 8, 1, 9, 30, tzinfo=UTC)
    drift = [{"resource": "Group", "expires": at, "seen": {"by": "Ada"}}, {"resource": "Pool", "paths": ["/a", "/b"]}]
    written = toml.dumps({"stacks": {"demo": {"target": "v1", "expected_drift": drift, "health": {"from_here": True}}}})

    assert written.splitlines() == [
        "",
        "[stacks.demo]",
        'target = "v1"',
        "",
        "[[stacks.demo.expected_drift]]",
        'resource = "Group"',
        "expires = 2026-08-01T09:30:00+00:00",
        'seen = { by = "Ada" }',
        "",
        "[[stacks.demo.expected_drift]]",
        'resource = "Pool"',
        'paths = ["/a", "/b"]',
        "",
        "[stacks.demo.health]",
        "from_here = true",
    ]


def test_what_toml_cannot_hold_is_refused() -> None:
    with pytest.raises(TypeError, match="None"):
        toml.dumps({"key": None})
