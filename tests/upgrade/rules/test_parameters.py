"""Which parameters are sent, and how."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import database, entry, stack, template
from upgrade.errors import UsageError
from upgrade.facts.stack import Template
from upgrade.rules.parameters import PlannedParameters, needs_actual, plan_parameters, require_environment

DECLARED = {
    "pRdsAllocatedStorage": {"Type": "Number", "Default": 20},
    "pRdsMaxAllocatedStorage": {"Type": "Number", "Default": 100},
    "pSecret": {"Type": "String", "NoEcho": True},
    "pNew": {"Type": "String", "Default": True},
}
DEPLOYED = {"pRdsAllocatedStorage": "30", "pRdsMaxAllocatedStorage": "100", "pSecret": "****", "pOld": "1"}


def target(**parameters: object) -> Template:
    return template("v4.1.0", Parameters={**DECLARED, **parameters})


def planned(actual: int = 60, declared: Template | None = None, **configured: object) -> PlannedParameters:
    databases = {"AnalyticsDBInstance": database(allocated_storage=actual)}
    return plan_parameters(entry(parameters=configured), stack(parameters=DEPLOYED), declared or target(), databases)


def test_everything_deployed_is_reused_new_takes_its_default_old_is_dropped() -> None:
    parameters = planned()
    assert parameters.request({}) == [
        {"ParameterKey": "pRdsAllocatedStorage", "UsePreviousValue": True},
        {"ParameterKey": "pRdsMaxAllocatedStorage", "UsePreviousValue": True},
        {"ParameterKey": "pSecret", "UsePreviousValue": True},
    ]
    assert (parameters.new, parameters.dropped, parameters.problems) == (("pNew",), ("pOld",), ())
    assert parameters.values["pNew"] == "true"
    assert parameters.values["pRdsAllocatedStorage"] == "30"


def test_a_configured_value_is_sent_also_for_a_new_parameter() -> None:
    parameters = planned(pRdsMaxAllocatedStorage=200, pNew="x")
    assert parameters.given == {"pRdsMaxAllocatedStorage": "200", "pNew": "x"}
    assert "pRdsMaxAllocatedStorage" not in parameters.previous
    assert parameters.new == ()


def test_actual_follows_the_live_resource_behind_the_parameter() -> None:
    parameters = planned(actual=60, pRdsAllocatedStorage="actual", pRdsMaxAllocatedStorage="actual")
    assert parameters.given == {"pRdsAllocatedStorage": "60", "pRdsMaxAllocatedStorage": "100"}
    assert parameters.values["pRdsAllocatedStorage"] == "60"


def test_actual_of_a_parameter_that_nothing_follows_is_a_problem() -> None:
    problem = str(planned(pNew="actual").problems[0])
    assert 'parameter pNew is "actual", but no live resource belongs to it' in problem
    assert "AWS::RDS::DBInstance AllocatedStorage" in problem


def test_a_name_the_target_lacks_is_a_problem_with_a_guess() -> None:
    problem = str(planned(pRdsAlocatedStorage=3).problems[0])
    assert "the target template has none of that name (did you mean pRdsAllocatedStorage?)" in problem
    assert "[stacks.prod.parameters]" in problem


def test_a_new_parameter_without_default_needs_a_value() -> None:
    declared = target(pNeeded={"Type": "String"})
    (problem,) = planned(declared=declared).problems
    assert str(problem) == "new parameter pNeeded has no default; give it a value in [stacks.prod.parameters]"
    assert planned(declared=declared, pNeeded="x").problems == ()


def test_a_secret_is_sent_but_never_kept() -> None:
    parameters = planned(pSecret={"env": "CO_SECRET"})
    assert {"ParameterKey": "pSecret", "ParameterValue": "hush"} in parameters.request({"CO_SECRET": "hush"})
    assert "hush" not in repr(parameters)
    assert parameters.values["pSecret"] == "****"


def test_a_secret_that_is_not_in_the_environment_is_refused_at_start() -> None:
    configured = entry(parameters={"pSecret": {"env": "CO_SECRET"}})
    require_environment(configured, {"CO_SECRET": ""})
    with pytest.raises(
        UsageError, match=r"stacks\.prod\.parameters\.pSecret: environment variable CO_SECRET is not set"
    ):
        require_environment(configured, {})


def test_only_actual_needs_live_values() -> None:
    assert needs_actual(entry(parameters={"p": "actual"}))
    assert not needs_actual(entry(parameters={"p": {"value": "actual"}}))


NAMES = st.sampled_from([f"p{letter}" for letter in "ABCDEF"])


@given(deployed=st.sets(NAMES), declared=st.sets(NAMES), configured=st.sets(NAMES))
def test_every_parameter_is_in_exactly_one_place(deployed: set[str], declared: set[str], configured: set[str]) -> None:
    body = template("v1.0.0", Parameters={name: {"Type": "String", "Default": "d"} for name in declared})
    made = plan_parameters(
        entry(parameters=dict.fromkeys(configured, "c")), stack(parameters=dict.fromkeys(deployed, "o")), body, {}
    )
    sent = [row["ParameterKey"] for row in made.request({})]
    assert sorted(sent) == sorted((deployed | configured) & declared)
    assert set(made.values) == declared
    assert {*made.new, *sent} == declared
    assert set(made.dropped) == deployed - declared
    assert len(made.problems) == len(configured - declared)
    for name in declared:
        assert made.values[name] == ("c" if name in configured else "o" if name in deployed else "d")
