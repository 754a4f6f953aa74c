"""What stands behind the target's references and SSM parameters, as it was at the last update or not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from checks.preflight import check_dynamic_references_are_stable as module
from tests.builders import NOW, change, entry, known, plan, secret, snapshot, stack, template, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.inputs import StoredParameter
from upgrade.facts.known import Reason
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_dynamic_references_are_stable
EARLIER, LATER = NOW - timedelta(days=1), NOW + timedelta(hours=1)
"""Before and after the last update, which was at NOW."""
FOLLOWS, FIXED, SECRET = "{{resolve:ssm:/app/a}}", "{{resolve:ssm:/app/a:1}}", "{{resolve:secretsmanager:db}}"


def stored(value: str = "x", at: Any = EARLIER) -> Any:
    return known({"/app/a": known(StoredParameter("String", value, 2, at))})


def changed(at: Any) -> Any:
    return known({"db": known(secret(changed=at))})


def taking(text: Any, **facts: Any) -> Snapshot:
    """A topic with this display name."""
    resources = {"AlarmsTopic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": text}}}
    return snapshot(target=known(template("v4.1.0", Resources=resources)), **facts)


def following(was: str, **facts: Any) -> Snapshot:
    """A parameter that stands for a value in SSM, which was this at the last update."""
    declared = {"pSize": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/app/a"}}
    live = stack(parameters={"pSize": "/app/a"}, resolved={"pSize": was})
    return snapshot(stack=known(live), target=known(template("v4.1.0", Parameters=declared)), **facts)


def judged(before: Snapshot, touches: str = "AlarmsTopic") -> tuple[Outcome, tuple[Finding, ...]]:
    return says(CHECK, before=before, entry=entry(), plan=known(plan(change(touches))))


@pytest.mark.parametrize(
    "before",
    [
        following("x", stored=stored(at=LATER)),
        taking(FOLLOWS, stored=stored()),
        taking(FIXED),
        taking(SECRET, secrets=changed(EARLIER)),
        taking(SECRET, secrets=changed(None)),
        taking(SECRET, secrets=known({})),
    ],
    ids=[
        "same value",
        "older",
        "version named",
        "secret as it was",
        "secret never changed",
        "secret that is made anew",
    ],
)
def test_what_has_not_moved_passes(before: Snapshot) -> None:
    assert judged(before)[0] is Outcome.PASS


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (
            following("old", stored=stored("new")),
            "SSM parameter /app/a, from which parameter pSize takes its value, is 'new' since",
        ),
        (taking(FOLLOWS, stored=stored(at=LATER)), "SSM parameter /app/a, which AlarmsTopic refers to, was changed at"),
        (taking(SECRET, secrets=changed(LATER)), "secret db, which AlarmsTopic refers to, was changed at"),
    ],
    ids=["parameter", "reference", "secret"],
)
def test_what_has_moved_since_the_last_update_warns(before: Snapshot, said: str) -> None:
    outcome, findings = judged(before)

    assert outcome is Outcome.WARN
    assert said in findings[0].found


def test_a_secret_that_no_touched_resource_takes_is_left_alone() -> None:
    assert judged(taking(SECRET, secrets=changed(LATER)), touches="DataVolume")[0] is Outcome.PASS


def test_another_name_in_the_parameter_is_no_value_that_moved() -> None:
    before = following("old", stored=known({"/app/b": known(StoredParameter("String", "new", 1, LATER))}))

    assert (
        says(CHECK, before=before, entry=entry(parameters={"pSize": "/app/b"}), plan=known(plan()))[0] is Outcome.PASS
    )


def test_a_name_only_aws_knows_is_told_where_the_plan_touches_it() -> None:
    before = taking({"Fn::Sub": "{{resolve:ssm:/${AWS::Later}}}"})

    assert judged(before)[0] is Outcome.WARN
    assert judged(before, touches="DataVolume")[0] is Outcome.PASS


@pytest.mark.parametrize("reason", [Reason.DENIED, Reason.NOT_FOUND])
def test_what_could_not_be_read_is_told(reason: Reason) -> None:
    absent = known({"/app/a": unknown(reason)})

    assert judged(taking(FOLLOWS, stored=absent))[0] is Outcome.WARN
    assert judged(following("x", stored=absent))[0] is Outcome.WARN


def test_a_target_that_takes_nothing_is_not_applicable() -> None:
    outcome, why = remarks(CHECK, before=snapshot(), entry=entry(), plan=known(plan()))

    assert (outcome, why) == (Outcome.NOT_APPLICABLE, "the target takes nothing from SSM or Secrets Manager")


@pytest.mark.parametrize("fact", ["target", "stack", "resources", "nested_targets"])
def test_what_cannot_be_read_cannot_tell(fact: str) -> None:
    facts: dict[str, Any] = {fact: unknown()}

    assert judged(replace(taking(FOLLOWS, stored=stored()), **facts))[0] is Outcome.ERROR


def test_without_a_plan_it_cannot_tell() -> None:
    before = taking(FOLLOWS, stored=stored())

    assert says(CHECK, before=before, entry=entry(), plan=unknown())[0] is Outcome.ERROR
