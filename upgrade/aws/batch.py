"""Job queues as Batch sees them."""

from functools import partial
from typing import Any

from upgrade.facts.compute import Job, JobQueue
from upgrade.facts.gather import gather

JOB_QUEUE = "AWS::Batch::JobQueue"

ACTIVE = ("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING")
"""States of a job that is not over: ListJobs tells one at a time, and without one only what runs.
https://docs.aws.amazon.com/batch/latest/APIReference/API_ListJobs.html"""


def read_queue(client: Any, queue: str) -> JobQueue:
    """ListJobs of a queue, all active states, all pages."""
    found = gather([partial(_jobs, client, queue, status) for status in ACTIVE])
    return JobQueue(queue, tuple(job for jobs in found for job in jobs))


def _jobs(client: Any, queue: str, status: str) -> tuple[Job, ...]:
    pages = client.get_paginator("list_jobs").paginate(jobQueue=queue, jobStatus=status)
    rows = (row for page in pages for row in page["jobSummaryList"])
    return tuple(Job(row["jobId"], row["jobName"], row.get("status", status)) for row in rows)
