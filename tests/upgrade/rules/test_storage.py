"""Sizes a template plans and sizes RDS accepts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import template
from upgrade.errors import CannotTell
from upgrade.rules.storage import is_accepted, least_maximum, planned_storage


@pytest.mark.parametrize(
    ("planned", "accepted"), [(60, True), (66, True), (65, False), (59, False), (20, False), (600, True)]
)
def test_the_size_itself_or_ten_percent_more(planned: int, accepted: bool) -> None:
    assert is_accepted(planned, 60) is accepted


@given(st.integers(20, 65536))
def test_the_least_maximum_is_ten_percent_above_and_no_more(size: int) -> None:
    least = least_maximum(size)

    assert 10 * least >= 11 * size > 10 * (least - 1)


def test_sizes_follow_their_parameters() -> None:
    planned = planned_storage(template(), {"pRdsAllocatedStorage": "40"})["AnalyticsDBInstance"]

    assert (planned.allocated, planned.maximum) == (40, 100)
    assert (planned.allocated_parameter, planned.maximum_parameter) == (
        "pRdsAllocatedStorage",
        "pRdsMaxAllocatedStorage",
    )


def database(**properties: object) -> dict[str, object]:
    return {"DB": {"Type": "AWS::RDS::DBInstance", "Properties": properties}}


def test_a_fixed_size_has_no_parameter() -> None:
    planned = planned_storage(template(Resources=database(AllocatedStorage=30)), {})["DB"]

    assert (planned.allocated, planned.allocated_parameter, planned.maximum) == (30, None, None)


@pytest.mark.parametrize("size", [{"Fn::GetAtt": ["Other", "Size"]}, "plenty", {"Ref": "pUnknown"}])
def test_a_size_only_aws_knows_cannot_be_told(size: object) -> None:
    with pytest.raises(CannotTell, match="DB AllocatedStorage"):
        planned_storage(template(Resources=database(AllocatedStorage=size)), {})


def test_a_database_under_a_false_condition_is_not_planned() -> None:
    resources = {"DB": {"Type": "AWS::RDS::DBInstance", "Condition": "cNo", "Properties": {"AllocatedStorage": 1}}}
    conditions = {"cNo": {"Fn::Equals": ["a", "b"]}}

    assert planned_storage(template(Resources=resources, Conditions=conditions), {}) == {}
