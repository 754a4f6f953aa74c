"""Data survives the change set, or the change set is not executed."""

import pytest

from checks.preflight import check_stateful_resources_survive as module
from tests.builders import change, detail, known, plan, prediction, snapshot, template, unknown
from tests.checks.says import says
from upgrade.catalogue import Outcome
from upgrade.config.product import load
from upgrade.facts.changes import Plan, ResourceChange, Unpredicted
from upgrade.facts.known import Fact, Reason
from upgrade.facts.stack import Resource

CHECK = module.check_stateful_resources_survive
REPLACED = detail(path="/Properties/KmsKeyId", requires_recreation="Always")


def judged(made: Fact[Plan]) -> Outcome:
    return says(CHECK, before=snapshot(), plan=made, product=load("codeocean"))[0]


@pytest.mark.parametrize(
    "harmless",
    [
        change("DataVolume", replacement="False"),
        change("AlarmsTopic", REPLACED, replacement="True"),
        change("NewBucket", action="Add", type="AWS::S3::Bucket", replacement=""),
    ],
)
def test_updates_in_place_and_stateless_replacements_pass(harmless: ResourceChange) -> None:
    assert judged(known(plan(harmless))) is Outcome.PASS


@pytest.mark.parametrize(
    "harmful",
    [
        change("DataVolume", REPLACED, replacement="True"),
        change("DataVolume", action="Remove", replacement="", policy_action="Delete"),
        change("DataVolume", detail(requires_recreation="Conditionally"), replacement="Conditional"),
        change("DataVolume", action="Surprise"),
    ],
)
def test_replacement_and_removal_of_data_fails(harmful: ResourceChange) -> None:
    assert judged(known(plan(harmful))) is Outcome.FAIL


def test_a_protected_resource_counts_whatever_its_type() -> None:
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"Tags": [{"Key": "codeocean:protected", "Value": "true"}]}}
    protected = template("v4.1.0", Resources={"AlarmsTopic": topic})
    made = plan(change("AlarmsTopic", REPLACED, replacement="True"), template=known(protected))

    assert judged(known(made)) is Outcome.FAIL


def test_without_a_change_set_it_cannot_tell() -> None:
    assert judged(unknown(Reason.THROTTLED)) is Outcome.ERROR
    assert judged(known(plan(template=unknown()))) is Outcome.ERROR


def test_a_change_set_without_a_change_needs_no_template() -> None:
    assert judged(known(plan(nothing_to_do=True, template=unknown()))) is Outcome.PASS
    assert judged(known(plan(template=unknown()))) is Outcome.ERROR


@pytest.mark.parametrize(
    ("unpredicted", "outcome"),
    [
        (Unpredicted("", "only CloudFormation knows what Mine makes of it"), Outcome.ERROR),
        (Unpredicted("Data", "what changes inside a nested stack is not predicted"), Outcome.ERROR),
        (Unpredicted("Topics", "what changes inside a nested stack is not predicted"), Outcome.PASS),
    ],
)
def test_what_a_prediction_does_not_say_of_data_nobody_can_judge(unpredicted: Unpredicted, outcome: Outcome) -> None:
    inside = Resource("Data.Bucket", "b", "AWS::S3::Bucket", "X"), Resource("Topics.T", "t", "AWS::SNS::Topic", "X")
    before, made = snapshot(resources=known(inside)), known(prediction(unpredicted=(unpredicted,)))
    assert says(CHECK, before=before, plan=made, product=load("codeocean"))[0] is outcome
