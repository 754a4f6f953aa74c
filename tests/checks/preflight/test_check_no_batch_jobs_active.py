"""Queues that hold a job, in whatever state short of its end."""

import pytest

from checks.preflight import check_no_batch_jobs_active as module
from tests.builders import job_queue, known, snapshot, unknown
from tests.checks.says import remarks, says
from upgrade.catalogue import Finding, Outcome
from upgrade.config.product import load
from upgrade.facts.compute import JobQueue

CHECK = module.check_no_batch_jobs_active


def judged(product: str = "codeocean", **queues: JobQueue) -> tuple[Outcome, tuple[Finding, ...]]:
    return says(CHECK, before=snapshot(jobs=known(queues)), product=load(product))


def test_empty_queues_pass() -> None:
    assert judged(Jobs=job_queue(), Pipelines=job_queue())[0] is Outcome.PASS


@pytest.mark.parametrize("status", ["SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING"])
def test_one_job_is_enough(status: str) -> None:
    outcome, findings = judged(Jobs=job_queue(), Pipelines=job_queue(status))

    assert outcome is Outcome.FAIL
    assert [finding.found for finding in findings] == [f"Pipelines holds 1 job: job-0 ({status})"]
    assert (findings[0].logical_id, findings[0].physical_id) == ("Pipelines", "arn:aws:batch:queue")


@pytest.mark.parametrize(
    ("number", "told"),
    [(3, "Jobs holds 3 jobs: job-0 (RUNNING), job-1 (RUNNING), job-2 (RUNNING)"), (4, "job-2 (RUNNING), …")],
)
def test_of_many_jobs_three_are_named(number: int, told: str) -> None:
    assert judged(Jobs=job_queue(*["RUNNING"] * number))[1][0].found.endswith(told)


def test_every_queue_with_jobs_is_a_finding() -> None:
    assert len(judged(One=job_queue("RUNNING"), Two=job_queue("RUNNABLE"))[1]) == 2


@pytest.mark.parametrize(
    ("product", "remedy"), [("codeocean", "Enable Maintenance Mode"), ("generic", "wait until they have ended")]
)
def test_maintenance_mode_is_the_remedy_where_there_is_one(product: str, remedy: str) -> None:
    assert remedy in judged(product, Jobs=job_queue("RUNNING"))[1][0].remedy


def test_a_stack_without_queues_is_not_applicable() -> None:
    told = remarks(CHECK, before=snapshot(jobs=known({})), product=load("codeocean"))

    assert told == (Outcome.NOT_APPLICABLE, "the stack has no Batch job queue")


def test_unknown_jobs_cannot_tell() -> None:
    assert says(CHECK, before=snapshot(jobs=unknown()), product=load("codeocean"))[0] is Outcome.ERROR
