"""A finding stops an upgrade only where the upgrade touches what it is about."""

from tests.builders import change, plan
from upgrade.catalogue import Finding
from upgrade.rules.relevance import by_relevance, touched


def finding(logical_id: str) -> Finding:
    return Finding("found", "expected", "do this", logical_id=logical_id)


def test_what_the_plan_touches_is_known_by_logical_id() -> None:
    made = plan(change("DataVolume"), change("AlarmsTopic"))
    assert list(touched(made)) == ["DataVolume", "AlarmsTopic"]


def test_findings_about_other_resources_are_only_told() -> None:
    about, other, none = finding("DataVolume"), finding("AnalyticsDBInstance"), finding("")
    assert by_relevance((about, other, none), plan(change("DataVolume"))) == ([about], [other, none])
