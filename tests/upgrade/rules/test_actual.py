from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import builders as facts
from tests.reports.builders import steps
from upgrade.facts.actual import ActualChange, Agreement, Compared, Happened, Kind, Rollback
from upgrade.facts.changes import ResourceChange
from upgrade.facts.operation import Ending
from upgrade.facts.stack import Event
from upgrade.rules.actual import actual_changes, compare, prefixes
from upgrade.rules.actual import kind as kind_of

BEFORE = {resource.logical_id: resource.physical_id for resource in facts.RESOURCES}
NESTED = "arn:aws:cloudformation:us-east-1:111122223333:stack/nested/1"


def one(*events: Event) -> ActualChange:
    (change,) = actual_changes(events, BEFORE)
    return change


def judged(change: ResourceChange, *events: Event, ending: Ending = Ending.COMPLETE) -> Compared:
    (row,) = compare([change], actual_changes(events, BEFORE), facts.ARN, ending)
    return row


@pytest.mark.parametrize(
    ("statuses", "happened"),
    [
        (("CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE"), Happened.CREATED),
        (("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"), Happened.UPDATED),
        (("DELETE_IN_PROGRESS", "DELETE_COMPLETE"), Happened.DELETED),
        (("DELETE_SKIPPED",), Happened.RETAINED),
        (("IMPORT_IN_PROGRESS", "IMPORT_COMPLETE"), Happened.IMPORTED),
        (("UPDATE_IN_PROGRESS", "UPDATE_FAILED"), Happened.FAILED),
        (("DELETE_IN_PROGRESS", "DELETE_FAILED"), Happened.FAILED),
        (("DELETE_IN_PROGRESS", "DELETE_FAILED", "DELETE_IN_PROGRESS", "DELETE_COMPLETE"), Happened.DELETED),
        (("UPDATE_IN_PROGRESS",), Happened.UNFINISHED),
        (("SOMETHING_NEW",), Happened.UNFINISHED),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
def test_events_tell_what_happened(statuses: Sequence[str], happened: Happened) -> None:
    assert one(*steps("AlarmsTopic", *statuses)).happened is happened


def test_a_new_physical_id_is_a_replacement_even_if_the_old_one_is_cleaned_up_later() -> None:
    old, new = BEFORE["AlarmsTopic"], "arn:aws:sns:topic-2"
    begun, made = steps("AlarmsTopic", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE")
    cleaned = steps("AlarmsTopic", "DELETE_IN_PROGRESS", "DELETE_COMPLETE", at=60)
    change = one(begun, replace(made, physical_id=new), *cleaned)

    assert change.happened is Happened.REPLACED
    assert change.physical_ids == (old, new)
    assert change.seconds == 3.0, "clean-up is no part of how long the change took"


def test_without_the_resources_before_the_first_event_tells_the_old_physical_id() -> None:
    begun, made = steps("AlarmsTopic", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE")
    (change,) = actual_changes([begun, replace(made, physical_id="other")], {})

    assert change.happened is Happened.REPLACED


@pytest.mark.parametrize("reason", ["Resource update cancelled", "Resource creation cancelled"])
def test_given_up_because_of_another_resource_is_no_failure(reason: str) -> None:
    change = one(*steps("AlarmsTopic", "UPDATE_IN_PROGRESS", "UPDATE_FAILED", reason=reason))

    assert change.happened is Happened.CANCELLED


def test_the_rollback_is_told_apart_from_the_update() -> None:
    events = [
        *steps("AlarmsTopic", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"),
        *steps("DataVolume", "UPDATE_IN_PROGRESS", "UPDATE_FAILED", at=4, reason="no"),
        *steps("codeocean", "UPDATE_ROLLBACK_IN_PROGRESS", at=9),
        *steps("DataVolume", "UPDATE_IN_PROGRESS", "UPDATE_FAILED", at=10),
        *steps("AlarmsTopic", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", at=14),
        *steps("AnalyticsDBInstance", "UPDATE_IN_PROGRESS", at=14),
    ]
    told = {change.logical_id: (change.happened, change.rollback) for change in actual_changes(events, BEFORE)}

    assert told == {
        "AlarmsTopic": (Happened.UPDATED, Rollback.RESTORED),
        "DataVolume": (Happened.FAILED, Rollback.FAILED),
        "AnalyticsDBInstance": (Happened.UNTOUCHED, Rollback.UNFINISHED),
    }


def test_a_nested_stack_is_a_resource_of_its_parent_and_its_own_events_are_its_own() -> None:
    in_parent = replace(steps("Nested", "UPDATE_COMPLETE")[0], physical_id=NESTED)
    own = replace(steps("Nested", "UPDATE_ROLLBACK_IN_PROGRESS")[0], physical_id=NESTED, stack_arn=NESTED)
    inside = [replace(event, stack_arn=NESTED) for event in steps("AlarmsTopic", "UPDATE_COMPLETE")]
    after = steps("DataVolume", "UPDATE_COMPLETE")
    told = {
        (change.stack_arn, change.logical_id): (change.happened, change.rollback)
        for change in actual_changes([in_parent, own, *inside, *after], BEFORE)
    }

    assert told == {
        (facts.ARN, "Nested"): (Happened.UPDATED, Rollback.NONE),
        (NESTED, "AlarmsTopic"): (Happened.UNTOUCHED, Rollback.RESTORED),
        (facts.ARN, "DataVolume"): (Happened.UPDATED, Rollback.NONE),
    }


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"action": "Add", "replacement": ""}, Kind.ADDED),
        ({"action": "Remove", "replacement": ""}, Kind.REMOVED),
        ({"action": "Import", "replacement": ""}, Kind.IMPORTED),
        ({"replacement": "True"}, Kind.REPLACED),
        ({"replacement": "Conditional"}, Kind.MAY_BE_REPLACED),
        ({"replacement": "False"}, Kind.MODIFIED),
        ({"replacement": "False", "details": (facts.detail(evaluation="Dynamic"),)}, Kind.DYNAMIC),
        ({"replacement": "False", "details": ()}, Kind.MODIFIED),
        ({"action": "Dynamic", "replacement": ""}, Kind.OTHER),
        ({"action": "SyncWithActual", "replacement": ""}, Kind.OTHER),
        ({"replacement": "Perhaps"}, Kind.OTHER),
    ],
    ids=str,
)
def test_planned_changes_by_what_they_mean(fields: dict[str, object], kind: Kind) -> None:
    assert kind_of(replace(facts.change(), **fields)) is kind  # type: ignore[arg-type]  # by name


DYNAMIC = facts.change("AlarmsTopic", facts.detail(evaluation="Dynamic"))
UPDATED = steps("AlarmsTopic", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE")


@pytest.mark.parametrize(
    ("change", "events", "agreement"),
    [
        (facts.change(), UPDATED, Agreement.AS_PLANNED),
        (facts.change(), [], Agreement.NOT_AS_PLANNED),
        (facts.change(replacement="True"), UPDATED, Agreement.NOT_AS_PLANNED),
        (facts.change(replacement="Conditional"), UPDATED, Agreement.AS_PLANNED),
        (facts.change(replacement="Conditional"), [], Agreement.NOT_AS_PLANNED),
        (replace(DYNAMIC, replacement="Conditional"), [], Agreement.AS_PLANNED),
        (DYNAMIC, UPDATED, Agreement.AS_PLANNED),
        (DYNAMIC, [], Agreement.AS_PLANNED),
        (facts.change(scope=("DeletionPolicy", "Metadata")), [], Agreement.AS_PLANNED),
        (facts.change(scope=("Metadata", "Tags")), [], Agreement.NOT_AS_PLANNED),
        (facts.change(action="Add", replacement=""), steps("AlarmsTopic", "CREATE_COMPLETE"), Agreement.AS_PLANNED),
        (facts.change(action="Remove", replacement=""), steps("AlarmsTopic", "DELETE_SKIPPED"), Agreement.AS_PLANNED),
        (facts.change(action="Remove", replacement=""), steps("AlarmsTopic", "DELETE_FAILED"), Agreement.AS_PLANNED),
        (facts.change(action="Remove", replacement=""), [], Agreement.NOT_AS_PLANNED),
        (facts.change(action="SyncWithActual", replacement=""), UPDATED, Agreement.NOT_JUDGED),
    ],
    ids=str,
)
def test_plan_against_reality(change: ResourceChange, events: list[Event], agreement: Agreement) -> None:
    assert judged(change, *events).agreement is agreement


@pytest.mark.parametrize("ending", [ending for ending in Ending if ending is not Ending.COMPLETE], ids=str)
def test_an_update_that_did_not_complete_is_not_judged_against_its_plan(ending: Ending) -> None:
    assert judged(facts.change(), ending=ending).agreement is Agreement.NOT_JUDGED


def test_what_nobody_planned_is_told() -> None:
    rows = compare([], actual_changes(UPDATED, BEFORE), facts.ARN, Ending.COMPLETE)

    assert [(row.logical_id, row.planned, row.agreement) for row in rows] == [
        ("AlarmsTopic", None, Agreement.NOT_PLANNED)
    ]


def test_resources_of_nested_stacks_are_told_from_those_of_the_same_name_above() -> None:
    row = replace(facts.event("Nested", type="AWS::CloudFormation::Stack"), physical_id=NESTED)
    inside = [replace(each, stack_arn=NESTED, physical_id="inner-1") for each in UPDATED]
    before = {**BEFORE, "Nested.AlarmsTopic": "inner-1"}

    assert prefixes([*inside, row]) == {NESTED: "Nested.", facts.ARN: ""}
    inner, _ = actual_changes([*inside, row], before)
    assert (inner.physical_ids, inner.happened) == (("inner-1",), Happened.UPDATED)


def test_what_happens_inside_a_nested_stack_is_not_measured_by_the_parents_plan() -> None:
    inside = [replace(event, stack_arn=NESTED) for event in UPDATED]

    assert compare([], actual_changes(inside, BEFORE), facts.ARN, Ending.COMPLETE) == ()


STATUSES = ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", "UPDATE_FAILED", "DELETE_COMPLETE", "UPDATE_ROLLBACK_IN_PROGRESS"]
EVENTS = st.lists(
    st.builds(
        lambda name, status, at: steps(name, status, at=at)[0],
        st.sampled_from(["codeocean", "AlarmsTopic", "DataVolume", "New"]),
        st.sampled_from(STATUSES),
        st.integers(0, 100),
    ),
    max_size=12,
).map(lambda events: sorted(events, key=lambda event: event.at))


@given(EVENTS)
def test_no_event_of_a_resource_is_lost_or_told_twice(events: list[Event]) -> None:
    changes = actual_changes(events, BEFORE)
    told = sorted((change.logical_id, step.status, step.at) for change in changes for step in change.steps)

    assert told == sorted(
        (event.logical_id, event.status, event.at) for event in events if event.physical_id != facts.ARN
    )
    assert len({change.logical_id for change in changes}) == len(changes)
    assert all(change.started <= change.finished and change.seconds >= 0 for change in changes)


@pytest.mark.parametrize(
    ("kind", "agreement"),
    [
        ("Custom::Token", Agreement.AS_PLANNED),
        ("AWS::CloudFormation::CustomResource", Agreement.AS_PLANNED),
        ("AWS::SNS::Topic", Agreement.NOT_AS_PLANNED),
    ],
)
def test_a_custom_resource_may_answer_with_another_physical_id(kind: str, agreement: Agreement) -> None:
    begun, made = steps("AlarmsTopic", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE")
    found = judged(facts.change(type=kind), begun, replace(made, physical_id="another"))
    assert (found.actual, found.agreement) == (Happened.REPLACED, agreement)
