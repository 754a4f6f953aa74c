"""Every parameter gets a value, and every configured name means something."""

from typing import Any

import pytest

from checks.preflight import check_parameters_are_complete as module
from tests.builders import body, database, entry, known, snapshot, stack, template, unknown
from tests.checks.says import says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_parameters_are_complete


def target(**declared: Any) -> Snapshot:
    """A target with these parameters beside the deployed ones."""
    parameters = {**body()["Parameters"], **declared}
    return snapshot(target=known(template("v4.1.0", Parameters=parameters)))


def judged(before: Snapshot, **parameters: Any) -> tuple[Outcome, tuple[Finding, ...]]:
    return says(CHECK, before=before, entry=entry(parameters=parameters))


@pytest.mark.parametrize("declared", [{}, {"pNew": {"Type": "String", "Default": ""}}])
def test_what_is_deployed_or_has_a_default_needs_no_value(declared: dict[str, Any]) -> None:
    assert judged(target(**declared))[0] is Outcome.PASS


def test_a_new_one_without_default_fails_with_the_line_to_write() -> None:
    outcome, findings = judged(target(pNew={"Type": "String"}))

    assert outcome is Outcome.FAIL
    assert [(f.property, f.paste) for f in findings] == [("pNew", "pNew = …")]
    assert "[stacks.prod.parameters]" in findings[0].remedy


@pytest.mark.parametrize("value", ["x", "", 0, False, {"env": "SECRET"}], ids=["text", "empty", "0", "false", "secret"])
def test_a_configured_value_completes_it(value: object) -> None:
    assert judged(target(pNew={"Type": "String"}), pNew=value)[0] is Outcome.PASS


def test_a_mistyped_name_fails_and_says_which_was_meant() -> None:
    outcome, findings = judged(target(), pRdsAlocatedStorage=20)

    assert outcome is Outcome.FAIL
    assert "did you mean pRdsAllocatedStorage?" in findings[0].found


def test_a_name_that_only_the_deployed_template_knows_fails() -> None:
    before = snapshot(stack=known(stack(parameters={"pGone": "1"})))

    assert judged(before)[0] is Outcome.PASS, "what the target drops is no longer sent"
    assert judged(before, pGone="2")[0] is Outcome.FAIL


def test_actual_that_follows_a_database_passes() -> None:
    assert judged(snapshot(), pRdsAllocatedStorage="actual")[0] is Outcome.PASS


def test_actual_that_follows_nothing_fails_with_what_can_be_followed() -> None:
    outcome, findings = judged(target(pNew={"Type": "Number"}), pNew="actual")

    assert outcome is Outcome.FAIL
    assert "AWS::RDS::DBInstance AllocatedStorage" in findings[0].remedy


def test_a_maximum_that_is_switched_off_can_not_be_followed() -> None:
    live = known({"AnalyticsDBInstance": database(max_allocated_storage=None)})

    assert judged(snapshot(databases=live), pRdsMaxAllocatedStorage="actual")[0] is Outcome.FAIL


def test_every_problem_is_told() -> None:
    _, findings = judged(target(pOne={"Type": "String"}, pTwo={"Type": "String"}), pThree=1)

    assert {finding.property for finding in findings} == {"pOne", "pTwo", "pThree"}


def test_databases_that_nothing_follows_need_not_be_known() -> None:
    assert judged(snapshot(databases=unknown()))[0] is Outcome.PASS


@pytest.mark.parametrize(
    "before",
    [snapshot(target=unknown()), snapshot(stack=unknown()), snapshot(databases=unknown())],
    ids=["target", "stack", "databases"],
)
def test_what_cannot_be_read_cannot_tell(before: Snapshot) -> None:
    assert judged(before, pRdsAllocatedStorage="actual")[0] is Outcome.ERROR
