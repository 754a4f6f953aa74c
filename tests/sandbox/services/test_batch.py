"""A job runs until somebody ends it, without Docker, and is listed in pages, one status at a time."""

from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.outside import Outside, refused
from tests.sandbox.providers.resource import aws

STATUSES = ["SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED"]


@pytest.fixture
def queue() -> str:
    batch, name = aws("batch"), str(uuid4())
    environment = batch.create_compute_environment(computeEnvironmentName=name, type="UNMANAGED")
    order = [{"order": 1, "computeEnvironment": environment["computeEnvironmentArn"]}]
    made = batch.create_job_queue(jobQueueName=name, state="ENABLED", priority=1, computeEnvironmentOrder=order)
    container = {"image": "busybox", "vcpus": 1, "memory": 128, "command": ["sleep", "9"]}
    batch.register_job_definition(jobDefinitionName="sleep", type="container", containerProperties=container)
    return str(made["jobQueueArn"])


def submit(queue: str, name: str = "sleep") -> str:
    return str(aws("batch").submit_job(jobName=name, jobQueue=queue, jobDefinition="sleep")["jobId"])


def describe(job: str) -> dict[str, Any]:
    return dict(aws("batch").describe_jobs(jobs=[job])["jobs"][0])


def listed(http: Outside, queue: str, **more: Any) -> list[str]:
    pages = http.client("batch").get_paginator("list_jobs").paginate(jobQueue=queue, **more)
    return [row["jobId"] for page in pages for row in page["jobSummaryList"]]


def by_status(http: Outside, queue: str) -> dict[str, list[str]]:
    found = {status: listed(http, queue, jobStatus=status) for status in STATUSES}
    return {status: jobs for status, jobs in found.items() if jobs}


def test_running_until_terminated(queue: str) -> None:
    batch, job = aws("batch"), submit(queue)
    assert describe(job)["status"] == "RUNNING"
    running = batch.list_jobs(jobQueue=queue, jobStatus="RUNNING")["jobSummaryList"]
    assert [item["jobId"] for item in running] == [job]
    batch.terminate_job(jobId=job, reason="upgrade")
    ended = describe(job)
    assert (ended["status"], ended["statusReason"]) == ("FAILED", "upgrade")
    assert batch.list_jobs(jobQueue=queue, jobStatus="RUNNING")["jobSummaryList"] == []
    assert len(batch.list_jobs(jobQueue=queue, jobStatus="FAILED")["jobSummaryList"]) == 1


def test_a_disabled_queue_takes_no_jobs(queue: str) -> None:
    aws("batch").update_job_queue(jobQueue=queue, state="DISABLED")
    with pytest.raises(ClientError):
        submit(queue)


def test_a_queue_without_jobs(http: Outside, queue: str) -> None:
    assert by_status(http, queue) == {}


def test_the_running_ones_unless_another_status_is_asked_for(http: Outside, queue: str) -> None:
    first, second = submit(queue), submit(queue)
    aws("batch").terminate_job(jobId=first, reason="upgrade")
    assert listed(http, queue) == [second]
    assert by_status(http, queue) == {"RUNNING": [second], "FAILED": [first]}


def test_a_queue_has_a_name_too(http: Outside, queue: str) -> None:
    job = submit(queue)
    assert listed(http, queue.rpartition("/")[2]) == [job]


@pytest.mark.parametrize("status", ["SUBMITTED", "PENDING", "RUNNABLE", "STARTING"])
def test_another_active_state(http: Outside, queue: str, status: str) -> None:
    waiting, running = submit(queue, f"waits-{uuid4()}"), submit(queue)
    http.set(jobs={describe(waiting)["jobName"]: status})
    assert by_status(http, queue) == {status: [waiting], "RUNNING": [running]}
    http.set(jobs={running: status})
    assert by_status(http, queue) == {status: [running], "RUNNING": [waiting]}
    aws("batch").terminate_job(jobId=running, reason="upgrade")
    assert by_status(http, queue) == {"RUNNING": [waiting], "FAILED": [running]}


@pytest.mark.parametrize(("status", "ended"), [("RUNNABLE", True), ("STARTING", False), ("RUNNING", False)])
def test_only_what_has_not_started_can_be_cancelled(http: Outside, queue: str, status: str, ended: bool) -> None:
    job = submit(queue)
    http.set(jobs={job: status})
    http.client("batch").cancel_job(jobId=job, reason="upgrade")
    assert by_status(http, queue) == {"FAILED" if ended else status: [job]}


def test_pages(http: Outside, queue: str) -> None:
    jobs = [submit(queue) for _ in range(5)]
    batch = http.client("batch")
    http.set(page=2)
    first = batch.list_jobs(jobQueue=queue, jobStatus="RUNNING")
    assert [row["jobId"] for row in first["jobSummaryList"]] == jobs[:2]
    for job in jobs[:3]:
        batch.terminate_job(jobId=job, reason="upgrade")
    rest = batch.list_jobs(jobQueue=queue, jobStatus="RUNNING", nextToken=first["nextToken"])
    assert [row["jobId"] for row in rest["jobSummaryList"]] == jobs[3:]
    assert "nextToken" not in rest
    http.set(page=100)
    assert len(batch.list_jobs(jobQueue=queue, jobStatus="FAILED", maxResults=2)["jobSummaryList"]) == 2
    assert listed(http, queue, jobStatus="FAILED", PaginationConfig={"PageSize": 1}) == jobs[:3]


def test_by_name_whatever_the_status(http: Outside, queue: str) -> None:
    first, second = submit(queue, "align-1"), submit(queue, "call-1")
    aws("batch").terminate_job(jobId=first, reason="upgrade")
    assert listed(http, queue, filters=[{"name": "JOB_NAME", "values": ["ALIGN*"]}]) == [first]
    assert listed(http, queue, filters=[{"name": "JOB_NAME", "values": ["call-1"]}]) == [second]


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"jobStatus": "SLEEPING"}, "ClientException"),
        ({"nextToken": "x"}, "ClientException"),
        ({"jobQueue": "none"}, "ClientException"),
        ({"jobQueue": ""}, "ClientException"),
        ({"multiNodeJobId": "x"}, "NotImplemented"),
        ({"filters": [{"name": "AFTER_CREATED_AT", "values": ["1"]}]}, "NotImplemented"),
    ],
    ids=str,
)
def test_what_is_refused(http: Outside, queue: str, request_: dict[str, Any], code: str) -> None:
    assert refused(http.client("batch").list_jobs, **{"jobQueue": queue, **request_})[0] == code
