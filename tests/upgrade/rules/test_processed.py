"""What macros and loops make is judged as far as CloudFormation tells it; else templates stay as they were submitted."""

from dataclasses import replace
from typing import Any

import pytest

from tests.builders import entry, known, plan, snapshot, template, unknown
from upgrade.config.product import load
from upgrade.facts.changes import NOT_READ, Plan
from upgrade.facts.known import Known, Reason, Unknown
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Resource, Template
from upgrade.rules.processed import after_processing, as_processed, comparable

TOPIC = "AWS::SNS::Topic"
QUEUES = {
    "Transform": "AWS::LanguageExtensions",
    "Resources": {"Fn::ForEach::Queues": ["Name", ["A"], {"${Name}": {"Type": TOPIC}}]},
}
"""A loop that makes topic A."""


def made(name: str) -> dict[str, Any]:
    """What CloudFormation makes of the loop."""
    return {"Resources": {"A": {"Type": TOPIC, "Properties": {"DisplayName": name}}}}


def of(body: dict[str, Any]) -> Template:
    return replace(template(), body=body)


def facts(**changes: Any) -> Snapshot:
    there = Resource("A", "arn:a", TOPIC, "CREATE_COMPLETE", "")
    looped = {"template": known(of(QUEUES)), "processed": known(of(made("old"))), "target": known(of(QUEUES))}
    return snapshot(**{"resources": known((there,)), "stored": known({}), **looped, **changes})


def planned(**changes: Any) -> Plan:
    return plan(**{"template": known(of(QUEUES)), "processed": known(of(made("new"))), **changes})


def judged(before: Snapshot, change_set: Plan) -> tuple[Snapshot, Plan]:
    return as_processed(before, change_set, entry(), load("codeocean"))


def test_what_a_loop_makes_is_compared_once_a_change_set_tells_it() -> None:
    before, change_set = judged(facts(), planned())
    predicted = before.prediction.value

    assert [(each.logical_id, each.details[0].before, each.details[0].after) for each in predicted.changes] == [
        ("A", "old", "new")
    ]
    assert predicted.unpredicted == ()
    assert before.template.value.body == made("old")
    assert before.target.value.body == change_set.template.value.body == made("new")


def test_what_was_submitted_stays_what_a_template_is_known_by() -> None:
    before, change_set = judged(facts(), planned(processed=known(replace(of(made("new")), sha256="other"))))
    assert before.target.value.sha256 == change_set.template.value.sha256 == of(QUEUES).sha256


@pytest.mark.parametrize(
    ("before", "change_set"),
    [
        (snapshot(), plan()),
        (facts(template=unknown()), planned()),
        (facts(target=unknown()), planned()),
        (facts(), planned(template=unknown())),
        (facts(processed=unknown(Reason.BLOCKED)), planned(processed=unknown(Reason.BLOCKED))),
        (facts(), planned(processed=NOT_READ, status="FAILED")),
        (facts(), planned(template=known(of(made("swapped"))))),
    ],
    ids=["no macro", "no template", "no target", "no template in the plan", "not asked", "failed change set", "swapped"],
)  # fmt: skip
def test_otherwise_facts_and_plan_stay_as_they_are(before: Snapshot, change_set: Plan) -> None:
    assert judged(before, change_set) == (before, change_set)


def test_what_cloudformation_was_asked_for_and_did_not_tell_is_unknown() -> None:
    before, change_set = judged(facts(), planned(processed=unknown(Reason.THROTTLED)))
    assert before.target == change_set.template == unknown(Reason.THROTTLED)
    assert before.template.value.body == made("old")
    assert before.prediction == facts().prediction

    before, change_set = judged(facts(processed=unknown()), planned())
    assert before.template == unknown()
    assert before.target.value.body == change_set.template.value.body == made("new")


def test_a_prediction_that_depends_on_what_is_not_known_is_not_known() -> None:
    before, _ = judged(facts(resources=unknown()), planned())
    assert isinstance(before.prediction, Unknown)
    assert before.prediction.detail == str(unknown())


def test_a_target_without_macros_is_compared_with_what_they_have_made() -> None:
    deployed = of(QUEUES)
    assert comparable(deployed, known(of(made("old"))), of(made("new"))).body == made("old")
    assert comparable(deployed, known(of(made("old"))), deployed) is deployed
    assert comparable(deployed, unknown(), of(made("new"))) is deployed


def test_after_an_upgrade_the_processed_template_is_compared_or_nothing_is() -> None:
    after = after_processing(facts())
    assert isinstance(after.template, Known)
    assert after.template.value.body == made("old")
    assert isinstance(after_processing(facts(processed=unknown())).template, Unknown)
