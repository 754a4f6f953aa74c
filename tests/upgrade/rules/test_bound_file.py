"""A plan's file: read as it was written, or refused with the place that is wrong."""

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import change, database, detail, entry, known, plan, snapshot, stack
from tests.upgrade.rules.bound import BOUND, DOCUMENT, made
from upgrade.errors import UsageError
from upgrade.facts.changes import Plan
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.bound import load, moved


def written(folder: Path, document: object) -> Path:
    path = folder / "plan.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path


def test_a_plan_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert load(written(tmp_path, BOUND.text())) == (BOUND, BOUND.sha256)


def test_its_layout_is_of_no_account(tmp_path: Path) -> None:
    shuffled = dict(reversed(DOCUMENT.items()))

    assert load(written(tmp_path, json.dumps(shuffled, indent=8, ensure_ascii=True)))[1] == BOUND.sha256


def refused(path: Path) -> str:
    with pytest.raises(UsageError) as error:
        load(path)
    return str(error.value)


def test_a_plan_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "absent.json") == (
        f"{tmp_path / 'absent.json'}: can't be read: No such file or directory"
    )
    assert refused(tmp_path) == f"{tmp_path}: can't be read: Is a directory"


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"plan", b"\xff\xfe", b"{'a': 1}", b"[" * 100_000],
    ids=["empty", "half", "words", "bytes", "python", "deep"],
)
def test_what_is_no_json_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "plan.json").write_bytes(content)

    assert "is no JSON" in refused(tmp_path / "plan.json")


@pytest.mark.parametrize(
    "document", [[], "plan", 5, None, [DOCUMENT]], ids=["list", "text", "number", "null", "inside"]
)
def test_what_is_no_mapping_is_refused(tmp_path: Path, document: object) -> None:
    assert "is no plan of this version of Plimsoll: the document: " in refused(written(tmp_path, json.dumps(document)))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("format",), "another/2"),
        (("format",), None),
        (("more",), 1),
        (("stack", "more"), 1),
        (("target", "more"), 1),
        (("change_set", "more"), 1),
        (("databases", "AnalyticsDBInstance", "more"), 1),
        (("made",), "2026-11-23T12:00:00"),
        (("made",), "yesterday"),
        (("stack", "updated"), None),
        (("stack", "tags"), {"a": 1}),
        (("parameters",), []),
        (("databases", "AnalyticsDBInstance", "allocated_storage"), "much"),
        (("checks_sha256",), ""),
        (("changes",), [{"action": "Modify"}]),
        (("changes",), None),
    ],
    ids=str,
)
def test_what_is_no_plan_of_this_version_is_refused_with_the_place(
    tmp_path: Path, path: tuple[str, ...], value: object
) -> None:
    document: Any = json.loads(BOUND.text())
    node = document
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    told = refused(written(tmp_path, document))

    assert f"is no plan of this version of Plimsoll: {'.'.join(path)}" in told
    assert told.endswith("name the plan.json of a run with --ahead")


@pytest.mark.parametrize("found", ["plimsoll-plan/1", "plimsoll-plan/3"])
def test_a_plan_of_another_format_is_called_so(tmp_path: Path, found: str) -> None:
    path = written(tmp_path, {"format": found, "more": 1})

    assert refused(path) == (
        f"{path}: is a plan of the format {found}, and this version of Plimsoll executes plimsoll-plan/2 only: "
        "plan again with --ahead, or check out the version that made it"
    )


@pytest.mark.parametrize("name", sorted(DOCUMENT))
def test_a_plan_that_lacks_a_part_is_refused(tmp_path: Path, name: str) -> None:
    document = {key: value for key, value in DOCUMENT.items() if key != name}

    assert f": {name}: Field required" in refused(written(tmp_path, document))


TEXTS = st.text(max_size=8)
MAPS = st.dictionaries(TEXTS, TEXTS, max_size=3)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.datetimes(min_value=datetime(2000, 1, 1), timezones=ZONES)  # noqa: DTZ001  # hypothesis adds the zone
DETAILS = st.builds(
    detail, path=TEXTS, before=st.none() | TEXTS, after=st.none() | TEXTS, evaluation=TEXTS, causing_entity=TEXTS
)
CHANGES = st.builds(
    change, TEXTS, DETAILS, action=TEXTS, scope=st.lists(TEXTS, max_size=2).map(tuple), before_context=TEXTS
)
PLANS = st.builds(
    plan, CHANGES, CHANGES, parameters=MAPS, tags=MAPS, capabilities=st.lists(TEXTS, max_size=2).map(tuple)
)
STACKS = st.builds(
    stack, name=TEXTS, status=TEXTS, updated=st.none() | TIMES, role_arn=st.none() | TEXTS, parameters=MAPS, tags=MAPS
)
DATABASES = st.dictionaries(
    TEXTS, st.builds(database, max_allocated_storage=st.none() | st.integers(0, 2**40)), max_size=2
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)


BEFORES = st.builds(lambda live, databases: snapshot(stack=known(live), databases=known(databases)), STACKS, DATABASES)


@given(PLANS, BEFORES, TIMES, st.dictionaries(TEXTS, VALUES, max_size=2))
def test_any_plan_comes_back_from_its_file(
    tmp_path_factory: pytest.TempPathFactory,
    change_set: Plan,
    before: Snapshot,
    time: datetime,
    settings: dict[str, Any],
) -> None:
    bound = made(entry(), before, change_set, made=time).model_copy(update={"settings": settings})
    path = written(tmp_path_factory.getbasetemp(), bound.text())
    found, sha256 = load(path)

    assert (found, sha256, moved(bound, found)) == (bound, bound.sha256, [])
    assert found.text() == bound.text()
