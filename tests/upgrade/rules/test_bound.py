"""A plan is bound to all it was made on: whatever moved is named; its digest is one anybody can compute; no secret is in it."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from tests.builders import (
    ACCOUNT,
    NOW,
    change,
    database,
    detail,
    entry,
    known,
    plan,
    snapshot,
    stack,
    template,
    unknown,
)
from upgrade.config.entry import StackEntry
from upgrade.errors import CannotTell, UsageError
from upgrade.facts.changes import Plan
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.bound import DISPLAYED, BoundPlan, bind, digest, load, moved, too_old
from upgrade.rules.parameters import plan_parameters

Clean = Callable[[str], str]

ROLE = f"arn:aws:iam::{ACCOUNT}:role/x"
STATED = {"by": "Ada", "at": NOW, "from": "v4.0.0", "to": "v4.1.0"}
WAIVER = {
    "check": "drift-is-understood",
    "finding": f"sha256:{'0' * 64}",
    "reason": "known",
    "approved_by": "QA",
    "expires": NOW + timedelta(days=30),
}
DRIFT = {"resource": "DataVolume", "property": "/Size", "reason": "enlarged", "expires": NOW + timedelta(days=9)}
SETTINGS = entry(
    tags={"team": "platform"},
    capabilities=["CAPABILITY_IAM"],
    service_role_arn=ROLE,
    execute_role_arn=ROLE,
    rollback_triggers=[f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:x"],
    expected_drift=[DRIFT],
    waivers=[WAIVER],
    checks={"report_only": ["template-lints"]},
    backup={"none": "a test stack"},
    deploy_role={"role": ROLE},
    backup_policy={"min_version": "v1.2.1"},
    acknowledge={"backup_upgraded": STATED, "maintenance_mode": STATED},
)
BEFORE = snapshot(stack=known(stack(updated=NOW - timedelta(days=9), role_arn=ROLE)))


def made(
    settings: StackEntry = SETTINGS,
    before: Snapshot = BEFORE,
    change_set: Plan | None = None,
    clean: Clean = str,
    **changes: Any,
) -> BoundPlan:
    """A plan, bound."""
    target = before.target.value
    arguments: dict[str, Any] = {
        "run": "20261123T120000Z-0a1b2c3d",
        "tool": "0.1.0",
        "versions": ("v4.0.0", "v4.1.0"),
        "checks_sha256": "c" * 64,
        "made": NOW,
        "parameters": plan_parameters(settings, before.stack.value, target, {}),
        **changes,
    }
    return bind(entry=settings, before=before, plan=change_set or plan(), clean=clean, **arguments)


BOUND = made()
DOCUMENT: Any = json.loads(BOUND.text())


# ---- what binds ------------------------------------------------------------------------------------------------------


def leaves(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Paths of all values that are no mappings."""
    if isinstance(node, dict) and node:
        for key, child in node.items():
            yield from leaves(child, (*path, key))
    else:
        yield path


BINDING = [path for path in leaves(DOCUMENT) if path[0] not in DISPLAYED | {"format", "changes"}]
"""`format` has one value only; for the changes see below."""


def fields(model: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Paths of all fields of a model and of the models in it."""
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from fields(inner, (*path, name))
        else:
            yield (*path, name)


def another(value: Any) -> Any:
    """A value of the same kind that is not this one."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case list():
            return [*value, "one more"]
        case None:
            return "something"
        case str() if value.startswith("20"):
            return "2001-01-01T00:00:00Z"
    return f"{value}x"


def with_value(path: tuple[str, ...], value: Any) -> BoundPlan:
    """The plan with another value at a path."""
    document: Any = json.loads(BOUND.text())
    node = document
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return BoundPlan.model_validate(document)


def at(path: tuple[str, ...]) -> Any:
    node: Any = DOCUMENT
    for key in path:
        node = node[key]
    return node


def test_every_field_is_under_test() -> None:
    tested = {path[:length] for path in BINDING for length in range(len(path) + 1)}

    assert {path for path in fields(BoundPlan) if path not in tested} == {
        (name,) for name in DISPLAYED | {"format", "changes"}
    }


@pytest.mark.parametrize("path", BINDING, ids=".".join)
def test_whatever_moved_is_named(path: tuple[str, ...]) -> None:
    value = another(at(path))
    found = moved(BOUND, with_value(path, value))

    assert len(found) == 1
    assert found[0].startswith(f"{'.'.join(path)} was ")
    assert found[0].endswith(f"now it is {json.dumps(value)}")


@pytest.mark.parametrize("path", BINDING, ids=".".join)
def test_and_it_changes_the_digest(path: tuple[str, ...]) -> None:
    assert with_value(path, another(at(path))).sha256 != BOUND.sha256


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("made",), "2026-12-01T00:00:00Z"),
        (("run",), "another"),
        (("tool",), "9.9.9"),
    ],
    ids=lambda value: ".".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_only_displayed_binds_nothing_but_is_approved_with_the_rest(path: tuple[str, ...], value: Any) -> None:
    other = with_value(path, value)

    assert moved(BOUND, other) == []
    assert other.sha256 != BOUND.sha256


def test_changes_shown_to_an_approver_are_those_of_the_change_set() -> None:
    harmless = with_value(("changes",), [])

    assert harmless.sha256 != BOUND.sha256
    assert moved(harmless, BOUND) == ["changes, as the plan shows them to people, are not those of its change set"]


def test_the_same_plan_has_not_moved() -> None:
    assert moved(BOUND, BOUND) == []
    assert moved(BOUND, made(made=NOW + timedelta(days=1), run="again", tool="9")) == []


TABLES = [
    ("stack", "parameters"), ("stack", "tags"), ("change_set", "parameters"), ("change_set", "tags"), ("parameters",),
    ("settings", "tags"),
]  # fmt: skip


@pytest.mark.parametrize("path", TABLES, ids=".".join)
def test_what_is_new_or_gone_is_named(path: tuple[str, ...]) -> None:
    more = with_value((*path, "new"), "x")
    place = ".".join([*path, "new"])

    assert moved(BOUND, more) == [f'{place} was absent, now it is "x"']
    assert moved(more, BOUND) == [f'{place} was "x", now it is absent']


def test_everything_that_moved_is_named() -> None:
    other = BoundPlan.model_validate({**json.loads(with_value(("stack", "status"), "x").text()), "region": "y"})

    assert moved(BOUND, other) == [
        'region was "us-east-1", now it is "y"',
        'stack.status was "UPDATE_COMPLETE", now it is "x"',
    ]


FACTS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "arn": ({"stack": known(stack(arn="arn:other"))}, {"stack.arn"}),
    "name": ({"stack": known(stack(name="other"))}, {"stack.name"}),
    "status": ({"stack": known(stack(status="UPDATE_IN_PROGRESS"))}, {"stack.status"}),
    "updated": ({"stack": known(stack(updated=NOW + timedelta(seconds=1)))}, {"stack.updated"}),
    "created": ({"stack": known(stack(updated=None, created=NOW - timedelta(1)))}, {"stack.updated"}),
    "role": ({"stack": known(stack(role_arn=ROLE))}, {"stack.role_arn"}),
    "tag": ({"stack": known(stack(tags={"owner": "other"}))}, {"stack.tags.owner"}),
    "parameter": (
        {"stack": known(stack(parameters={**stack().parameters, "pRdsAllocatedStorage": "40"}))},
        {"stack.parameters.pRdsAllocatedStorage", "parameters.pRdsAllocatedStorage"},
    ),
    "template": ({"template": known(template("v3.9.0"))}, {"stack.template_sha256"}),
    "target": ({"target": known(template("v4.2.0", "https://elsewhere"))}, {"target.address", "target.sha256"}),
    "storage": (
        {"databases": known({"AnalyticsDBInstance": database(allocated_storage=30)})},
        {"databases.AnalyticsDBInstance.allocated_storage"},
    ),
    "maximum": (
        {"databases": known({"AnalyticsDBInstance": database(max_allocated_storage=None)})},
        {"databases.AnalyticsDBInstance.max_allocated_storage"},
    ),
    "database": (
        {"databases": known({"AnalyticsDBInstance": database(resource_id="db-NEW")})},
        {"databases.AnalyticsDBInstance.resource_id"},
    ),
    "no database": ({"databases": known({})}, {"databases.AnalyticsDBInstance"}),
}


@pytest.mark.parametrize(("before", "named"), FACTS.values(), ids=FACTS)
def test_a_fact_that_moved_is_named(before: dict[str, Any], named: set[str]) -> None:
    found = moved(made(before=snapshot()), made(before=snapshot(**before)))

    assert {each.split(" ")[0] for each in found} == named


CHANGE_SETS: dict[str, tuple[dict[str, Any], str]] = {
    "arn": ({"arn": "arn:other"}, "arn"),
    "status": ({"status": "FAILED"}, "status"),
    "execution status": ({"execution_status": "OBSOLETE"}, "execution_status"),
    "parameter": ({"parameters": {**plan().parameters, "pRdsAllocatedStorage": "40"}}, "parameters.pRdsAllocated"),
    "tag": ({"tags": {}}, "tags.owner"),
    "capability": ({"capabilities": ()}, "capabilities"),
    "template": ({"template": known(template("v4.2.0"))}, "template_sha256"),
    "action": ({"changes": (change(action="Remove"),)}, "changes_sha256"),
    "one more": ({"changes": (change(), change("DataVolume"))}, "changes_sha256"),
    "value": ({"changes": (change("AlarmsTopic", detail(after="c")),)}, "changes_sha256"),
    "recreation": ({"changes": (change("AlarmsTopic", detail(requires_recreation="Always")),)}, "changes_sha256"),
    "replacement": ({"changes": (change(replacement="True"),)}, "changes_sha256"),
    "resource": ({"changes": (change(physical_id="other"),)}, "changes_sha256"),
    "nested": ({"changes": (change(nested_change_set="arn:nested"),)}, "changes_sha256"),
}


@pytest.mark.parametrize(("changes", "named"), CHANGE_SETS.values(), ids=CHANGE_SETS)
def test_a_change_set_that_moved_is_named(changes: dict[str, Any], named: str) -> None:
    found = moved(made(), made(change_set=replace(plan(), **changes)))

    assert len(found) == 1
    assert found[0].startswith(f"change_set.{named}")


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"tags": {"a": "b"}}, {"tags.a"}),
        ({"capabilities": ["CAPABILITY_NAMED_IAM"]}, {"capabilities"}),
        ({"service_role_arn": ROLE}, {"service_role_arn"}),
        ({"execute_role_arn": ROLE}, {"execute_role_arn"}),
        ({"rollback_triggers": [f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:x"]}, {"rollback_triggers"}),
        ({"expected_drift": [DRIFT]}, {"expected_drift"}),
        ({"waivers": [WAIVER]}, {"waivers"}),
        ({"checks": {"report_only": ["x"]}}, {"checks.report_only"}),
        ({"backup": "other"}, {"backup"}),
        ({"backup": {"none": "no"}}, {"backup"}),
        ({"deploy_role": {"role": ROLE}}, {"deploy_role"}),
        ({"backup_policy": {"min_version": "v1"}}, {"backup_policy.min_version"}),
        ({"acknowledge": {"backup_upgraded": STATED}}, {"acknowledge"}),
    ],
    ids=str,
)
def test_a_setting_the_judgement_rests_on_is_named(settings: dict[str, Any], named: set[str]) -> None:
    found = moved(made(entry()), made(entry(**settings)))

    assert {each.split(" ")[0] for each in found} == {f"settings.{name}" for name in named}


@pytest.mark.parametrize(
    "settings",
    [
        {"acknowledge": {"maintenance_mode": STATED}},
        {"minutes": 5},
        {"polling": {"watch": 1}},
        {"profile": "other"},
    ],
    ids=str,
)
def test_other_settings_may_change_until_the_start(settings: dict[str, Any]) -> None:
    assert moved(made(entry()), made(entry(**settings))) == []


@pytest.mark.parametrize(
    ("settings", "arguments", "named"),
    [
        ({"account_id": "999999999999"}, {}, "account"),
        ({"region": "eu-west-1"}, {}, "region"),
        ({"name": "other"}, {}, "entry"),
        ({}, {"versions": ("v3.9.0", "v4.1.0")}, "deployed"),
        ({}, {"versions": ("v4.0.0", "v4.2.0")}, "target.version"),
        ({}, {"checks_sha256": "d" * 64}, "checks_sha256"),
        ({"parameters": {"pRdsAllocatedStorage": 40}}, {}, "parameters.pRdsAllocatedStorage"),
    ],
    ids=str,
)
def test_so_is_where_it_was_made_for(settings: dict[str, Any], arguments: dict[str, Any], named: str) -> None:
    found = moved(made(entry()), made(entry(**settings), **arguments))

    assert [each.split(" ")[0] for each in found] == [named]


@pytest.mark.parametrize("name", ["stack", "template", "target", "databases"])
def test_without_one_of_its_facts_nothing_is_bound(name: str) -> None:
    parameters = plan_parameters(SETTINGS, stack(), template(), {})

    with pytest.raises(CannotTell, match="AWS said no"):
        bind(
            entry=SETTINGS,
            before=snapshot(**{name: unknown()}),
            plan=plan(),
            parameters=parameters,
            run="r",
            tool="t",
            versions=("a", "b"),
            checks_sha256="c",
            made=NOW,
            clean=str,
        )


def test_nor_without_the_change_sets_own_template() -> None:
    with pytest.raises(CannotTell):
        made(change_set=plan(template=unknown()))


# ---- the digest ------------------------------------------------------------------------------------------------------

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


# ---- the file --------------------------------------------------------------------------------------------------------


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
        f"--plan={tmp_path / 'absent.json'}: can't be read: No such file or directory"
    )
    assert refused(tmp_path) == f"--plan={tmp_path}: can't be read: Is a directory"


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
        (("format",), "plimsoll-plan/2"),
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


@pytest.mark.parametrize("name", sorted(DOCUMENT))
def test_a_plan_that_lacks_a_part_is_refused(tmp_path: Path, name: str) -> None:
    document = {key: value for key, value in DOCUMENT.items() if key != name}

    assert f": {name}: Field required" in refused(written(tmp_path, document))


# ---- its age ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "old"),
    [
        (timedelta(0), False),
        (timedelta(hours=72), False),
        (timedelta(hours=72, microseconds=1), True),
        (timedelta(days=365), True),
    ],
    ids=str,
)
def test_a_plan_may_be_so_old_and_no_older(age: timedelta, *, old: bool) -> None:
    assert bool(too_old(BOUND, 72, NOW + age)) is old


def test_one_that_is_too_old_says_since_when() -> None:
    assert too_old(BOUND, 0.5, NOW + timedelta(hours=1)) == (
        "the plan was made at 2026-11-23 12:00 UTC, more than 0.5 hours ago (change.plan_hours)"
    )


# ---- secrets ---------------------------------------------------------------------------------------------------------

SECRET = "s3cr3t-hunter2"
PARAMETERS = {
    **template().body["Parameters"],  # type: ignore[dict-item]  # a template's section is a mapping
    "pSecret": {"Type": "String", "NoEcho": True, "Default": f"{SECRET}-default"},
    "pToken": {"Type": "String", "NoEcho": "true"},
}
HIDING = {"target": known(template("v4.1.0", Parameters=PARAMETERS))}


@pytest.mark.parametrize(
    ("settings", "deployed"),
    [
        ({"pSecret": SECRET, "pToken": SECRET}, {}),
        ({"pSecret": {"value": SECRET}, "pToken": {"env": "TOKEN"}}, {}),
        ({"pToken": SECRET}, {"pSecret": "****"}),
        ({"pToken": SECRET}, {}),
        ({}, {"pSecret": SECRET, "pToken": SECRET}),
    ],
    ids=["given", "environment", "deployed", "default", "not yet secret where it is deployed"],
)
def test_no_value_of_a_noecho_parameter_is_in_it(settings: dict[str, Any], deployed: dict[str, str]) -> None:
    live = stack(parameters={**stack().parameters, **deployed})
    bound = made(entry(parameters=settings), snapshot(stack=known(live), **HIDING))

    assert bound.parameters["pSecret"] == bound.parameters["pToken"] == "****"
    assert SECRET not in bound.text()


def clean(text: str) -> str:
    return text.replace(SECRET, "[REDACTED]")


def test_every_text_is_cleaned() -> None:
    told = f"before {SECRET} after"
    secretive = made(
        entry(tags={"a": told}, waivers=[{**WAIVER, "reason": told}], backup={"none": told}),
        snapshot(
            stack=known(stack(parameters={"pRdsAllocatedStorage": told}, tags={"a": told})),
            target=known(template("v4.1.0", f"https://user:{SECRET}@example.com")),
        ),
        plan(
            change("AlarmsTopic", detail(before=told, after=told), before_context=told, after_context=told),
            parameters={"a": told},
            tags={"a": told},
        ),
        clean,
        versions=(told, told),
    )

    assert SECRET not in secretive.text()
    assert secretive.stack.tags == {"a": "before [REDACTED] after"}
    assert secretive.changes[0].details[0].after == "before [REDACTED] after"


def test_a_cleaned_plan_has_not_moved_when_it_is_cleaned_again() -> None:
    secretive = plan(change("AlarmsTopic", detail(after=SECRET)), tags={"a": SECRET})

    assert moved(made(change_set=secretive, clean=clean), made(change_set=secretive, clean=clean)) == []


def test_a_secret_that_changed_is_told_though_neither_is_shown() -> None:
    one, two = (plan(change("AlarmsTopic", detail(after=text))) for text in (SECRET, SECRET + SECRET))
    found = moved(made(change_set=one, clean=clean), made(change_set=two, clean=clean))

    assert len(found) == 1
    assert found[0].startswith("change_set.changes_sha256")


@pytest.mark.parametrize("secret", ["plimsoll", "2026-11"], ids=["in the format", "in a time"])
def test_a_secret_that_stands_in_no_free_text_by_chance_breaks_nothing(secret: str) -> None:
    bound = made(clean=lambda text: text.replace(secret, "[REDACTED]"))

    assert (bound.format, bound.made) == ("plimsoll-plan/1", NOW)


# ---- there and back --------------------------------------------------------------------------------------------------

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
