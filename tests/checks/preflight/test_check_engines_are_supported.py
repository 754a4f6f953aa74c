"""An engine past its end of support is told, with the age of the dates it is measured by."""

from datetime import UTC, datetime
from typing import Any

import pytest

from checks.preflight import check_engines_are_supported as module
from tests.builders import database, entry, known, snapshot, template, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Outcome
from upgrade.config.product import load
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_engines_are_supported
PRODUCT = load("codeocean")
COMPILED = PRODUCT.end_of_support.compiled
NOW = datetime(COMPILED.year + 1, COMPILED.month, COMPILED.day, tzinfo=UTC)


def declaring(type_: str, **properties: Any) -> Snapshot:
    return snapshot(target=known(template("v4.1.0", Resources={"It": {"Type": type_, "Properties": properties}})))


def facts(before: Snapshot) -> dict[str, Any]:
    return {"before": before, "entry": entry(), "product": PRODUCT, "now": NOW}


@pytest.mark.parametrize(
    "before",
    [
        declaring("AWS::RDS::DBInstance", Engine="postgres", EngineVersion="17"),
        declaring("AWS::OpenSearchService::Domain", EngineVersion="OpenSearch_1.3"),
        declaring("AWS::ElastiCache::ReplicationGroup", Engine="Redis", EngineVersion="7.1"),
        declaring("AWS::ElastiCache::ReplicationGroup", Engine="valkey", EngineVersion="8.0"),
        declaring("AWS::RDS::DBInstance", Engine="something-new", EngineVersion="1"),
    ],
)
def test_a_supported_engine_passes_and_the_age_of_the_dates_is_told(before: Snapshot) -> None:
    outcome, remark = remarks(CHECK, **facts(before))

    assert outcome is Outcome.PASS
    assert f"by dates compiled on {COMPILED}, 365 days ago" in remark


@pytest.mark.parametrize(
    ("before", "engine", "end"),
    [
        (declaring("AWS::RDS::DBInstance", Engine="postgres", EngineVersion="13"), "postgres 13", "2026-02-28"),
        (declaring("AWS::RDS::DBInstance", Engine="postgres", EngineVersion="13.15"), "postgres 13.15", "2026-02-28"),
        (
            declaring("AWS::ElastiCache::ReplicationGroup", Engine="Redis", EngineVersion="5.0.6"),
            "redis 5.0.6",
            "2026-01-31",
        ),
        (declaring("AWS::OpenSearchService::Domain", EngineVersion="OpenSearch_1.2"), "opensearch 1.2", "2025-11-07"),
    ],
)
def test_an_engine_past_its_end_is_told(before: Snapshot, engine: str, end: str) -> None:
    outcome, findings = says(CHECK, **facts(before))

    assert outcome is Outcome.WARN
    assert findings[0].found.startswith(f"It: the standard support of {engine} ended on {end} (by dates compiled on")


def test_a_template_without_engine_or_version_has_nothing_to_judge() -> None:
    for before in (snapshot(), declaring("AWS::SNS::Topic"), declaring("AWS::RDS::DBInstance", Engine="postgres")):
        assert says(CHECK, **facts(before))[0] is Outcome.NOT_APPLICABLE


def test_what_runs_does_not_matter_here() -> None:
    before = declaring("AWS::RDS::DBInstance", Engine="postgres", EngineVersion="17")
    running = snapshot(target=before.target, databases=known({"It": database(engine_version="11.1")}))

    assert says(CHECK, **facts(running))[0] is Outcome.PASS


def test_without_the_target_it_cannot_tell() -> None:
    assert says(CHECK, **facts(snapshot(target=unknown())))[0] is Outcome.ERROR
