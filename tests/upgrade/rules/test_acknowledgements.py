"""A statement counts for its pair of versions; one about the moment of execution only for so many hours."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW, acknowledgement, entry
from upgrade.catalogue import When
from upgrade.facts.review import Acknowledgement
from upgrade.rules.acknowledgements import FRESH, KNOWN, configured, problem

VERSIONS = ("v4.0.0", "v4.1.0")


def why(*said: Acknowledgement, id_: str = "maintenance_mode", now: datetime = NOW) -> str | None:
    return problem(id_, said, VERSIONS, now)


def test_a_statement_counts() -> None:
    assert why(acknowledgement()) is None


def test_without_one_nobody_has_stated_it() -> None:
    assert why() == "nobody has acknowledged maintenance_mode"
    assert why(acknowledgement(id="backup_upgraded")) == "nobody has acknowledged maintenance_mode"


@pytest.mark.parametrize(
    "changes",
    [{"deployed": "v3.9.0"}, {"target": "v4.2.0"}, {"deployed": "v4.1.0", "target": "v4.0.0"}, {"deployed": "unknown"}],
    ids=str,
)
def test_it_counts_for_its_versions_only(changes: dict[str, Any]) -> None:
    said = acknowledgement(**changes)

    assert (
        why(said)
        == f"Ada acknowledged maintenance_mode for {said.deployed} → {said.target}, this upgrade is v4.0.0 → v4.1.0"
    )


@pytest.mark.parametrize("versions", [("4.0.0", "4.1.0"), ("v4.0.0", "4.1.0")], ids=str)
def test_a_version_is_the_same_with_and_without_its_v(versions: tuple[str, str]) -> None:
    assert why(acknowledgement(deployed=versions[0], target=versions[1])) is None
    assert problem("maintenance_mode", [acknowledgement()], versions, NOW) is None


def test_what_is_no_version_is_compared_as_it_is() -> None:
    said = acknowledgement(deployed="0a1b2c", target="ffff00")

    assert problem("maintenance_mode", [said], ("0a1b2c", "ffff00"), NOW) is None
    assert problem("maintenance_mode", [said], ("0a1b2d", "ffff00"), NOW) is not None


@pytest.mark.parametrize(
    ("age", "counts"),
    [
        (timedelta(0), True),
        (FRESH, True),
        (FRESH + timedelta(microseconds=1), False),
        (timedelta(days=400), False),
        (timedelta(microseconds=-1), False),
    ],
    ids=str,
)
def test_a_statement_about_the_moment_counts_for_twelve_hours(age: timedelta, *, counts: bool) -> None:
    assert (why(acknowledgement(at=NOW - age)) is None) is counts


def test_one_that_is_too_old_is_told() -> None:
    told = why(acknowledgement(at=NOW - timedelta(hours=13)))

    assert told == "Ada acknowledged maintenance_mode at 2026-11-22 23:00 UTC, more than 12 hours ago"


def test_one_for_a_time_to_come_is_told() -> None:
    assert why(acknowledgement(at=NOW + timedelta(days=1))) == (
        "Ada acknowledged maintenance_mode with a time in the future, 2026-11-24 12:00 UTC"
    )


@pytest.mark.parametrize("id_", sorted(name for name, when in KNOWN.items() if when is When.PLAN))
def test_a_statement_about_the_plan_lasts_but_is_never_of_a_time_to_come(id_: str) -> None:
    assert why(acknowledgement(id=id_, at=NOW - timedelta(days=400)), id_=id_) is None
    assert why(acknowledgement(id=id_, at=NOW + timedelta(seconds=1)), id_=id_) is not None


def test_one_that_counts_is_enough_and_otherwise_all_reasons_are_told() -> None:
    old, other = acknowledgement(at=NOW - timedelta(days=1)), acknowledgement(by="Bob", target="v5.0.0")

    assert why(old, other, acknowledgement(by="Cy")) is None
    assert why(old, other) == (
        "Ada acknowledged maintenance_mode at 2026-11-22 12:00 UTC, more than 12 hours ago; "
        "Bob acknowledged maintenance_mode for v4.0.0 → v5.0.0, this upgrade is v4.0.0 → v4.1.0"
    )


def test_the_configurations_statements_are_read() -> None:
    said = {"by": "Ada", "at": NOW, "from": "v4.0.0", "to": "v4.1.0"}
    configuration = entry(acknowledge={"maintenance_mode": said, "backup_upgraded": {**said, "by": "Bob"}})

    assert configured(configuration) == (
        Acknowledgement("backup_upgraded", "Bob", NOW, "v4.0.0", "v4.1.0"),
        Acknowledgement("maintenance_mode", "Ada", NOW, "v4.0.0", "v4.1.0"),
    )
    assert configured(entry()) == ()


@given(
    st.lists(
        st.builds(
            acknowledgement,
            id=st.sampled_from([*KNOWN, "else"]),
            at=st.timedeltas(timedelta(-2), timedelta(2)).map(lambda ago: NOW - ago),
            deployed=st.sampled_from(["v4.0.0", "4.0.0", "v1"]),
        ),
        max_size=4,
    ),
    st.sampled_from([*KNOWN, "else"]),
)
def test_statements_count_together_if_one_counts_alone(said: list[Acknowledgement], id_: str) -> None:
    assert (why(*said, id_=id_) is None) is any(why(each, id_=id_) is None for each in said)
