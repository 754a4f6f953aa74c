"""Which version is older, and until when one is supported."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upgrade.config.product import EndOfSupport
from upgrade.rules.engines import Engine, ended, is_older

VERSIONS = st.lists(st.integers(0, 40), min_size=1, max_size=3).map(lambda parts: ".".join(map(str, parts)))


def postgres(version: str) -> Engine:
    return Engine("postgres", version)


@pytest.mark.parametrize(
    ("planned", "running", "older"),
    [
        ("15", "15.7", False),
        ("15.4", "15.7", True),
        ("15.10", "15.9", False),
        ("15.9", "15.10", True),
        ("14", "15.7", True),
        ("16", "15.7", False),
        ("6.x", "6.2.6", False),
        ("8.0.mysql_aurora.3.04.0", "8.0.mysql_aurora.3.05.2", True),
        ("", "15.7", False),
    ],
)
def test_versions_are_compared_as_far_as_the_planned_one_goes(
    planned: str, running: str, older: bool
) -> None:  # expected
    assert is_older(postgres(planned), postgres(running)) is older


@pytest.mark.parametrize(
    ("planned", "running", "older"),
    [
        ("redis 7.1", "valkey 7.2", True),
        ("valkey 7.2", "redis 7.1", False),
        ("opensearch 1.3", "elasticsearch 7.10", False),
    ],
)
def test_a_successor_is_never_older(planned: str, running: str, older: bool) -> None:  # expected
    assert is_older(Engine(*planned.split()), Engine(*running.split())) is older


@given(VERSIONS, st.lists(st.integers(0, 40), max_size=2))
def test_a_version_covers_all_that_begin_with_it(version: str, rest: list[int]) -> None:
    assert not is_older(postgres(version), postgres(".".join([version, *map(str, rest)])))


@given(VERSIONS, VERSIONS)
def test_of_two_versions_not_both_are_older(one: str, other: str) -> None:
    assert not (is_older(postgres(one), postgres(other)) and is_older(postgres(other), postgres(one)))


@pytest.mark.parametrize(
    ("version", "end"),
    [("1.2", date(2025, 11, 7)), ("1.2.5", date(2025, 11, 7)), ("1.20", None), ("1", None), ("", None)],
)
def test_the_end_of_a_version_is_that_of_the_one_it_begins_with(version: str, end: date | None) -> None:
    support = EndOfSupport(date(2026, 1, 1), {"opensearch": {"1.2": date(2025, 11, 7)}})
    assert ended(Engine("opensearch", version), support) == end
