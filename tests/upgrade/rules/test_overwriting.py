"""What a plan makes of a change by hand: adopts it, overwrites it, or nobody knows before; never "nothing" by mistake."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import change, detail, drifted
from upgrade.facts.changes import ChangeDetail
from upgrade.rules.overwriting import Fate, Touched, touched
from upgrade.template.telling import KNOWN_AFTER_APPLY

WHERE = "/Properties/DisplayName"


def fates(
    *details: ChangeDetail, path: str = "/DisplayName", actual: str = "by hand", stays: bool = True
) -> list[Touched]:
    row = drifted("AlarmsTopic", path, actual=actual)
    return list(touched(row, change("AlarmsTopic", *details), stays=stays))


def fate(after: str | None, actual: str, path: str = "/DisplayName", where: str = WHERE, **changes: Any) -> Fate | None:
    """The fate of the one difference; None if the plan does not touch it."""
    found = fates(detail(path=where, before="was", after=after, **changes), path=path, actual=actual)
    assert len(found) < 2
    return found[0].fate if found else None


def test_another_value_overwrites() -> None:
    (found,) = fates(detail(after="b"))

    assert (found.fate, found.planned, found.difference.actual) == (Fate.OVERWRITTEN, "b", "by hand")
    assert found.row.logical_id == "AlarmsTopic"


def test_the_actual_value_is_adopted() -> None:
    (found,) = fates(detail(after="by hand"))

    assert (found.fate, found.planned) == (Fate.ADOPTED, "by hand")


@pytest.mark.parametrize(
    ("after", "changes"),
    [("b", {"evaluation": "Dynamic"}), ("by hand", {"evaluation": "Dynamic"}), (None, {}), ("b", {"evaluation": ""})],
    ids=["dynamic", "dynamic and the same", "no value", "evaluation missing"],
)
def test_a_value_nobody_knows_yet_is_unclear(after: str | None, changes: dict[str, Any]) -> None:
    (found,) = fates(detail(after=after, **changes))

    assert (found.fate, found.planned) == (Fate.UNCLEAR, "a value known only after the update")


def test_a_resource_that_may_not_stay_keeps_nothing() -> None:
    """Whatever its details say, and though none touches the difference."""
    assert [each.fate for each in fates(detail(after="by hand"), stays=False)] == [Fate.REPLACED]
    assert [each.fate for each in fates(path="/Other", stays=False)] == [Fate.REPLACED]


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("/DisplayName", "/Properties/Other"),
        ("/DisplayName", "/Properties/DisplayNameOther"),
        ("/DisplayNameOther", "/Properties/DisplayName"),
        ("/A/1", "/Properties/A/10"),
        ("/DisplayName", "/Metadata/DisplayName"),
        ("/DisplayName", "/DeletionPolicy"),
    ],
)
def test_another_place_is_not_touched(path: str, where: str) -> None:
    assert fate("x", "by hand", path, where) is None


@pytest.mark.parametrize(
    "made",
    [
        detail(before="a", after="a"),
        detail(source="NoModification", after="x"),
        detail(source="NoModification", before=None, after=None),
    ],
    ids=["same value", "no modification", "no modification, no values"],
)
def test_a_detail_that_changes_nothing_touches_nothing(made: ChangeDetail) -> None:
    assert fates(made) == []


@pytest.mark.parametrize("after", [KNOWN_AFTER_APPLY, f'["a", "{KNOWN_AFTER_APPLY}"]'])
def test_a_value_known_only_after_the_update_is_none(after: str) -> None:
    (found,) = fates(detail(after=after))

    assert found.fate is Fate.UNCLEAR


def test_two_masked_values_may_differ() -> None:
    """A secret shows as `****` before and after; the plan sets it all the same."""
    (found,) = fates(detail(before="****", after="****"))

    assert found.fate is Fate.UNCLEAR


@pytest.mark.parametrize(
    ("after", "actual", "expected"),
    [
        ("1", '"1"', Fate.ADOPTED),
        ('"1"', "1", Fate.ADOPTED),
        ("1", "1", Fate.ADOPTED),
        ("true", "true", Fate.ADOPTED),
        ('"true"', "true", Fate.ADOPTED),
        ("1", "2", Fate.OVERWRITTEN),
        ("true", "false", Fate.OVERWRITTEN),
        ("1", "true", Fate.OVERWRITTEN),
        ("false", "0", Fate.OVERWRITTEN),
        ("15.10", "15.1", Fate.OVERWRITTEN),
        ("7.10", '"7.1"', Fate.OVERWRITTEN),
        ("null", "by hand", Fate.OVERWRITTEN),
        ("", "by hand", Fate.OVERWRITTEN),
        ("A", "a", Fate.OVERWRITTEN),
        ('{"a":1,"b":2}', '{"b": 2, "a": 1}', Fate.ADOPTED),
        ('{"a":"1","b":["true"]}', '{"a":1,"b":[true]}', Fate.ADOPTED),
        ('{"a":"1"}', '{"a":2}', Fate.OVERWRITTEN),
        ('{"a":1}', '{"a":true}', Fate.OVERWRITTEN),
        ('{"a":1}', '{"a":1,"b":2}', Fate.OVERWRITTEN),
        ('["a","b"]', '["b","a"]', Fate.OVERWRITTEN),
        ("[]", "{}", Fate.OVERWRITTEN),
        ("{broken", "{broken", Fate.ADOPTED),
        ("NaN", "NaN", Fate.ADOPTED),
        pytest.param("9" * 400, "9" * 400, Fate.ADOPTED, id="huge"),
    ],
)
def test_values_are_compared_as_cloudformation_compares_them(after: str, actual: str, expected: Fate) -> None:
    """As text, scalar by scalar: 1 is "1", but 15.10 is not 15.1, and no number is a boolean."""
    assert fate(after, actual) is expected


@pytest.mark.parametrize(
    ("path", "where", "after", "actual", "expected"),
    [
        ("/A/b", "/Properties/A", '{"b": "x"}', "x", Fate.ADOPTED),
        ("/A/b", "/Properties/A", '{"b": "y"}', "x", Fate.OVERWRITTEN),
        ("/A/b/1/c", "/Properties/A", '{"b": [0, {"c": 5}]}', "5", Fate.ADOPTED),
        ("/A/b", "/Properties/A/b", "x", "x", Fate.ADOPTED),
        ("/A/b/0", "/Properties/A/b", '["x"]', "x", Fate.ADOPTED),
        ("/A/b/1", "/Properties/A/b", '["x"]', "y", Fate.UNCLEAR),
        ("/A/b", "/Properties/A", '{"c": "x"}', "x", Fate.UNCLEAR),
        ("/A/b", "/Properties/A", "text", "x", Fate.UNCLEAR),
        ("/A/b", "/Properties/A", '{"b": null}', "x", Fate.OVERWRITTEN),
        ("/A", "/Properties/A/b", "x", '{"b": "x"}', Fate.UNCLEAR),
        ("/A", "/Properties", '{"A": "x"}', "x", Fate.ADOPTED),
        ("/A", "/Properties", '{"A": "y"}', "x", Fate.OVERWRITTEN),
    ],
)
def test_a_difference_may_lie_inside_what_is_planned_or_around_it(
    path: str, where: str, after: str, actual: str, expected: Fate
) -> None:
    found = fate(after, actual, path, where)

    # Absent from what is planned or not known: neither is a pass.
    assert found is expected or (expected is Fate.UNCLEAR and found is Fate.OVERWRITTEN)


@pytest.mark.parametrize(
    ("attribute", "name", "path", "touches"),
    [
        ("Properties", "DisplayName", "/DisplayName", True),
        ("Properties", "DisplayName", "/DisplayName/Part", True),
        ("Properties", "Display", "/DisplayName", False),
        ("Properties", "", "/DisplayName", True),
        ("Metadata", "", "/DisplayName", False),
        ("DeletionPolicy", "DisplayName", "/DisplayName", False),
    ],
)
def test_without_a_path_attribute_and_name_say_where(attribute: str, name: str, path: str, *, touches: bool) -> None:
    made = detail(path="", attribute=attribute, name=name, before=None, after=None)

    assert [each.fate for each in fates(made, path=path)] == [Fate.UNCLEAR] * touches


@pytest.mark.parametrize("property_", ["/AllocatedStorage", "/MaxAllocatedStorage"])
@pytest.mark.parametrize(
    ("after", "expected"),
    [("40", Fate.ADOPTED), ("41", Fate.ADOPTED), ('"100"', Fate.ADOPTED), ("39", Fate.OVERWRITTEN)],
)
def test_storage_that_grows_takes_nothing_back(property_: str, after: str, expected: Fate) -> None:
    assert fate(after, "40", property_, f"/Properties{property_}") is expected


@pytest.mark.parametrize(("after", "actual"), [("true", "1"), ("much", "40"), ("40", "null"), ("40", "")], ids=str)
def test_what_is_no_number_does_not_grow(after: str, actual: str) -> None:
    assert fate(after, actual, "/AllocatedStorage", "/Properties/AllocatedStorage") is Fate.OVERWRITTEN


def test_other_numbers_do_not_grow() -> None:
    assert fate("41", "40", "/Iops", "/Properties/Iops") is Fate.OVERWRITTEN


PARAMETER = {"source": "ParameterReference", "causing_entity": "pName"}


@pytest.mark.parametrize(("after", "expected"), [("by hand", Fate.ADOPTED), ("b", Fate.OVERWRITTEN)])
@pytest.mark.parametrize("order", [1, -1], ids=["dynamic first", "static first"])
def test_a_changed_parameter_shows_twice_and_its_value_counts(order: int, after: str, expected: Fate) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-samples.html"""
    both = (detail(evaluation="Dynamic", after=after), detail(after=after, **PARAMETER))
    (found,) = fates(*both[::order])

    assert (found.fate, found.planned) == (expected, after)


def test_a_detail_that_changes_nothing_hides_no_other() -> None:
    assert [each.fate for each in fates(detail(source="NoModification"), detail(after="b"))] == [Fate.OVERWRITTEN]


def test_every_difference_is_told_by_itself() -> None:
    one, two = drifted("AlarmsTopic", "/DisplayName"), drifted("AlarmsTopic", "/Policy", actual="x")
    row = drifted("AlarmsTopic", differences=(*one.differences, *two.differences))
    made = change("AlarmsTopic", detail(after="c"), detail(path="/Properties/Policy", after="x"))

    assert [(each.difference.path, each.fate) for each in touched(row, made, stays=True)] == [
        ("/DisplayName", Fate.OVERWRITTEN),
        ("/Policy", Fate.ADOPTED),
    ]


def test_without_differences_there_is_nothing_to_tell() -> None:
    assert list(touched(drifted("AlarmsTopic"), change("AlarmsTopic"), stays=False)) == []


@pytest.mark.parametrize(
    ("path", "where", "after", "actual"),
    [
        ("/AllocatedStorage", "/Properties/AllocatedStorage", "9" * 400, "40"),
        ("/AllocatedStorage", "/Properties/AllocatedStorage", "40", "9" * 400),
        ("/DisplayName", WHERE, "[" * 5000, "x"),
        ("/DisplayName", WHERE, "x", "[" * 5000),
        ("/A/\u00b2", "/Properties/A", '["x"]', "x"),
    ],
    ids=["huge plan", "huge value", "deep plan", "deep value", "a digit that is no number"],
)
def test_strange_texts_are_judged_like_any(path: str, where: str, after: str, actual: str) -> None:
    assert fate(after, actual, path, where) is not None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab0"), inner, max_size=3),
    max_leaves=6,
)
TEXTS = st.text(max_size=8) | JSON.map(json.dumps)
PATHS = st.lists(st.sampled_from(["A", "b", "0", "1", "", "Tags", "AllocatedStorage"]), max_size=4).map("/".join)
DETAILS = st.builds(
    detail,
    path=PATHS.map("/Properties/{}".format) | PATHS | st.just(""),
    attribute=st.sampled_from(["Properties", "Tags", "Metadata", ""]),
    name=st.sampled_from(["A", "AllocatedStorage", ""]),
    evaluation=st.sampled_from(["Static", "Dynamic", "New"]),
    source=st.sampled_from(["DirectModification", "NoModification", "ParameterReference", ""]),
    before=st.none() | TEXTS,
    after=st.none() | TEXTS,
)


@given(st.lists(DETAILS, min_size=1, max_size=4), PATHS.map("/{}".format), TEXTS, st.booleans())
def test_no_plan_is_too_strange(details: list[ChangeDetail], path: str, actual: str, stays: bool) -> None:
    found = fates(*details, path=path, actual=actual, stays=stays)

    assert len(found) <= 1
    assert all(each.fate in Fate and each.planned is not None for each in found)
    assert stays or [each.fate for each in found] == [Fate.REPLACED]


@given(JSON)
def test_the_very_value_is_always_adopted(value: object) -> None:
    text = json.dumps(value)

    assert fate(text, text) is Fate.ADOPTED


@given(st.text(max_size=6), st.text(max_size=6))
def test_two_texts_are_adopted_only_if_they_are_one(planned: str, actual: str) -> None:
    assert fate(json.dumps(planned), json.dumps(actual)) is (Fate.ADOPTED if planned == actual else Fate.OVERWRITTEN)
