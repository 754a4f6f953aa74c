"""Job queues as Batch sees them."""

from typing import Any

from upgrade.facts.compute import Job, JobQueue

JOB_QUEUE = "AWS::Batch::JobQueue"

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
