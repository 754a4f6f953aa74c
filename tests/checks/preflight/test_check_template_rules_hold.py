"""The target's Rules against the planned values."""

from typing import Any

import pytest

from checks.preflight import check_template_rules_hold as module
from tests.builders import entry, known, snapshot, stack, template, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome

CHECK = module.check_template_rules_hold
ZONES = {
    "RuleCondition": {"Fn::Equals": [{"Ref": "pVpcId"}, ""]},
    "Assertions": [
        {
            "Assert": {"Fn::Not": [{"Fn::Equals": [{"Ref": "pZone"}, ""]}]},
            "AssertDescription": "A new VPC needs its zone",
        }
    ],
}
DECLARED = {"pVpcId": {"Type": "String", "Default": ""}, "pZone": {"Type": "String", "Default": ""}}


def judged(rule: dict[str, Any], live: dict[str, str], **settings: Any) -> tuple[Outcome, tuple[Finding, ...]]:
    target = template("v4.1.0", Parameters=DECLARED, Rules={"rZones": rule})
    before = snapshot(stack=known(stack(parameters=live)), target=known(target))
    return says(CHECK, before=before, entry=entry(**settings))


def test_a_rule_that_holds_passes() -> None:
    assert judged(ZONES, {"pVpcId": "", "pZone": "us-east-1a"})[0] is Outcome.PASS


def test_a_rule_whose_condition_is_false_passes() -> None:
    assert judged(ZONES, {"pVpcId": "vpc-1", "pZone": ""})[0] is Outcome.PASS


def test_a_rule_that_does_not_hold_fails_in_the_templates_own_words() -> None:
    outcome, findings = judged(ZONES, {"pVpcId": "", "pZone": ""})

    assert outcome is Outcome.FAIL
    assert (findings[0].expected, findings[0].property) == ("A new VPC needs its zone", "Rules/rZones")


def test_planned_values_are_judged_not_deployed_ones() -> None:
    assert judged(ZONES, {"pVpcId": "", "pZone": ""}, parameters={"pZone": "us-east-1a"})[0] is Outcome.PASS


def test_a_function_nobody_knows_is_told() -> None:
    outcome, findings = judged({"Assertions": [{"Assert": {"Fn::Later": []}}]}, {})

    assert outcome is Outcome.WARN
    assert "Plimsoll does not know Fn::Later" in findings[0].found


def test_a_secret_value_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE", "us-east-1a")
    outcome, findings = judged(ZONES, {"pVpcId": "", "pZone": ""}, parameters={"pZone": {"env": "ZONE"}})

    assert outcome is Outcome.WARN
    assert "pZone is secret" in findings[0].found


def test_a_target_without_rules_is_not_applicable() -> None:
    assert remarks(CHECK, before=snapshot(), entry=entry()) == (
        Outcome.NOT_APPLICABLE,
        "the target template has no Rules",
    )


def test_a_target_that_cannot_be_read_cannot_tell() -> None:
    assert says(CHECK, before=snapshot(target=unknown()), entry=entry())[0] is Outcome.ERROR
