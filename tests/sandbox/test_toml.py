"""What is written is read back as it was."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.scenarios import toml

PLAIN = (
    st.text(st.characters(exclude_categories=["Cs"]))
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
)
VALUES = PLAIN | st.lists(PLAIN, max_size=3)
KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
DOCUMENTS = st.dictionaries(
    KEYS, st.recursive(VALUES, lambda inner: st.dictionaries(KEYS, inner, max_size=4), max_leaves=12), max_size=4
)


@given(DOCUMENTS)
def test_round_trip(document: dict[str, Any]) -> None:
    assert tomllib.loads(toml.dumps(document)) == document


def test_our_own_configuration_survives() -> None:
    document = tomllib.loads((Path(toml.__file__).parents[1] / "stacks.toml").read_text())

    assert tomllib.loads(toml.dumps(document)) == document


def test_what_toml_cannot_hold_is_refused() -> None:
    with pytest.raises(TypeError, match="None"):
        toml.dumps({"key": None})
