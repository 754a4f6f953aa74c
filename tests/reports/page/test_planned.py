import pytest

from reports.changes import PlannedChange
from reports.page import planned
from tests import builders as facts
from tests.reports import builders
from tests.reports.builders import made
from upgrade.facts.actual import Kind


def test_changes_are_grouped_the_gravest_first() -> None:
    plan = made(builders.big()).plan.value

    assert plan is not None
    groups = planned.groups(plan.changes)
    assert [kind for kind, _ in groups] == [
        Kind.REPLACED,
        Kind.MAY_BE_REPLACED,
        Kind.REMOVED,
        Kind.ADDED,
        Kind.MODIFIED,
        Kind.DYNAMIC,
    ]
    assert sum(len(changes) for _, changes in groups) == len(plan.changes) == 300


def change(*paths: str) -> PlannedChange:
    return PlannedChange.model_validate(facts.change("X", *(facts.detail(path=path, name="N") for path in paths)))


@pytest.mark.parametrize(
    ("paths", "told"),
    [
        (["/Properties/Tags/0/Value"], "Tags.0.Value"),
        (["/Properties/A", "/Properties/A", "/Properties/B"], "A, B"),
        (["/Properties/A", "/Properties/B", "/Properties/C", "/Properties/D", "/Properties/E"], "A, B, C and 2 more"),
        (["/Metadata/x"], "Metadata.x"),
        ([""], "N"),
    ],
    ids=str,
)
def test_what_changes_in_a_few_words(paths: list[str], told: str) -> None:
    assert planned.touched(change(*paths)) == told


def test_several_reasons_of_one_property_are_one_row() -> None:
    reasons = (
        facts.detail(source="ParameterReference", causing_entity="pSize", before=None, after=None),
        facts.detail(source="ResourceAttribute", causing_entity="A.Arn", evaluation="Dynamic", before="1", after="2"),
    )
    ((name, told),) = planned.details(PlannedChange.model_validate(facts.change("X", *reasons)))

    assert name == "DisplayName"
    assert planned.values(told) == ("1", "2")
    assert [planned.why(reason) for reason in told] == ["parameter pSize", "attribute A.Arn (dynamic)"]


def test_resource_properties_are_shown_as_json_if_they_are() -> None:
    assert planned.pretty('{"a":1}') == '{\n  "a": 1\n}'
    assert planned.pretty("not json") == "not json"


def test_what_only_the_update_will_tell_is_told_as_such() -> None:
    later = facts.detail(before="1", after="{{changeSet:KNOWN_AFTER_APPLY}}")

    assert planned.values([later]) == ("1", "(known after the update)")


@pytest.mark.parametrize(
    ("status", "path", "told"),
    [
        ("IN_SYNC", "", "as the template says"),
        ("MODIFIED", "/Other", "as the template says"),
        ("MODIFIED", "/DisplayName", "differs at DisplayName: is"),
        ("MODIFIED", "/DisplayName/Sub", "differs at DisplayName.Sub: is"),
        ("DELETED", "", "gone"),
        ("NOT_CHECKED", "", "not checked"),
    ],
    ids=str,
)
def test_what_a_property_was_found_to_be_afterwards(status: str, path: str, told: str) -> None:
    row = facts.drifted("DataVolume", path, "was", "is", status=status)

    assert planned.afterwards("DisplayName", row) == told


def test_of_a_resource_that_drift_detection_does_not_name_nothing_is_known() -> None:
    assert planned.afterwards("DisplayName", None) == "not checked"
