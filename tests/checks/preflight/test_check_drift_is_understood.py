"""Drift is judged row by row: what blocks, what warns, what is expected, what could not be seen."""

from datetime import timedelta

import pytest

from checks.preflight import check_drift_is_understood as module
from tests.builders import NOW, drift, drifted, entry, known, snapshot, template, unknown
from tests.checks.says import says
from upgrade.catalogue import Finding, Outcome
from upgrade.config.entry import StackEntry
from upgrade.config.product import load
from upgrade.facts.drift import Drift, PropertyDifference, ResourceDrift
from upgrade.facts.known import Reason
from upgrade.facts.stack import Resource

CHECK = module.check_drift_is_understood
CODEOCEAN = load("codeocean")


def judged(*rows: ResourceDrift, settings: StackEntry | None = None) -> tuple[Outcome, tuple[Finding, ...]]:
    return says(CHECK, before=snapshot(drift=known(drift(*rows))), entry=settings or entry(), product=CODEOCEAN)


def test_everything_in_sync_passes() -> None:
    assert judged()[0] is Outcome.PASS


def test_a_deleted_resource_blocks() -> None:
    outcome, findings = judged(drifted("AlarmsTopic", status="DELETED"))

    assert (outcome, findings[0].logical_id) == (Outcome.FAIL, "AlarmsTopic")


def test_a_critical_property_blocks_with_both_values() -> None:
    outcome, findings = judged(drifted("AnalyticsDBInstance", "/DBInstanceClass", "db.t4g.small", "db.t4g.large"))

    assert outcome is Outcome.FAIL
    assert "/DBInstanceClass is db.t4g.large instead of db.t4g.small" in findings[0].found


def test_other_drift_warns() -> None:
    assert judged(drifted("AlarmsTopic", "/DisplayName"))[0] is Outcome.WARN


def test_drift_the_product_expects_warns() -> None:
    outcome, findings = judged(drifted("AnalyticsDBInstance", "/AllocatedStorage", "20", "60"))

    assert outcome is Outcome.WARN
    assert "which is known" in findings[0].found


def test_a_tag_never_blocks() -> None:
    assert judged(drifted("AnalyticsDBInstance", "/Tags/3/Value"))[0] is Outcome.WARN


@pytest.mark.parametrize(("days", "outcome"), [(1, Outcome.WARN), (-1, Outcome.FAIL)])
def test_configured_drift_is_accepted_until_it_expires(days: int, outcome: Outcome) -> None:
    accepted = {
        "resource": "AnalyticsDBInstance",
        "property": "/DBInstanceClass",
        "reason": "scaled up for the audit",
        "expires": NOW + timedelta(days=days),
    }
    row = drifted("AnalyticsDBInstance", "/DBInstanceClass")

    assert judged(row, settings=entry(expected_drift=(accepted,)))[0] is outcome


def test_modified_without_a_difference_is_judged_by_its_type() -> None:
    assert judged(drifted("AnalyticsDBInstance"))[0] is Outcome.FAIL
    assert judged(drifted("AlarmsTopic"))[0] is Outcome.WARN


def test_a_critical_resource_that_could_not_be_read_cannot_tell() -> None:
    assert judged(drifted("AnalyticsDBInstance", status="UNKNOWN"))[0] is Outcome.ERROR
    assert judged(drifted("AlarmsTopic", status="UNKNOWN"))[0] is Outcome.WARN


def test_types_that_are_not_checked_are_no_finding() -> None:
    assert judged(drifted("AlarmsTopic", status="NOT_CHECKED"))[0] is Outcome.PASS


@pytest.mark.parametrize("reason", [Reason.DENIED, Reason.TIMED_OUT, Reason.MALFORMED])
def test_a_failed_detection_cannot_tell(reason: Reason) -> None:
    before = snapshot(drift=unknown(reason))

    assert says(CHECK, before=before, entry=entry(), product=CODEOCEAN)[0] is Outcome.ERROR


def test_no_detection_cannot_tell() -> None:
    assert says(CHECK, before=snapshot(drift=unknown()), entry=entry(), product=CODEOCEAN)[0] is Outcome.ERROR


@pytest.mark.parametrize(("inline", "outcome"), [([], Outcome.FAIL), (None, Outcome.WARN)])
def test_a_rule_added_to_a_group_blocks_only_where_the_template_declares_rules_inline(
    inline: list[object] | None, outcome: Outcome
) -> None:
    properties = {} if inline is None else {"SecurityGroupIngress": inline}
    group = {"Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": properties}}
    row = ResourceDrift(
        "Group", "sg-1", "AWS::EC2::SecurityGroup", "MODIFIED",
        (PropertyDifference("/SecurityGroupIngress/0", "null", "{}", "ADD"),),
    )  # fmt: skip
    before = snapshot(
        template=known(template(Resources=group)),
        resources=known((Resource("Group", "sg-1", "AWS::EC2::SecurityGroup", "CREATE_COMPLETE"),)),
        drift=known(Drift(NOW, (row,))),
    )

    assert says(CHECK, before=before, entry=entry(), product=CODEOCEAN)[0] is outcome


@pytest.mark.parametrize(
    "rows", [(), (drifted("AlarmsTopic", status="IN_SYNC"),), (drifted("AnalyticsDBInstance", status="NOT_CHECKED"),)]
)
def test_a_detection_with_holes_cannot_tell(rows: tuple[ResourceDrift, ...]) -> None:
    before = snapshot(drift=known(Drift(NOW, rows)))

    assert says(CHECK, before=before, entry=entry(), product=CODEOCEAN)[0] is Outcome.ERROR
