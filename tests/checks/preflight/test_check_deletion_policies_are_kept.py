"""What keeps data when its resource goes is not taken away."""

from typing import Any

import pytest

from checks.preflight import check_deletion_policies_are_kept as module
from tests.builders import RESOURCES, body, change, detail, known, prediction, snapshot, template, unknown
from tests.checks.says import says
from upgrade.catalogue import Finding, Outcome
from upgrade.config.product import load
from upgrade.facts.stack import Resource, Template

CHECK = module.check_deletion_policies_are_kept


def declared(logical_id: str, attribute: str, policy: Any) -> Template:
    resources = body()["Resources"]
    if policy is not None:
        resources[logical_id][attribute] = policy
    return template(Resources=resources)


def judged(
    was: Any, becomes: Any, logical_id: str = "DataVolume", attribute: str = "DeletionPolicy"
) -> tuple[Outcome, tuple[Finding, ...]]:
    shown = [policy if isinstance(policy, str) else None for policy in (was, becomes)]
    told = detail(attribute=attribute, name="", path=f"/{attribute}", before=shown[0], after=shown[1])
    before = snapshot(
        prediction=known(prediction(change(logical_id, told))),
        template=known(declared(logical_id, attribute, was)),
        target=known(declared(logical_id, attribute, becomes)),
    )
    return says(CHECK, before=before, product=load("codeocean"))


@pytest.mark.parametrize("attribute", ["DeletionPolicy", "UpdateReplacePolicy"])
@pytest.mark.parametrize("was", ["Retain", "RetainExceptOnCreate", "Snapshot"])
@pytest.mark.parametrize("becomes", ["Delete", None])
def test_data_that_would_no_longer_be_kept_fails(was: str, becomes: str | None, attribute: str) -> None:
    outcome, findings = judged(was, becomes, attribute=attribute)
    assert outcome is Outcome.FAIL
    assert (findings[0].property, findings[0].expected) == (attribute, f"{was}, as deployed")


@pytest.mark.parametrize(
    ("was", "becomes"), [(None, "Retain"), ("Delete", "Snapshot"), ("RetainExceptOnCreate", "Retain"), (None, "Delete")]
)
def test_as_much_or_more_passes(was: str | None, becomes: str | None) -> None:
    assert judged(was, becomes)[0] is Outcome.PASS


def test_a_snapshot_in_place_of_the_thing_itself_is_told() -> None:
    assert judged("Retain", "Snapshot")[0] is Outcome.WARN


def test_a_database_without_a_policy_leaves_a_snapshot() -> None:
    assert judged("Snapshot", None, "AnalyticsDBInstance")[0] is Outcome.PASS
    assert judged(None, "Delete", "AnalyticsDBInstance")[0] is Outcome.FAIL
    assert judged("Snapshot", None, "AnalyticsDBInstance", "UpdateReplacePolicy")[0] is Outcome.FAIL


def test_what_holds_no_data_may_lose_it() -> None:
    assert judged("Retain", None, "AlarmsTopic")[0] is Outcome.PASS


def test_a_policy_that_is_not_known_nobody_can_judge() -> None:
    assert judged("Retain", {"Ref": "pPolicy"})[0] is Outcome.ERROR


def test_what_lies_in_a_nested_stack_is_not_compared_and_says_so() -> None:
    resources = (*RESOURCES, Resource("Nested.Data", "b", "AWS::S3::Bucket", "X"))
    outcome, findings = says(CHECK, before=snapshot(resources=known(resources)), product=load("codeocean"))
    assert outcome is Outcome.WARN
    assert "nested stack Nested" in findings[0].found


def test_without_data_there_is_nothing_to_keep() -> None:
    assert says(CHECK, before=snapshot(resources=known(())), product=load("codeocean"))[0] is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("missing", ["prediction", "resources"])
def test_what_was_not_read_nobody_can_judge(missing: str) -> None:
    lost: dict[str, Any] = {missing: unknown()}
    assert says(CHECK, before=snapshot(**lost), product=load("codeocean"))[0] is Outcome.ERROR
