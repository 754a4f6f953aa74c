"""A plan is bound to all it was made on: whatever moved since is named."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
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
from tests.upgrade.rules.bound import BEFORE, BOUND, CHILD, DOCUMENT, DRIFT, ROLE, SETTINGS, STATED, WAIVER, made
from upgrade.errors import CannotTell
from upgrade.facts.stack import OperationEntry
from upgrade.rules.bound import DISPLAYED, BoundPlan, bind, moved, too_old
from upgrade.rules.bound import FACTS as FACTS_OF_A_PLAN
from upgrade.rules.parameters import plan_parameters


def leaves(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Paths of all values that are no mappings."""
    if isinstance(node, dict) and node:
        for key, child in node.items():
            yield from leaves(child, (*path, key))
    else:
        yield path


ELSEWHERE = {"format", "changes", "tool"}
"""`format` has one value only; for the others see below."""

BINDING = [path for path in leaves(DOCUMENT) if path[0] not in DISPLAYED | ELSEWHERE]


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

    assert {path for path in fields(BoundPlan) if path not in tested} == {(name,) for name in DISPLAYED | ELSEWHERE}


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
        (("warnings",), []),
        (("rollback_plan",), "none"),
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
    assert moved(BOUND, made(made=NOW + timedelta(days=1), run="again", warnings=())) == []


def test_only_the_version_that_made_it_executes_a_plan() -> None:
    assert moved(BOUND, made(tool="0.2.0", versions=("a", "b"))) == [
        "the plan was made by Plimsoll 0.1.0, this is 0.2.0: plan again, or check that version out"
    ]


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
    "processed": ({"processed": known(template("v3.9.0"))}, {"stack.processed_sha256"}),
    "operation": ({"stack": known(stack(operations=(OperationEntry("ROLLBACK", "9"),)))}, {"stack.operation"}),
    "policy": ({"stack_policy": known("{}")}, {"stack.policy_sha256"}),
    "topic": ({"stack": known(stack(notification_arns=("arn:other",)))}, {"stack.notification_arns"}),
    "trigger": ({"stack": known(stack(rollback_triggers=(("arn:a", "b"),)))}, {"stack.rollback_triggers.arn:a"}),
    "monitoring": ({"stack": known(stack(monitoring_minutes=5))}, {"stack.monitoring_minutes"}),
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
    "engine": (
        {"databases": known({"AnalyticsDBInstance": database(engine_version="15.8")})},
        {"databases.AnalyticsDBInstance.engine_version"},
    ),
    "no database": ({"databases": known({})}, {"databases.AnalyticsDBInstance"}),
}


@pytest.mark.parametrize(("before", "named"), FACTS.values(), ids=FACTS)
def test_a_fact_that_moved_is_named(before: dict[str, Any], named: set[str]) -> None:
    found = moved(made(before=snapshot()), made(before=snapshot(**before)))

    assert {each.split(" ")[0] for each in found} == named


NESTED: dict[str, tuple[dict[str, Any], str]] = {
    "status": ({"nested": known((replace(CHILD, status="UPDATE_IN_PROGRESS"),))}, "nested.Child.status"),
    "updated": ({"nested": known((replace(CHILD, updated=NOW),))}, "nested.Child.updated"),
    "template": ({"nested_templates": known({"Child": template("v3.9.0")})}, "nested.Child.template_sha256"),
    "gone": ({"nested": known(())}, "nested.Child"),
}


@pytest.mark.parametrize(("facts", "named"), NESTED.values(), ids=NESTED)
def test_a_nested_stack_that_moved_is_named(facts: dict[str, Any], named: str) -> None:
    assert [each.split(" ")[0] for each in moved(BOUND, made(before=replace(BEFORE, **facts)))] == [named]


def test_a_change_set_made_since_is_no_operation_that_counts() -> None:
    update = OperationEntry("UPDATE_STACK", "1")
    was, since = (
        made(before=snapshot(stack=known(stack(operations=operations))))
        for operations in ((update,), (OperationEntry("CREATE_CHANGESET", "2"), update))
    )

    assert moved(was, since) == []


CHANGE_SETS: dict[str, tuple[dict[str, Any], str]] = {
    "arn": ({"arn": "arn:other"}, "arn"),
    "status": ({"status": "FAILED"}, "status"),
    "execution status": ({"execution_status": "OBSOLETE"}, "execution_status"),
    "parameter": ({"parameters": {**plan().parameters, "pRdsAllocatedStorage": "40"}}, "parameters.pRdsAllocated"),
    "tag": ({"tags": {}}, "tags.owner"),
    "capability": ({"capabilities": ()}, "capabilities"),
    "template": ({"template": known(template("v4.2.0"))}, "template_sha256"),
    "processed": ({"processed": known(template("v4.2.0"))}, "processed_sha256"),
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
        ({"change": {"plan_hours": 100}}, {}, "valid_until"),
    ],
    ids=str,
)
def test_so_is_where_it_was_made_for(settings: dict[str, Any], arguments: dict[str, Any], named: str) -> None:
    found = moved(made(entry()), made(entry(**settings), **arguments))

    assert [each.split(" ")[0] for each in found] == [named]


@pytest.mark.parametrize("name", FACTS_OF_A_PLAN)
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
            warnings=(),
            clean=str,
        )


def test_nor_without_the_change_sets_own_template() -> None:
    with pytest.raises(CannotTell):
        made(change_set=plan(template=unknown()))
    with pytest.raises(CannotTell):
        made(change_set=plan(processed=unknown()))


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
    assert bool(too_old(BOUND, NOW + age)) is old


def test_one_that_is_too_old_says_since_when() -> None:
    assert too_old(made(entry(change={"plan_hours": 0.5})), NOW + timedelta(hours=1)) == (
        "the plan was valid until 2026-11-23 12:30 UTC (change.plan_hours): plan again"
    )
