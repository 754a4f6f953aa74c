"""The vendor's first upgrade failure: a storage parameter that lags behind the database."""

from typing import Any

import pytest

from checks.preflight import check_rds_storage_matches_parameter as module
from tests.builders import database, entry, known, snapshot, stack, template, unknown
from tests.checks.says import says
from upgrade.catalogue import Finding, Outcome

CHECK = module.check_rds_storage_matches_parameter


def judged(
    actual: int = 20, parameters: dict[str, Any] | None = None, **changes: Any
) -> tuple[Outcome, tuple[Finding, ...]]:
    live = known({"AnalyticsDBInstance": database(allocated_storage=actual)})
    before = snapshot(databases=live, **changes)
    return says(CHECK, before=before, entry=entry(parameters=parameters or {}))


def test_the_actual_size_passes() -> None:
    assert judged()[0] is Outcome.PASS


def test_a_parameter_below_the_actual_size_fails_with_the_line_to_write() -> None:
    outcome, findings = judged(60)

    assert outcome is Outcome.FAIL
    assert findings[0].found == "AnalyticsDBInstance has 60 GiB, the plan sets 20 GiB"
    assert findings[0].paste == 'pRdsAllocatedStorage = "actual"  # 60 GiB now'


@pytest.mark.parametrize(
    ("parameter", "outcome"),
    [("actual", Outcome.PASS), (60, Outcome.PASS), (66, Outcome.PASS), (65, Outcome.FAIL), (59, Outcome.FAIL)],
)
def test_a_configured_size_is_judged_against_the_actual_one(parameter: object, outcome: Outcome) -> None:
    assert judged(60, {"pRdsAllocatedStorage": parameter})[0] is outcome


def test_an_odd_autoscaled_size_is_followed() -> None:
    assert judged(37, {"pRdsAllocatedStorage": "actual"})[0] is Outcome.PASS


@pytest.mark.parametrize(("maximum", "outcome"), [("110", Outcome.PASS), ("109", Outcome.FAIL)])
def test_the_maximum_leaves_room(maximum: str, outcome: Outcome) -> None:
    parameters = {"pRdsAllocatedStorage": "100", "pRdsMaxAllocatedStorage": maximum}
    said, findings = judged(100, stack=known(stack(parameters=parameters)))

    assert said is outcome
    assert all(finding.paste == "pRdsMaxAllocatedStorage = 110  # or more" for finding in findings)


def test_a_size_fixed_in_the_template_is_the_vendors_matter() -> None:
    resources = {"AnalyticsDBInstance": {"Type": "AWS::RDS::DBInstance", "Properties": {"AllocatedStorage": 20}}}
    outcome, findings = judged(60, target=known(template(Resources=resources)))

    assert (outcome, findings[0].paste) == (Outcome.FAIL, "")


def test_a_database_of_a_nested_stack_is_told_as_unjudged() -> None:
    live = known({"AnalyticsDBInstance": database(), "Data.DB": database(allocated_storage=60)})

    assert says(CHECK, before=snapshot(databases=live), entry=entry())[0] is Outcome.WARN


def test_a_new_database_has_no_actual_size() -> None:
    assert says(CHECK, before=snapshot(databases=known({})), entry=entry())[0] is Outcome.PASS


def test_no_database_is_not_applicable() -> None:
    topic = known(template(Resources={"T": {"Type": "AWS::SNS::Topic"}}))
    before = snapshot(databases=known({}), target=topic)

    assert says(CHECK, before=before, entry=entry())[0] is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("fact", ["databases", "stack", "target"])
def test_what_cannot_be_read_cannot_tell(fact: str) -> None:
    assert says(CHECK, before=snapshot(**{fact: unknown()}), entry=entry())[0] is Outcome.ERROR


@pytest.mark.parametrize(("live", "outcome"), [(None, Outcome.PASS), (200, Outcome.FAIL)], ids=["off", "on"])
def test_a_maximum_that_equals_the_size_keeps_autoscaling_off(live: int | None, outcome: Outcome) -> None:
    parameters = {"pRdsAllocatedStorage": "100", "pRdsMaxAllocatedStorage": "100"}
    databases = known({"AnalyticsDBInstance": database(allocated_storage=100, max_allocated_storage=live)})
    before = snapshot(stack=known(stack(parameters=parameters)), databases=databases)
    assert says(CHECK, before=before, entry=entry())[0] is outcome
