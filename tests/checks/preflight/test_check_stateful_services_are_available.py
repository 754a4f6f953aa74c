"""A busy service blocks where the plan touches it, and is told where it does not."""

import pytest

from checks.preflight import check_stateful_services_are_available as module
from tests.builders import change, known, plan, snapshot, stateful_service, unknown
from tests.checks.says import says
from upgrade.catalogue import Finding, Outcome
from upgrade.facts.changes import Plan

CHECK = module.check_stateful_services_are_available
NAME = "RedisReplicationGroup"
TOUCHED = plan(change(NAME))


def judged(made: Plan, status: str) -> tuple[Outcome, tuple[Finding, ...]]:
    before = snapshot(stateful_services=known({NAME: stateful_service(status=status)}))
    return says(CHECK, before=before, plan=known(made))


@pytest.mark.parametrize("made", [TOUCHED, plan()])
def test_what_is_available_takes_anything(made: Plan) -> None:
    assert judged(made, "available")[0] is Outcome.PASS


@pytest.mark.parametrize(("made", "outcome"), [(TOUCHED, Outcome.FAIL), (plan(), Outcome.WARN)])
@pytest.mark.parametrize("status", ["modifying", "snapshotting", "processing a change", "isolated", "something-new"])
def test_what_is_busy_blocks_where_the_plan_touches_it(status: str, made: Plan, outcome: Outcome) -> None:
    said, findings = judged(made, status)

    assert said is outcome
    assert findings[0].found == f"{NAME} is {status}"
    assert findings[0].physical_id == "codeocean-redis"


def test_without_such_a_service_it_does_not_apply() -> None:
    assert says(CHECK, before=snapshot(), plan=known(plan()))[0] is Outcome.NOT_APPLICABLE


def test_what_cannot_be_read_cannot_tell() -> None:
    assert says(CHECK, before=snapshot(stateful_services=unknown()), plan=known(TOUCHED))[0] is Outcome.ERROR
