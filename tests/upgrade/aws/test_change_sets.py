"""Change sets are read as AWS publishes them, on every page, with nothing made up where AWS leaves something out."""

from dataclasses import replace
from typing import Any

import pytest

from tests.builders import change, detail
from tests.upgrade.aws import published
from tests.upgrade.things import answering
from upgrade.aws.change_sets import ChangeSet, merge, read
from upgrade.facts.changes import ChangeDetail


def change_set(*pages: dict[str, Any]) -> ChangeSet:
    left = [
        page | ({"NextToken": str(number)} if number < len(pages) else {}) for number, page in enumerate(pages, start=1)
    ]
    return read(answering("cloudformation", lambda *_: left.pop(0)), "arn:x")


def test_a_direct_modification() -> None:
    found = change_set(published.DIRECT)
    assert (found.name, found.status, found.execution_status) == (
        "SampleChangeSet-direct",
        "CREATE_COMPLETE",
        "UNAVAILABLE",
    )
    assert found.parameters == published.PARAMETERS
    (change,) = found.changes
    assert (change.action, change.replacement, change.scope, change.policy_action) == ("Modify", "False", ("Tags",), "")
    direct = ChangeDetail("Tags", "", "", "Never", "Static", "DirectModification", "", None, None)
    assert change.details == (direct,)


def test_a_parameter_shows_twice() -> None:
    (change,) = change_set(published.ONE).changes
    assert [(each.evaluation, each.source, each.causing_entity) for each in change.details] == [
        ("Dynamic", "DirectModification", ""),
        ("Static", "ParameterReference", "Purpose"),
    ]


def test_the_worst_of_several_changes_decides() -> None:
    (change,) = change_set(published.MULTIPLE).changes
    assert change.replacement == "True"
    assert {(each.name or each.attribute, each.requires_recreation) for each in change.details} == {
        ("KeyName", "Always"),
        ("InstanceType", "Conditionally"),
        ("Tags", "Never"),
    }


def test_what_is_new_has_no_physical_id_and_no_replacement() -> None:
    assert [(each.action, each.physical_id, each.replacement) for each in change_set(published.ADD_REMOVE).changes] == [
        ("Add", "", ""),
        ("Add", "", ""),
        ("Remove", "i-1abc23d4", ""),
    ]


@pytest.mark.parametrize("pages", [1, 3])
def test_every_page_is_read(pages: int) -> None:
    assert len(change_set(*[published.ADD_REMOVE] * pages).changes) == 3 * pages


def test_what_a_description_with_values_left_out_is_put_back() -> None:
    """https://github.com/aws/aws-cdk-cli/issues/1780"""
    kept = change("AlarmsTopic", detail(path="/Properties/DisplayName"))
    dropped = detail(name="Tags", attribute="Tags", path="", before=None, after=None)
    plain = (
        replace(kept, details=(detail(path="", before=None, after=None), dropped)),
        change("DataVolume", detail(path="", before=None, after=None)),
    )
    merged = merge((kept,), plain)
    assert [each.logical_id for each in merged] == ["AlarmsTopic", "DataVolume"]
    assert merged[0].details == (*kept.details, dropped)


@pytest.mark.parametrize(
    ("detailed", "plain", "worst"),
    [("False", "True", "True"), ("True", "False", "True"), ("", "Conditional", "Conditional"), ("False", "", "False")],
)
def test_of_two_descriptions_that_differ_the_worse_counts(detailed: str, plain: str, worst: str) -> None:
    (merged,) = merge((change(replacement=detailed),), (change(replacement=plain),))
    assert merged.replacement == worst
