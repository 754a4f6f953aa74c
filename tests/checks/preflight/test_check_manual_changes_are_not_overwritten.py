"""What a plan does to what was changed by hand: leaves it, adopts it, overwrites it, or nobody knows."""

from datetime import timedelta
from typing import Any

import pytest

from checks.preflight import check_manual_changes_are_not_overwritten as module
from tests.builders import NOW, change, detail, drift, drifted, entry, known, plan, prediction, snapshot, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.config.entry import StackEntry
from upgrade.config.product import load
from upgrade.facts.changes import ChangeDetail, Plan, ResourceChange, Unpredicted
from upgrade.facts.drift import ResourceDrift
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_manual_changes_are_not_overwritten
BY_HAND = drifted("AlarmsTopic", "/DisplayName", expected="a", actual="by hand")
"""Somebody has renamed the topic; the builders' own change sets its name from a to b."""


def judged(
    row: ResourceDrift, *changes: ResourceChange, settings: StackEntry | None = None
) -> tuple[Outcome, tuple[Finding, ...]]:
    before, made = snapshot(drift=known(drift(row))), known(plan(*changes))
    return says(CHECK, before=before, plan=made, entry=settings or entry(), product=load("codeocean"))


def sets(after: str | None, path: str = "/Properties/DisplayName", **changes: Any) -> ResourceChange:
    """A change of the topic that sets this value."""
    return change("AlarmsTopic", detail(path=path, name=path.split("/")[2], after=after, **changes))


def test_overwriting_fails_and_tells_both_values() -> None:
    outcome, findings = judged(BY_HAND)

    assert outcome is Outcome.FAIL
    assert findings[0].found == "AlarmsTopic /DisplayName was changed by hand to by hand; the plan sets it to b"
    assert (findings[0].logical_id, findings[0].property) == ("AlarmsTopic", "/DisplayName")


@pytest.mark.parametrize(
    "made",
    [sets("x", "/Properties/KmsMasterKeyId"), sets("x", "/Properties/DisplayNameOther")],
    ids=["another property", "a longer name"],
)
def test_what_the_plan_does_not_touch_passes(made: ResourceChange) -> None:
    assert judged(BY_HAND, made)[0] is Outcome.PASS


@pytest.mark.parametrize("made", [sets("a"), sets("x", source="NoModification")], ids=["same value", "no modification"])
def test_a_detail_that_changes_nothing_overwrites_nothing(made: ResourceChange) -> None:
    assert judged(BY_HAND, made)[0] is Outcome.PASS


def test_a_plan_that_adopts_the_value_is_told() -> None:
    outcome, findings = judged(BY_HAND, sets("by hand"))

    assert outcome is Outcome.WARN
    assert findings[0].found.endswith("the plan keeps that and sets by hand")


@pytest.mark.parametrize(
    ("actual", "after"),
    [("40", '"40"'), ("true", "true"), ('{"a":1,"b":2}', '{"b": 2, "a": 1}')],
    ids=["number", "boolean", "object"],
)
def test_values_are_compared_as_what_they_mean(actual: str, after: str) -> None:
    row = drifted("AlarmsTopic", "/DisplayName", actual=actual)

    assert judged(row, sets(after))[0] is Outcome.WARN


def from_parameter(after: str) -> tuple[ChangeDetail, ChangeDetail]:
    """A changed parameter gives two details: the reference, and a direct modification that is always Dynamic.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-samples.html
    """
    return (
        detail(evaluation="Dynamic", after=after),
        detail(source="ParameterReference", causing_entity="pName", after=after),
    )


@pytest.mark.parametrize(("after", "outcome"), [("by hand", Outcome.WARN), ("b", Outcome.FAIL)])
@pytest.mark.parametrize("order", [1, -1], ids=["dynamic first", "static first"])
def test_a_value_carried_into_a_parameter_is_adopted(order: int, after: str, outcome: Outcome) -> None:
    assert judged(BY_HAND, change("AlarmsTopic", *from_parameter(after)[::order]))[0] is outcome


@pytest.mark.parametrize(
    "made",
    [
        sets("by hand", evaluation="Dynamic", source="ResourceAttribute"),
        sets(None),
        sets("x", "/Properties/DisplayName/Part"),
    ],
    ids=["dynamic", "no value", "a part of it"],
)
def test_a_value_that_is_not_known_is_no_pass(made: ResourceChange) -> None:
    assert judged(BY_HAND, made)[0] is Outcome.FAIL


@pytest.mark.parametrize(
    "made",
    [change("AlarmsTopic", replacement="True"), change("AlarmsTopic", action="Remove", replacement="")],
    ids=["replaced", "removed"],
)
def test_a_resource_made_anew_keeps_nothing(made: ResourceChange) -> None:
    row = drifted("AlarmsTopic", "/KmsMasterKeyId")

    assert judged(row, made)[0] is Outcome.FAIL


def test_a_resource_that_may_be_made_anew_may_keep_nothing() -> None:
    row = drifted("AlarmsTopic", "/KmsMasterKeyId")
    made = change("AlarmsTopic", detail(requires_recreation="Conditionally"), replacement="Conditional")

    assert judged(row, made)[0] is not Outcome.PASS


def test_a_part_of_a_planned_value_is_found_in_it() -> None:
    row = drifted("AlarmsTopic", "/Subscription/0/Protocol", actual="sqs")
    adopted, other = '[{"Protocol": "sqs"}]', '[{"Protocol": "email"}]'

    assert judged(row, sets(adopted, "/Properties/Subscription"))[0] is Outcome.WARN
    assert judged(row, sets(other, "/Properties/Subscription"))[0] is Outcome.FAIL
    assert judged(row, sets("[]", "/Properties/Subscription"))[0] is Outcome.FAIL


@pytest.mark.parametrize("path", ["/Tags/0/Value", "/Tags"])
def test_a_tag_is_only_told(path: str) -> None:
    assert judged(drifted("AlarmsTopic", path), sets("x", f"/Properties{path}"))[0] is Outcome.WARN


def raises(size: str) -> ResourceChange:
    return change(
        "AnalyticsDBInstance", detail(name="AllocatedStorage", path="/Properties/AllocatedStorage", after=size)
    )


@pytest.mark.parametrize("size", ["40", "60"], ids=["actual", "more"])
def test_storage_raised_to_what_it_has_grown_to_or_beyond_is_adopted(size: str) -> None:
    outcome, findings = judged(drifted("AnalyticsDBInstance", "/AllocatedStorage", "20", "40"), raises(size))

    assert outcome is Outcome.WARN
    assert f"the plan keeps that and sets {size}" in findings[0].found


@pytest.mark.parametrize(("days", "outcome"), [(1, Outcome.WARN), (-1, Outcome.FAIL)])
def test_drift_that_was_stated_as_expected_is_told_until_it_expires(days: int, outcome: Outcome) -> None:
    stated = {
        "resource": "AlarmsTopic",
        "property": "/DisplayName",
        "reason": "renamed for the audit",
        "expires": NOW + timedelta(days=days),
    }
    said, findings = judged(BY_HAND, settings=entry(expected_drift=(stated,)))

    assert said is outcome
    assert ("which is known: renamed for the audit" in findings[0].found) is (outcome is Outcome.WARN)


def test_where_aws_does_not_say_what_was_changed_a_plan_that_touches_it_is_no_pass() -> None:
    assert judged(drifted("AlarmsTopic"))[0] is not Outcome.PASS


@pytest.mark.parametrize("status", ["UNKNOWN", "SOMETHING_NEW"])
def test_a_drift_that_could_not_be_read_is_not_nothing(status: str) -> None:
    outcome, _ = judged(drifted("AlarmsTopic", status=status))

    assert outcome not in {Outcome.PASS, Outcome.NOT_APPLICABLE}


NOTHING = (Outcome.NOT_APPLICABLE, "nothing that the plan changes was changed by hand")


def applies(before: Snapshot, made: Plan) -> tuple[Outcome, str]:
    return remarks(CHECK, before=before, plan=known(made), entry=entry(), product=load("codeocean"))


def test_without_drift_it_does_not_apply() -> None:
    assert applies(snapshot(), plan()) == NOTHING


def test_where_the_plan_changes_other_resources_it_does_not_apply() -> None:
    assert applies(snapshot(drift=known(drift(BY_HAND))), plan(change("DataVolume"))) == NOTHING


@pytest.mark.parametrize(
    "changes",
    [{"drift": unknown()}, {"template": unknown(), "drift": known(drift(BY_HAND))}],
    ids=["drift", "template"],
)
def test_what_cannot_be_read_cannot_tell(changes: dict[str, Any]) -> None:
    before = snapshot(**changes)

    assert says(CHECK, before=before, plan=known(plan()), entry=entry(), product=load("codeocean"))[0] is Outcome.ERROR


def test_without_a_plan_it_cannot_tell() -> None:
    before = snapshot(drift=known(drift(BY_HAND)))

    assert says(CHECK, before=before, plan=unknown(), entry=entry(), product=load("codeocean"))[0] is Outcome.ERROR


def test_where_the_prediction_does_not_reach_what_was_changed_by_hand_it_cannot_tell() -> None:
    made = prediction(change("DataVolume"), unpredicted=(Unpredicted("", "a macro"),))
    facts: dict[str, Any] = {"plan": known(made), "entry": entry(), "product": load("codeocean")}
    assert says(CHECK, before=snapshot(drift=known(drift(BY_HAND))), **facts)[0] is Outcome.ERROR
    assert says(CHECK, before=snapshot(), **facts)[0] is Outcome.NOT_APPLICABLE
