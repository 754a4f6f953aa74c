"""Copies are looked for where they go, and where that can't be read among the jobs that made them."""

from datetime import timedelta
from typing import Any

import pytest

from checks.preflight import check_backup_copies_arrive as module
from tests.builders import (
    DATABASE_ARN,
    DESTINATION,
    NOW,
    VOLUME_ARN,
    copy_job,
    entry,
    known,
    point,
    selection,
    snapshot,
    stack,
    unknown,
)
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.config.product import load
from upgrade.facts.known import Reason

CHECK = module.check_backup_copies_arrive
LINKED = known(stack(parameters={"pDestinationBackupVaultArn": DESTINATION}))
COPIED = (copy_job(VOLUME_ARN), copy_job(DATABASE_ARN))
ARRIVED = {DESTINATION: known((point(VOLUME_ARN), point(DATABASE_ARN)))}
NOT_READ = {DESTINATION: unknown(Reason.NOT_ASKED)}
LATE = NOW - timedelta(days=3)


def facts(**found: Any) -> dict[str, Any]:
    told = {"stack": LINKED, "copy_jobs": known(COPIED), "arrived": known(ARRIVED), **found}
    return {"before": snapshot(**told), "entry": entry(), "product": load("codeocean"), "now": NOW}


def judged(**found: Any) -> tuple[Outcome, tuple[Finding, ...]]:
    return says(CHECK, **facts(**found))


def test_copies_that_lie_in_the_vault_are_fine() -> None:
    assert judged()[0] is Outcome.PASS
    assert judged(copy_jobs=known(()))[0] is Outcome.PASS


def test_where_the_vault_cannot_be_read_the_jobs_count_and_that_is_told() -> None:
    outcome, remark = remarks(CHECK, **facts(arrived=known(NOT_READ)))

    assert outcome is Outcome.PASS
    assert f"{DESTINATION} was not looked at:" in remark


@pytest.mark.parametrize(
    ("job", "said"),
    [
        (
            copy_job(state="FAILED", message="Access denied"),
            "its last copy job is FAILED (2026-11-23 07:00 UTC): Access denied",
        ),
        (copy_job(state="RUNNING"), "its last copy job is RUNNING"),
        (copy_job(at=LATE), "its last copy job is COMPLETED (2026-11-20 12:00 UTC)"),
        (copy_job(destination=f"{DESTINATION}-other"), "no copy job"),
    ],
)
def test_without_a_recent_completed_job_it_is_told_what_the_last_one_said(job: Any, said: str) -> None:
    outcome, findings = judged(arrived=known(NOT_READ), copy_jobs=known((job, copy_job(DATABASE_ARN))))

    assert outcome is Outcome.WARN
    assert [finding.logical_id for finding in findings] == ["DataVolume"]
    assert said in findings[0].found


def test_a_completed_job_is_no_copy_if_the_vault_has_none() -> None:
    outcome, findings = judged(arrived=known({DESTINATION: known((point(VOLUME_ARN),))}))

    assert outcome is Outcome.WARN
    assert [finding.logical_id for finding in findings] == ["AnalyticsDBInstance"]


def test_the_copies_of_a_plans_own_rules_are_looked_for_too() -> None:
    own = selection(copies_to=("arn:aws:backup:us-east-1:111122223333:backup-vault:second",))

    assert len(judged(selections=known((own,)))[1]) == 2


def test_without_a_link_it_does_not_apply() -> None:
    for nothing in (stack(), stack(parameters={"pDestinationBackupVaultArn": ""})):
        assert judged(stack=known(nothing))[0] is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("fact", ["stack", "selections", "copy_jobs", "arrived"])
def test_what_cannot_be_read_cannot_tell(fact: str) -> None:
    assert judged(**{fact: unknown()})[0] is Outcome.ERROR
