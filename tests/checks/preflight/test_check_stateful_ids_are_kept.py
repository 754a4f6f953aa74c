"""Data does not leave the template by another name, another type or a condition."""

from dataclasses import replace
from typing import Any

import pytest

from checks.preflight import check_stateful_ids_are_kept as module
from tests.builders import RESOURCES, body, change, known, plan, prediction, snapshot, template, unknown
from tests.checks.says import says
from upgrade.catalogue import Finding, Outcome
from upgrade.config.product import Dropped, Product, load
from upgrade.facts.changes import ResourceChange, Unpredicted
from upgrade.facts.stack import Resource

CHECK = module.check_stateful_ids_are_kept
TYPE = {"scope": ("Type",), "type": "AWS::S3::Bucket"}


def judged(
    *changes: ResourceChange,
    unpredicted: tuple[Unpredicted, ...] = (),
    without: str = "",
    product: Product | None = None,
    resources: tuple[Resource, ...] = RESOURCES,
    planned: tuple[ResourceChange, ...] = (),
) -> tuple[Outcome, tuple[Finding, ...]]:
    left = {name: each for name, each in body()["Resources"].items() if name != without}
    before = snapshot(
        prediction=known(prediction(*changes or (change("AlarmsTopic"),), unpredicted=unpredicted)),
        target=known(template("v4.1.0", Resources=left)),
        resources=known(resources),
    )
    return says(CHECK, before=before, plan=known(plan(*planned)), product=product or load("codeocean"))


def gone(logical_id: str) -> ResourceChange:
    return change(logical_id, action="Remove", replacement="", details=())


@pytest.mark.parametrize("harmless", [gone("AlarmsTopic"), change("DataVolume"), change("AlarmsTopic", **TYPE)])
def test_what_stays_or_holds_no_data_passes(harmless: ResourceChange) -> None:
    assert judged(harmless)[0] is Outcome.PASS


@pytest.mark.parametrize(
    ("harmful", "without", "told"),
    [
        (gone("DataVolume"), "DataVolume", "is not in the target template"),
        (gone("DataVolume"), "", "its condition is false"),
        (change("DataVolume", **TYPE), "", "changes its type to AWS::S3::Bucket"),
        (change("DataVolume", action="Dynamic"), "", "may be removed"),
    ],
)
def test_data_that_disappears_fails(harmful: ResourceChange, without: str, told: str) -> None:
    outcome, findings = judged(harmful, without=without)
    assert outcome is Outcome.FAIL
    assert told in findings[0].found


def test_what_only_the_change_set_takes_away_fails() -> None:
    assert judged(planned=(gone("DataVolume"),))[0] is Outcome.FAIL


def test_what_lies_in_a_nested_stack_goes_with_it() -> None:
    inside = (Resource("AlarmsTopic.Data", "b", "AWS::S3::Bucket", "X"),)
    outcome, findings = judged(gone("AlarmsTopic"), without="AlarmsTopic", resources=inside)
    assert outcome is Outcome.FAIL
    assert "AlarmsTopic.Data" in findings[0].found


@pytest.mark.parametrize(("to", "outcome"), [("v4.1.0", Outcome.WARN), ("v4.2.0", Outcome.FAIL)])
def test_what_the_product_drops_between_these_versions_is_told(to: str, outcome: Outcome) -> None:
    product = replace(load("codeocean"), dropped=(Dropped("DataVolume", "v4.0.0", to, "moved to EFS"),))
    found, findings = judged(gone("DataVolume"), without="DataVolume", product=product)
    assert found is outcome
    assert ("moved to EFS" in findings[0].found) is (outcome is Outcome.WARN)


def test_what_a_macro_may_make_is_told_and_left_to_the_change_set() -> None:
    macro = (Unpredicted("", "only CloudFormation knows what Mine makes of the target template"),)
    assert judged(unpredicted=macro, without="DataVolume")[0] is Outcome.WARN
    assert judged(unpredicted=macro)[0] is Outcome.PASS


def test_without_a_plan_nobody_can_judge() -> None:
    assert says(CHECK, before=snapshot(), plan=unknown(), product=load("codeocean"))[0] is Outcome.ERROR


@pytest.mark.parametrize("missing", ["prediction", "resources", "target"])
def test_what_was_not_read_nobody_can_judge(missing: str) -> None:
    lost: dict[str, Any] = {missing: unknown()}
    assert says(CHECK, before=snapshot(**lost), plan=known(plan()), product=load("codeocean"))[0] is Outcome.ERROR
