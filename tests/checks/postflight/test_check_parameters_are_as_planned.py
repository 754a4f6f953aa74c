"""Live parameters against the change set's, or the configuration's where there is no change set."""

from typing import Any

import pytest

from checks.postflight import check_parameters_are_as_planned as module
from tests.builders import body, database, entry, known, plan, snapshot, stack, template, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.changes import Plan
from upgrade.facts.known import Fact
from upgrade.facts.snapshot import Snapshot

CHECK = module.check_parameters_are_as_planned
PLANNED = {"pOne": "1", "pTwo": "2"}
NOT_MADE: Fact[Plan] = unknown()


def after(**parameters: str) -> Snapshot:
    return snapshot(stack=known(stack(parameters=parameters)))


def judged(planned: dict[str, str], live: dict[str, str]) -> tuple[Outcome, tuple[Finding, ...]]:
    made = known(plan(parameters=planned))
    return says(CHECK, before=snapshot(), plan=made, after=after(**live), entry=entry())


def test_the_planned_values_pass() -> None:
    assert judged(PLANNED, {"pTwo": "2", "pOne": "1"})[0] is Outcome.PASS
    assert judged({}, {})[0] is Outcome.PASS


@pytest.mark.parametrize(
    ("live", "found", "expected"),
    [
        ({"pOne": "1", "pTwo": "3"}, "parameter pTwo is '3'", "'2', as planned"),
        ({"pOne": "1", "pTwo": ""}, "parameter pTwo is ''", "'2', as planned"),
        ({"pOne": "1"}, "parameter pTwo is absent", "'2', as planned"),
        ({**PLANNED, "pMore": "x"}, "parameter pMore is 'x'", "absent, as planned"),
    ],
    ids=["another", "empty", "absent", "one more"],
)
def test_any_other_value_fails(live: dict[str, str], found: str, expected: str) -> None:
    outcome, findings = judged(PLANNED, live)

    assert outcome is Outcome.FAIL
    assert [(finding.found, finding.expected) for finding in findings] == [(found, expected)]


def test_a_secret_is_told_as_not_compared() -> None:
    planned = known(plan(parameters={**PLANNED, "pSecret": "****"}))
    told = remarks(CHECK, before=snapshot(), plan=planned, after=after(**PLANNED, pSecret="****"), entry=entry())

    assert told == (Outcome.PASS, "secret, so not compared: pSecret")


def test_beside_a_secret_the_others_still_count() -> None:
    assert judged({**PLANNED, "pSecret": "****"}, {"pOne": "1", "pTwo": "3", "pSecret": "****"})[0] is Outcome.FAIL


@pytest.mark.parametrize(
    ("planned", "live"),
    [({**PLANNED, "pSecret": "****"}, PLANNED), (PLANNED, {**PLANNED, "pSecret": "****"})],
    ids=["planned and not there", "there and not planned"],
)
def test_a_secret_that_is_absent_needs_no_comparing(planned: dict[str, str], live: dict[str, str]) -> None:
    outcome, findings = judged(planned, live)

    assert outcome is Outcome.FAIL
    assert [finding.property for finding in findings] == ["pSecret"]


def configured(live: dict[str, str], **parameters: Any) -> Outcome:
    """Without a change set: the deployed values, the target's defaults, the configured ones."""
    declared = {**body()["Parameters"], "pNew": {"Type": "String", "Default": "new"}}
    before = snapshot(target=known(template("v4.1.0", Parameters=declared)))
    settings = entry(parameters=parameters)
    return says(CHECK, before=before, plan=NOT_MADE, after=after(**live), entry=settings)[0]


DEPLOYED = {"pRdsAllocatedStorage": "20", "pRdsMaxAllocatedStorage": "100"}


def test_without_a_change_set_the_configuration_is_the_plan() -> None:
    assert configured({**DEPLOYED, "pNew": "new"}) is Outcome.PASS
    assert configured(DEPLOYED) is Outcome.FAIL
    assert configured({**DEPLOYED, "pNew": "x"}, pNew="x") is Outcome.PASS
    assert configured({**DEPLOYED, "pNew": "new"}, pNew="x") is Outcome.FAIL


def test_it_follows_the_database_as_it_was_before() -> None:
    grown = known({"AnalyticsDBInstance": database(allocated_storage=40)})
    facts = {"before": snapshot(databases=grown), "plan": NOT_MADE}
    follows = entry(parameters={"pRdsAllocatedStorage": "actual"})

    assert says(CHECK, **facts, after=after(**DEPLOYED), entry=follows)[0] is Outcome.FAIL
    live = after(**{**DEPLOYED, "pRdsAllocatedStorage": "40"})
    assert says(CHECK, **facts, after=live, entry=follows)[0] is Outcome.PASS


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (snapshot(stack=unknown()), snapshot()),
        (snapshot(target=unknown()), snapshot()),
        (snapshot(target=unknown(), template=unknown()), snapshot()),
        (snapshot(databases=unknown()), snapshot()),
        (snapshot(), snapshot(stack=unknown())),
    ],
    ids=["stack before", "target", "template", "databases", "stack after"],
)
def test_what_cannot_be_read_cannot_tell(before: Snapshot, now: Snapshot) -> None:
    follows = entry(parameters={"pRdsAllocatedStorage": "actual"})

    assert says(CHECK, before=before, plan=NOT_MADE, after=now, entry=follows)[0] is Outcome.ERROR


def test_with_a_change_set_the_live_stack_has_to_be_known() -> None:
    facts = {"before": snapshot(), "plan": known(plan()), "after": snapshot(stack=unknown())}

    assert says(CHECK, **facts, entry=entry())[0] is Outcome.ERROR
