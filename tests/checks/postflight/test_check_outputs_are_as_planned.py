"""Outputs the target declares against those the stack has; of some only AWS knows the value."""

from typing import Any

import pytest

from checks.postflight import check_outputs_are_as_planned as module
from tests.builders import ARN, entry, known, snapshot, stack, template, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_outputs_are_as_planned
PARAMETERS = {
    "pName": {"Type": "String", "Default": "x"},
    "pSecret": {"Type": "String", "NoEcho": True},
    "pFromSsm": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/app/mode"},
}
CONDITIONS = {
    "cNamed": {"Fn::Not": [{"Fn::Equals": [{"Ref": "pName"}, ""]}]},
    "cOnlyAwsKnows": {"Fn::Equals": [{"Ref": "pFromSsm"}, "on"]},
}


def world(declared: dict[str, Any], live: dict[str, str], **parameters: str) -> tuple[Snapshot, Snapshot]:
    target = template("v4.1.0", Parameters=PARAMETERS, Conditions=CONDITIONS, Outputs=declared)
    deployed = {"pName": "codeocean", "pSecret": "****", "pFromSsm": "/app/mode", **parameters}
    after = snapshot(stack=known(stack(outputs=live, parameters=deployed)), template=known(target), target=unknown())
    return snapshot(target=known(target)), after


def judged(declared: dict[str, Any], live: dict[str, str], **parameters: str) -> tuple[Outcome, tuple[Finding, ...]]:
    before, after = world(declared, live, **parameters)
    return says(CHECK, before=before, after=after, entry=entry())


def told(declared: dict[str, Any], live: dict[str, str]) -> tuple[Outcome, str]:
    before, after = world(declared, live)
    return remarks(CHECK, before=before, after=after, entry=entry())


NAME = {"Name": {"Value": {"Ref": "pName"}}}
ATTRIBUTE = {"Url": {"Value": {"Fn::GetAtt": ["Web", "DNSName"]}}}


@pytest.mark.parametrize(
    ("value", "live"),
    [
        ({"Ref": "pName"}, "codeocean"),
        ({"Fn::Sub": "https://${pName}.${AWS::Region}.example"}, "https://codeocean.us-east-1.example"),
        ({"Ref": "AWS::StackId"}, ARN),
        ({"Fn::Join": ["-", [{"Ref": "AWS::AccountId"}, {"Ref": "AWS::Partition"}]]}, "111122223333-aws"),
        (8080, "8080"),
        (True, "true"),
    ],
    ids=str,
)
def test_a_value_that_can_be_worked_out_is_compared(value: object, live: str) -> None:
    assert judged({"One": {"Value": value}}, {"One": live})[0] is Outcome.PASS
    assert judged({"One": {"Value": value}}, {"One": "other"})[0] is Outcome.FAIL


def test_another_value_is_told_with_the_planned_one() -> None:
    _, findings = judged(NAME, {"Name": "old"})

    assert (findings[0].found, findings[0].property) == ("output Name is 'old'", "Name")
    assert findings[0].expected == "'codeocean', as the target declares"


@pytest.mark.parametrize("declared", [NAME, ATTRIBUTE], ids=["known value", "unknown value"])
def test_one_that_is_gone_fails(declared: dict[str, Any]) -> None:
    outcome, findings = judged(declared, {})

    assert outcome is Outcome.FAIL
    assert "absent" in findings[0].found


def test_one_that_nobody_declares_fails() -> None:
    outcome, findings = judged(NAME, {"Name": "codeocean", "More": "1"})

    assert (outcome, [finding.property for finding in findings]) == (Outcome.FAIL, ["More"])


@pytest.mark.parametrize(
    "value",
    [
        {"Fn::GetAtt": ["Web", "DNSName"]},
        {"Fn::Sub": "https://${Web.DNSName}"},
        {"Ref": "Web"},
        {"Fn::ImportValue": "x"},
        {"Ref": "pFromSsm"},
        {"Ref": "pSecret"},
        {"Fn::Join": ["", ["a", {"Ref": "pSecret"}]]},
        "{{resolve:ssm:/app/mode:1}}",
        {"Fn::Sub": "mode-{{resolve:ssm:/app/mode}}"},
    ],
    ids=str,
)
def test_one_whose_value_only_aws_knows_is_there_and_told(value: object) -> None:
    outcome, remark = told({"One": {"Value": value}}, {"One": "whatever"})

    assert outcome is Outcome.PASS
    assert remark == "there, with values that only AWS knows beforehand: One"


def conditional(condition: str) -> dict[str, Any]:
    return {"One": {"Condition": condition, "Value": "1"}}


def test_the_condition_is_that_of_the_live_parameters() -> None:
    assert judged(conditional("cNamed"), {"One": "1"})[0] is Outcome.PASS
    assert judged(conditional("cNamed"), {})[0] is Outcome.FAIL
    assert judged(conditional("cNamed"), {"One": "1"}, pName="")[0] is Outcome.FAIL


@pytest.mark.parametrize("live", [{"One": "1"}, {}], ids=["there", "absent"])
def test_under_a_condition_that_only_aws_knows_both_are_right(live: dict[str, str]) -> None:
    assert judged({**conditional("cOnlyAwsKnows"), **NAME}, {"Name": "codeocean", **live})[0] is not Outcome.FAIL


def test_outputs_made_by_a_loop_are_not_taken_for_strangers() -> None:
    loop = {"Fn::ForEach::Each": ["N", ["A", "B"], {"Out${N}": {"Value": {"Ref": "Topic${N}"}}}]}

    assert judged({**NAME, **loop}, {"Name": "codeocean", "OutA": "a", "OutB": "b"})[0] is not Outcome.FAIL


def test_a_stack_without_outputs_is_not_applicable() -> None:
    assert told({}, {}) == (Outcome.NOT_APPLICABLE, "the target declares no outputs, and the stack has none")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (snapshot(target=unknown()), snapshot()),
        (snapshot(), snapshot(stack=unknown())),
        (snapshot(target=unknown()), snapshot(template=unknown())),
    ],
    ids=["target", "stack", "template"],
)
def test_what_cannot_be_read_cannot_tell(before: Snapshot, after: Snapshot) -> None:
    assert says(CHECK, before=before, after=after, entry=entry())[0] is Outcome.ERROR


def test_a_value_that_earlier_evidence_does_not_hold_is_not_compared() -> None:
    declared = {"One": {"Value": "https://[REDACTED:url-password#1a2b3c4d]@host"}}

    assert judged(declared, {"One": "https://u:p@host"})[0] is Outcome.PASS
    assert judged(declared, {})[0] is Outcome.FAIL
