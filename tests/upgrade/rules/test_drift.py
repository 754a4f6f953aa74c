"""Which drift is expected, by whom and until when; which path is a tag's. The check's own tests say what it makes of that."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import NOW, RESOURCES, drift, drifted, entry, template
from upgrade.config.product import load
from upgrade.facts.stack import Resource
from upgrade.rules.drift import DriftJudge, coverage, is_tag

STATED = {"resource": "DataVolume", "property": "/Tags", "reason": "audit", "expires": NOW + timedelta(days=1)}


def expected(path: str, *stated: dict[str, Any], resource: str = "DataVolume", product: str = "generic") -> str | None:
    judge = DriftJudge(entry(expected_drift=stated), load(product), template(), NOW)
    return judge.expected(drifted(resource), path)


@pytest.mark.parametrize("path", ["/Tags", "/Tags/0", "/Tags/0/Value"])
def test_what_is_stated_covers_what_lies_below(path: str) -> None:
    assert expected(path, STATED) == "audit"


@pytest.mark.parametrize("path", ["/TagsOther", "/Tag", "/", "", "/Other/Tags"])
def test_and_nothing_else(path: str) -> None:
    assert expected(path, STATED) is None


def test_it_covers_its_resource_only() -> None:
    assert expected("/Tags", STATED, resource="AlarmsTopic") is None


@pytest.mark.parametrize(
    ("left", "reason"), [(timedelta(microseconds=1), "audit"), (timedelta(0), None), (timedelta(days=-1), None)]
)
def test_it_ends_at_its_day(left: timedelta, reason: str | None) -> None:
    assert expected("/Tags", {**STATED, "expires": NOW + left}) == reason


def test_one_that_has_ended_hides_no_other() -> None:
    ended, later = {**STATED, "expires": NOW}, {**STATED, "property": "/Tags/0", "reason": "again"}

    assert expected("/Tags/0/Value", ended, later) == "again"


def test_the_configuration_comes_before_the_product() -> None:
    stated = {**STATED, "property": "/Size"}

    assert expected("/Size", stated, product="codeocean") == "audit"
    assert expected("/Size", product="codeocean") == (
        "the vendor's remedy for a full data volume is to enlarge it by hand"
    )
    assert expected("/Size") is None


@pytest.mark.parametrize(
    ("version", "is_expected"), [("v3.7.9", False), ("v3.8.0", True), ("v3.10.0", True), ("", False)]
)
def test_the_product_expects_drift_by_the_deployed_version(version: str, *, is_expected: bool) -> None:
    judge = DriftJudge(entry(), load("codeocean"), template(version), NOW)
    row = drifted("AlarmsTopic", type="AWS::AutoScaling::WarmPool")

    assert (judge.expected(row, "/MinSize") is not None) is is_expected


@pytest.mark.parametrize("path", ["/Tags", "/Tags/", "/Tags/0", "/Tags/0/Value", "/BackupVaultTags/owner"])
def test_a_tags_path(path: str) -> None:
    assert is_tag(path)


@pytest.mark.parametrize("path", ["", "/", "Tags", "/TagsOther", "/Tag/0", "/LaunchTemplateData/Tags/0", "/tags/0"])
def test_no_tags_path(path: str) -> None:
    assert not is_tag(path)


def test_the_rules_of_a_nested_group_are_judged_as_its_own() -> None:
    """Nobody has read the nested template, which may declare them."""
    judge = DriftJudge(entry(), load("codeocean"), template(), NOW)
    path = "/SecurityGroupIngress/0/CidrIp"
    row = replace(drifted("AlarmsTopic", path), logical_id="Net.Group", type="AWS::EC2::SecurityGroup")
    blocking, _ = judge.judged(drift(row), [])
    assert [finding.logical_id for finding in blocking] == ["Net.Group"]


def test_the_coverage_counts_every_resource_once() -> None:
    rows = [
        drifted("AnalyticsDBInstance", "/DBInstanceClass"),
        drifted("DataVolume", status="UNKNOWN"),
    ]
    resources = [*RESOURCES, Resource("Endpoint", "vpce-1", "AWS::EC2::VPCEndpoint", "CREATE_COMPLETE")]
    told = coverage(drift(*rows), resources)
    assert told == "of 4 resources: 1 in sync, 1 drifted, 0 not checked, 1 unsupported, 1 unreadable"
