"""A run goes between version marks; where there are none hashes tell templates apart, where nothing was read nothing does."""

from typing import Any

import pytest

from tests.builders import known, snapshot, template, unknown
from upgrade.config.product import load
from upgrade.rules.versions import UNKNOWN, version_name, version_pair

CODEOCEAN, GENERIC = load("codeocean"), load("generic")


def test_version_marks_tell_the_way() -> None:
    assert version_pair(snapshot(), CODEOCEAN) == ("v4.0.0", "v4.1.0")


def test_without_a_mark_the_hash_does() -> None:
    bare = known(template("v9", Metadata={}))

    assert version_name(bare, CODEOCEAN) == template("v9").sha256[:12]
    assert version_pair(snapshot(), GENERIC) == (template("v4.0.0").sha256[:12], template("v4.1.0").sha256[:12])


def test_two_templates_without_marks_have_two_names() -> None:
    deployed, target = version_pair(snapshot(), GENERIC)

    assert deployed != target


@pytest.mark.parametrize(
    ("changes", "pair"),
    [
        ({"template": unknown()}, (UNKNOWN, "v4.1.0")),
        ({"target": unknown()}, ("v4.0.0", UNKNOWN)),
        ({"target": None}, ("v4.0.0", UNKNOWN)),
        ({"template": unknown(), "target": None}, (UNKNOWN, UNKNOWN)),
    ],
    ids=["deployed", "target", "no target", "both"],
)
def test_what_was_not_read_is_unknown(changes: dict[str, Any], pair: tuple[str, str]) -> None:
    assert version_pair(snapshot(**changes), CODEOCEAN) == pair


def test_before_anything_was_read_nothing_is_known() -> None:
    assert version_pair(None, CODEOCEAN) == (UNKNOWN, UNKNOWN)
