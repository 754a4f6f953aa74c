"""The plan may not set an older engine; one that runs ahead of its template by itself is no harm."""

from typing import Any

import pytest

from checks.preflight import check_engines_are_not_taken_back as module
from tests.builders import (
    RESOURCES,
    change,
    database,
    detail,
    known,
    plan,
    snapshot,
    stateful_service,
    template,
    unknown,
)
from tests.checks.says import says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.changes import Plan
from upgrade.facts.stack import Resource

CHECK = module.check_engines_are_not_taken_back
DATABASE, CACHE, SEARCH = "AnalyticsDBInstance", "RedisReplicationGroup", "OpenSearchDomain"
TYPES = {
    DATABASE: "AWS::RDS::DBInstance",
    CACHE: "AWS::ElastiCache::ReplicationGroup",
    SEARCH: "AWS::OpenSearchService::Domain",
}
UNTOUCHED = plan()


def tagged(name: str) -> Plan:
    return plan(change(name, detail(attribute="Tags", name="Tags", path="/Properties/Tags")))


def setting(name: str, version: str) -> Plan:
    return plan(change(name, detail(name="EngineVersion", path="/Properties/EngineVersion", after=version)))


def judged(
    made: Plan, name: str = DATABASE, runs: str = "15.7", says_: str | None = "15", engine: str = "redis"
) -> tuple[Outcome, tuple[Finding, ...]]:
    """What is said of one engine: `runs` is live, `says_` stands in the target."""
    properties = (
        {} if says_ is None else {"EngineVersion": says_, "Engine": "postgres" if name == DATABASE else "Redis"}
    )
    resources = {name: {"Type": TYPES[name], "Properties": properties}}
    live: dict[str, Any] = {
        "databases": known({name: database(engine_version=runs)} if name == DATABASE else {}),
        "stateful_services": known(
            {} if name == DATABASE else {name: stateful_service(engine=engine, engine_version=runs)}
        ),
    }
    rows = (*RESOURCES, Resource(CACHE, "c", TYPES[CACHE], ""), Resource(SEARCH, "s", TYPES[SEARCH], ""))
    before = snapshot(target=known(template("v4.1.0", Resources=resources)), resources=known(rows), **live)
    return says(CHECK, before=before, plan=known(made))


@pytest.mark.parametrize("made", [UNTOUCHED, tagged(DATABASE), setting(DATABASE, "15"), setting(DATABASE, "16.1")])
@pytest.mark.parametrize("version", ["15", "15.7", None])
def test_a_version_that_covers_the_running_one_is_fine(version: str | None, made: Plan) -> None:
    assert judged(made, says_=version)[0] is Outcome.PASS


def test_a_plan_that_sets_an_older_version_blocks() -> None:
    outcome, findings = judged(setting(DATABASE, "15.4"), says_="15.4")

    assert outcome is Outcome.FAIL
    assert findings[0].found == "AnalyticsDBInstance runs postgres 15.7, the target says postgres 15.4"
    assert findings[0].physical_id == "codeocean-db"


@pytest.mark.parametrize("made", [UNTOUCHED, tagged(DATABASE)])
def test_a_database_that_took_a_minor_version_by_itself_does_not_block(made: Plan) -> None:
    # AutoMinorVersionUpgrade; CloudFormation does not send a version that has not changed in the template.
    assert judged(made, says_="15.4")[0] is Outcome.WARN


@pytest.mark.parametrize(("made", "outcome"), [(tagged(CACHE), Outcome.FAIL), (UNTOUCHED, Outcome.WARN)])
def test_a_cache_upgraded_by_hand_blocks_where_the_plan_touches_it(made: Plan, outcome: Outcome) -> None:
    assert judged(made, CACHE, runs="6.2.6", says_="5.0.6")[0] is outcome


@pytest.mark.parametrize(("runs", "version"), [("7.1.0", "7.1"), ("6.2.6", "6.x"), ("5.0.6", "5.0.6")])
def test_a_cache_as_its_template_says_is_fine(runs: str, version: str) -> None:
    assert judged(tagged(CACHE), CACHE, runs=runs, says_=version)[0] is Outcome.PASS


def test_the_way_back_from_valkey_to_redis_blocks() -> None:
    assert judged(tagged(CACHE), CACHE, runs="7.2.6", says_="7.1", engine="valkey")[0] is Outcome.FAIL


@pytest.mark.parametrize(
    ("version", "outcome"),
    [("OpenSearch_1.3", Outcome.PASS), ("OpenSearch_1.2", Outcome.FAIL), ("Elasticsearch_7.10", Outcome.FAIL)],
)
def test_a_search_domain_is_judged_by_engine_and_version(version: str, outcome: Outcome) -> None:
    assert judged(tagged(SEARCH), SEARCH, runs="1.3", says_=version, engine="OpenSearch")[0] is outcome


def test_without_an_engine_it_does_not_apply() -> None:
    assert says(CHECK, before=snapshot(databases=known({})), plan=known(plan()))[0] is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("fact", ["databases", "stateful_services", "target"])
def test_what_cannot_be_read_cannot_tell(fact: str) -> None:
    assert says(CHECK, before=snapshot(**{fact: unknown()}), plan=known(plan()))[0] is Outcome.ERROR
