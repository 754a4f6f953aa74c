"""A runtime past its last date stops a plan that updates the function; otherwise it is told, with the age of the dates."""

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.preflight import check_runtimes_can_be_updated as module
from tests.builders import change, known, plan, snapshot, template, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.changes import Plan, ResourceChange

CHECK = module.check_runtimes_can_be_updated
FUNCTION = "AWS::Lambda::Function"
BEFORE_BLOCK, CREATE_BLOCK, UPDATE_BLOCK = (
    datetime(2026, 12, 1, tzinfo=UTC),  # python3.10 is without support since 2026-10-31
    datetime(2027, 2, 1, tzinfo=UTC),
    datetime(2027, 3, 3, tzinfo=UTC),
)


def touching(**changes: Any) -> ResourceChange:
    return change("Copy", **{"type": FUNCTION, **changes})


def judged(made: Plan, now: datetime, **properties: Any) -> tuple[Outcome, tuple[Finding, ...]]:
    target = template(Resources={"Copy": {"Type": FUNCTION, "Properties": properties}})
    return says(CHECK, before=snapshot(target=known(target)), plan=known(made), now=now)


@pytest.mark.parametrize(
    ("made", "now", "outcome"),
    [
        (touching(), BEFORE_BLOCK, Outcome.WARN),
        (touching(), CREATE_BLOCK, Outcome.WARN),
        (touching(), UPDATE_BLOCK, Outcome.FAIL),
        (touching(replacement="True"), BEFORE_BLOCK, Outcome.WARN),
        (touching(replacement="True"), CREATE_BLOCK, Outcome.FAIL),
        (touching(action="Add", replacement=""), CREATE_BLOCK, Outcome.FAIL),
        (touching(scope=()), UPDATE_BLOCK, Outcome.FAIL),
        (touching(scope=("Properties", "Tags")), UPDATE_BLOCK, Outcome.FAIL),
        (touching(scope=("Tags",)), UPDATE_BLOCK, Outcome.WARN),
        (change(), UPDATE_BLOCK, Outcome.WARN),
    ],
)
def test_it_blocks_what_lambda_refuses(made: ResourceChange, now: datetime, outcome: Outcome) -> None:
    assert judged(plan(made), now, Runtime="python3.10")[0] is outcome


def test_the_finding_says_since_when_and_how_old_the_dates_are() -> None:
    _, findings = judged(plan(touching()), UPDATE_BLOCK, Runtime="python3.10")
    assert findings[0].found == "Copy has runtime python3.10; since 2027-03-03 Lambda refuses to update functions of it"
    assert "dates compiled on 2026-11-26, 97 days ago" in findings[0].expected


def test_a_supported_runtime_passes_and_tells_the_age() -> None:
    target = template(Resources={"Copy": {"Type": FUNCTION, "Properties": {"Runtime": "python3.12"}}})
    before = snapshot(target=known(target))
    said, remark = remarks(CHECK, before=before, plan=known(plan(touching())), now=UPDATE_BLOCK)
    assert (said, remark) == (Outcome.PASS, "dates compiled on 2026-11-26, 97 days ago")


def test_a_container_image_has_no_runtime() -> None:
    assert judged(plan(touching()), UPDATE_BLOCK, PackageType="Image")[0] is Outcome.PASS


@pytest.mark.parametrize("runtime", ["cobol85", {"Fn::ImportValue": "x"}])
def test_a_runtime_of_which_nothing_is_known_is_told(runtime: Any) -> None:
    assert judged(plan(touching()), UPDATE_BLOCK, Runtime=runtime)[0] is Outcome.WARN


def test_a_function_in_a_nested_stack_is_told() -> None:
    made = plan(change("Nested.Copy", type=FUNCTION), change("Nested.Gone", type=FUNCTION, action="Remove"))
    said, findings = says(CHECK, before=snapshot(), plan=known(made), now=UPDATE_BLOCK)
    assert (said, [each.logical_id for each in findings]) == (Outcome.WARN, ["Nested.Copy"])


def test_a_target_without_functions_is_not_applicable() -> None:
    made = plan(touching(action="Remove"))
    assert remarks(CHECK, before=snapshot(), plan=known(made), now=UPDATE_BLOCK)[0] is Outcome.NOT_APPLICABLE


def test_without_the_target_it_cannot_tell() -> None:
    before = snapshot(target=unknown())
    assert says(CHECK, before=before, plan=known(plan()), now=UPDATE_BLOCK)[0] is Outcome.ERROR
