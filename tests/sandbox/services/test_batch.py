"""A job runs until somebody ends it, without Docker."""

from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.providers.resource import aws


@pytest.fixture
def queue() -> str:
    batch, name = aws("batch"), str(uuid4())
    environment = batch.create_compute_environment(computeEnvironmentName=name, type="UNMANAGED")
    order = [{"order": 1, "computeEnvironment": environment["computeEnvironmentArn"]}]
    made = batch.create_job_queue(jobQueueName=name, state="ENABLED", priority=1, computeEnvironmentOrder=order)
    container = {"image": "busybox", "vcpus": 1, "memory": 128, "command": ["sleep", "9"]}
    batch.register_job_definition(jobDefinitionName="sleep", type="container", containerProperties=container)
    return str(made["jobQueueArn"])


def submit(queue: str) -> str:
    return str(aws("batch").submit_job(jobName="sleep", jobQueue=queue, jobDefinition="sleep")["jobId"])


def describe(job: str) -> dict[str, Any]:
    return dict(aws("batch").describe_jobs(jobs=[job])["jobs"][0])


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
