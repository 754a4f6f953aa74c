"""Job queues and compute environments as Batch sees them."""

from collections.abc import Mapping
from typing import Any

from upgrade.errors import ServiceFailed
from upgrade.facts.compute import Environment, Job, JobQueue, Queue

ENVIRONMENT = "AWS::Batch::ComputeEnvironment"
JOB_QUEUE = "AWS::Batch::JobQueue"

AT_ONCE = 100
"""Names DescribeComputeEnvironments and DescribeJobQueues take in one call."""

ACTIVE = ("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING")
"""States of a job that is not over: ListJobs tells one at a time, and without one only what runs.
https://docs.aws.amazon.com/batch/latest/APIReference/API_ListJobs.html"""


def read_queue(client: Any, queue: str) -> JobQueue:
    """ListJobs of a queue, all active states, all pages.

    One state after the other, in the order a job goes through them: one that moves on meanwhile is met again, not missed.
    """
    found = {job.id: job for status in ACTIVE for job in _jobs(client, queue, status)}
    return JobQueue(queue, tuple(found.values()))


def _jobs(client: Any, queue: str, status: str) -> tuple[Job, ...]:
    pages = client.get_paginator("list_jobs").paginate(jobQueue=queue, jobStatus=status)
    rows = (row for page in pages for row in page["jobSummaryList"])
    return tuple(Job(row["jobId"], row["jobName"], row.get("status", status)) for row in rows)


def read_environments(client: Any, arns: Mapping[str, str]) -> dict[str, Environment]:
    """DescribeComputeEnvironments.

    Args:
        client: boto3's.
        arns: of the environments, by logical id.

    Raises:
        ServiceFailed: an environment of the stack is not there.
    """
    rows = _described(client, "compute_environment", "computeEnvironment", arns)
    return {
        name: Environment(row["computeEnvironmentArn"], row["status"], row.get("statusReason", ""))
        for name, row in rows.items()
    }


def read_queues(client: Any, arns: Mapping[str, str]) -> dict[str, Queue]:
    """DescribeJobQueues.

    Args:
        client: boto3's.
        arns: of the queues, by logical id.

    Raises:
        ServiceFailed: a queue of the stack is not there.
    """
    return {
        name: Queue(row["jobQueueArn"], row["status"], row.get("statusReason", ""), _environments(row))
        for name, row in _described(client, "job_queue", "jobQueue", arns).items()
    }


def _environments(row: dict[str, Any]) -> tuple[str, ...]:
    order = sorted(row.get("computeEnvironmentOrder", []), key=lambda each: int(each["order"]))
    return tuple(each["computeEnvironment"] for each in order)


def _described(client: Any, noun: str, key: str, arns: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The rows Batch tells, by logical id; one that is not there it leaves out without a word."""
    wanted, found = list(arns.values()), dict[str, dict[str, Any]]()
    for start in range(0, len(wanted), AT_ONCE):
        pages = client.get_paginator(f"describe_{noun}s").paginate(**{f"{key}s": wanted[start : start + AT_ONCE]})
        found |= {row[f"{key}Arn"]: row for page in pages for row in page[f"{key}s"]}
    if missing := [arn for arn in wanted if arn not in found]:
        raise ServiceFailed(f"Batch knows no {noun.replace('_', ' ')} {', '.join(missing)}")
    return {name: found[arn] for name, arn in arns.items()}
