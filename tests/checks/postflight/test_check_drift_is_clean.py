"""Drift after the upgrade, by what the *target* expects; upgrade.rules.drift judges the rows as before."""

import pytest

from checks.postflight import check_drift_is_clean as module
from tests.builders import NOW, RESOURCES, drift, drifted, entry, known, snapshot, template, unknown
from tests.checks.says import says
from upgrade.catalogue import Finding, Outcome
from upgrade.config.product import load
from upgrade.facts.drift import Drift, PropertyDifference, ResourceDrift
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_drift_is_clean
POOL = ResourceDrift(
    "WarmPool",
    "pool",
    "AWS::AutoScaling::WarmPool",
    "MODIFIED",
    (PropertyDifference("/MinSize", "0", "1", "NOT_EQUAL"),),
)


def judged(*rows: ResourceDrift, deployed: str = "v4.1.0") -> tuple[Outcome, tuple[Finding, ...]]:
    after = snapshot(drift=known(drift(*rows)), template=known(template(deployed)), target=unknown())
    return says(CHECK, after=after, entry=entry(), product=load("codeocean"))


def test_everything_in_sync_passes() -> None:
    assert judged()[0] is Outcome.PASS


@pytest.mark.parametrize(
    "row",
    [
        drifted("AlarmsTopic", status="DELETED"),
        drifted("AnalyticsDBInstance", "/DBInstanceClass"),
        drifted("AnalyticsDBInstance"),
    ],
    ids=["deleted", "critical", "critical, nobody knows where"],
)
def test_what_matters_fails(row: ResourceDrift) -> None:
    outcome, findings = judged(row)

    assert (outcome, findings[0].logical_id) == (Outcome.FAIL, row.logical_id)


@pytest.mark.parametrize(
    "row",
    [
        drifted("AlarmsTopic", "/DisplayName"),
        drifted("AnalyticsDBInstance", "/Tags/0/Value"),
        drifted("AnalyticsDBInstance", "/AllocatedStorage", "20", "40"),
        drifted("AlarmsTopic", status="UNKNOWN"),
    ],
    ids=["elsewhere", "tag", "expected", "unreadable"],
)
def test_the_rest_is_told(row: ResourceDrift) -> None:
    assert judged(row)[0] is Outcome.WARN


@pytest.mark.parametrize(("version", "expected"), [("v3.7.0", False), ("v3.8.0", True)])
def test_what_is_expected_is_what_the_deployed_target_expects(version: str, expected: bool) -> None:
    _, findings = judged(POOL, deployed=version)

    assert ("which is known" in findings[0].found) is expected


@pytest.mark.parametrize(
    "after",
    [
        snapshot(drift=unknown()),
        snapshot(template=unknown()),
        snapshot(resources=unknown()),
        snapshot(drift=known(Drift(NOW, ()))),
        snapshot(drift=known(drift(drifted("AnalyticsDBInstance", status="UNKNOWN")))),
        snapshot(drift=known(drift(drifted("AnalyticsDBInstance", status="NOT_CHECKED")))),
    ],
    ids=["drift", "template", "resources", "no row", "critical unreadable", "critical not checked"],
)
def test_what_was_not_looked_at_cannot_tell(after: Snapshot) -> None:
    assert says(CHECK, after=after, entry=entry(), product=load("codeocean"))[0] is Outcome.ERROR


def test_a_stack_without_resources_has_no_drift() -> None:
    assert RESOURCES, "else the test above would say nothing"
    after = snapshot(drift=known(Drift(NOW, ())), resources=known(()))

    assert says(CHECK, after=after, entry=entry(), product=load("codeocean"))[0] is Outcome.PASS
