"""Whatever moved between judgement and execution is named."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import ACCOUNT, NOW, REGION, database, known, plan, snapshot, stack, unknown
from upgrade.config.product import load
from upgrade.facts.compute import Job, JobQueue
from upgrade.facts.stack import Identity
from upgrade.run.volatile import Volatile, moved

STILL = Volatile(
    identity=known(Identity(ACCOUNT, "arn", REGION)),
    stack=known(stack()),
    databases=known({"AnalyticsDBInstance": database()}),
    template=plan().template,
    change_set=known(("CREATE_COMPLETE", "", "AVAILABLE")),
    at_work=known(frozenset()),
)
WORKERS = load("codeocean").workers


def test_nothing_moved() -> None:
    assert moved(snapshot(), plan(), STILL, ACCOUNT, WORKERS) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"identity": known(Identity("999999999999", "arn", REGION))}, "account 999999999999, not 111122223333"),
        (
            {"stack": known(stack(status="UPDATE_IN_PROGRESS"))},
            "status was UPDATE_COMPLETE, now it is UPDATE_IN_PROGRESS",
        ),
        ({"stack": known(stack(updated=NOW + timedelta(seconds=1)))}, "the time of its last update was"),
        ({"stack": known(stack(arn="other"))}, "the stack's ARN was"),
        ({"stack": known(stack(role_arn="arn:aws:iam::1:role/x"))}, "its role was None"),
        (
            {"stack": known(stack(parameters={"pRdsAllocatedStorage": "20"}))},
            "parameters changed: pRdsMaxAllocatedStorage",
        ),
        ({"stack": known(stack(tags={"owner": "x"}))}, "tags changed: owner"),
        (
            {"databases": known({"AnalyticsDBInstance": database(allocated_storage=30)})},
            "was db-ABC/20/100/15.7, now it is db-ABC/30/100/15.7",
        ),
        ({"databases": known({})}, "now it is absent"),
        ({"template": known(replace(plan().template.value, sha256="0" * 64))}, "another template"),
        ({"change_set": known(("CREATE_COMPLETE", "", "OBSOLETE"))}, "CREATE_COMPLETE, OBSOLETE"),
        ({"at_work": known(frozenset({"job-1"}))}, "job-1 has begun to work since"),
        ({"at_work": unknown()}, "can't be read again"),
        ({"change_set": unknown()}, "can't be read again: service:Operation: denied"),
        ({"stack": unknown(), "databases": known({})}, "can't be read again"),
    ],
)
def test_what_moved_is_named(changes: dict[str, Any], told: str) -> None:
    found = moved(snapshot(), plan(), replace(STILL, **changes), ACCOUNT, WORKERS)
    assert len(found) == 1
    assert told in found[0]


def test_what_was_never_known_cannot_be_compared() -> None:
    found = moved(snapshot(databases=unknown()), plan(), STILL, ACCOUNT, WORKERS)
    assert found == ["was never known, so can't be compared: service:Operation: denied: AWS said no"]


def test_what_worked_already_when_it_was_judged_has_not_moved() -> None:
    before = snapshot(jobs=known({"Queue": JobQueue("arn", (Job("job-1", "fold", "RUNNING"),))}))
    now = replace(STILL, at_work=known(frozenset({"job-1"})))

    assert moved(before, plan(), now, ACCOUNT, WORKERS) == []
