"""CloudFormation's quotas, for the target and all that is nested in it."""

from typing import Any

import pytest

from checks.preflight import check_template_fits_the_limits as module
from tests.builders import ACCOUNT, entry, known, snapshot, stack, template, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_template_fits_the_limits
TOPIC = {"Type": "AWS::SNS::Topic"}
NESTED = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://b.s3.amazonaws.com/k"}}


def topics(number: int, **more: Any) -> dict[str, Any]:
    return {**{f"Topic{each}": TOPIC for each in range(number)}, **more}


def judged(before: Snapshot, **settings: Any) -> tuple[Outcome, tuple[Finding, ...]]:
    return says(CHECK, before=before, entry=entry(**settings))


def target(**body: Any) -> Snapshot:
    return snapshot(target=known(template("v4.1.0", **body)))


def many(number: int, value: Any) -> dict[str, Any]:
    return {f"n{each}": value for each in range(number)}


FITS = [
    {"Resources": topics(500)},
    {"Outputs": many(200, {"Value": "x"})},
    {"Parameters": many(200, {"Type": "String", "Default": "x" * 4096})},
    {"Mappings": many(200, {"a": many(200, "x")})},
    {"Description": "x" * 1024},
    {"Resources": {"A": {**TOPIC, "Properties": {"DisplayName": "{{resolve:ssm:x}}" * 60}}}},
    {"Resources": {"x" * 255: TOPIC}},
]
TOO_MUCH = [
    ({"Resources": topics(501)}, "501 resources"),
    ({"Outputs": many(201, {"Value": "x"})}, "201 outputs"),
    ({"Parameters": many(201, {"Type": "String", "Default": ""})}, "201 parameters"),
    ({"Parameters": {"p": {"Type": "String", "Default": "x" * 4097}}}, "4,097 bytes in the default of parameter p"),
    ({"Mappings": many(201, {})}, "201 mappings"),
    ({"Mappings": {"M": {"a": many(201, "x")}}}, "201 attributes of a in mapping M"),
    ({"Description": "ü" * 513}, "1,026 bytes in its Description"),
    ({"Resources": {"A": {**TOPIC, "Properties": {"DisplayName": "{{resolve:ssm:x}}" * 61}}}}, "61 dynamic references"),
    ({"Resources": {"x" * 256: TOPIC}}, "256 characters in the name"),
]


@pytest.mark.parametrize("body", FITS, ids=lambda body: str(body)[-60:])
def test_what_just_fits_passes(body: dict[str, Any]) -> None:
    assert judged(target(**body))[0] is Outcome.PASS


@pytest.mark.parametrize(("body", "said"), TOO_MUCH, ids=[said for _, said in TOO_MUCH])
def test_one_more_fails(body: dict[str, Any], said: str) -> None:
    outcome, findings = judged(target(**body))

    assert outcome is Outcome.FAIL
    assert said in findings[0].found


def test_a_nested_template_has_the_same_limits() -> None:
    before = snapshot(
        target=known(template(Resources={"Network": NESTED})),
        nested_targets=known({"Network": known(template(Resources=topics(501)))}),
    )
    outcome, findings = judged(before)

    assert outcome is Outcome.FAIL
    assert (findings[0].logical_id, findings[0].found) == (
        "Network",
        "the template of nested stack Network has 501 resources",
    )


def test_all_resources_of_the_tree_together_have_a_limit() -> None:
    parts = {f"Part{number}": known(template(Resources=topics(500))) for number in range(5)}
    before = snapshot(target=known(template(Resources=dict.fromkeys(parts, NESTED))), nested_targets=known(parts))
    outcome, findings = judged(before)

    assert outcome is Outcome.FAIL
    assert "2,505 resources in the stack and all nested in it" in findings[0].found


def test_a_nested_template_that_was_not_read_is_told() -> None:
    before = snapshot(
        target=known(template(Resources={"Network": NESTED})), nested_targets=known({"Network": unknown()})
    )
    outcome, findings = judged(before)

    assert outcome is Outcome.WARN
    assert findings[0].logical_id == "Network"


def test_extra_tags_pass_as_long_as_they_fit() -> None:
    tags = {f"t{number}": "x" for number in range(49)}

    assert judged(snapshot(), tags=tags)[0] is Outcome.PASS
    assert judged(snapshot(), tags={**tags, "one": "more"})[0] is Outcome.FAIL


def test_aws_own_tags_are_not_counted() -> None:
    own = {f"aws:{number}": "x" for number in range(60)}

    assert judged(snapshot(stack=known(stack(tags=own))))[0] is Outcome.PASS


def test_more_rollback_triggers_than_a_stack_can_have_fail() -> None:
    alarm = f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:"
    before = snapshot(
        stack=known(stack(rollback_triggers=tuple((f"{alarm}{n}", "AWS::CloudWatch::Alarm") for n in range(5))))
    )

    assert judged(before)[0] is Outcome.PASS
    assert judged(before, rollback_triggers=[f"{alarm}new"])[0] is Outcome.FAIL


def test_what_a_macro_adds_is_said_not_to_be_counted() -> None:
    outcome, remark = remarks(CHECK, before=target(Transform="AWS::Serverless-2016-10-31"), entry=entry())

    assert outcome is Outcome.PASS
    assert "what macro AWS::Serverless-2016-10-31 makes of it" in remark


@pytest.mark.parametrize("fact", ["target", "stack", "nested_targets"])
def test_what_cannot_be_read_cannot_tell(fact: str) -> None:
    assert judged(snapshot(**{fact: unknown()}))[0] is Outcome.ERROR
