"""Batch: jobs that run until somebody ends them, listed in pages, and environments that can be changed or be invalid.

moto runs jobs in Docker (and fails them where there is none), lists all jobs where AWS lists the running ones, takes any
filter for one that everything passes, ignores new compute resources, and wants a state and a service role where AWS
takes ENABLED and its own service-linked one.
"""

import json
from datetime import datetime
from typing import Any

from moto.batch import urls
from moto.batch.exceptions import ClientException
from moto.batch.models import BatchBackend, Job, batch_backends
from moto.batch.responses import BatchResponse
from moto.batch.utils import JobStatus

from sandbox.services import settings
from sandbox.services.backends import use_backend, use_responses
from sandbox.services.paging import cut

SERVICE = "batch.amazonaws.com"
ROLE = "awsserviceroleforbatch"
"""In lower case: moto writes its end so."""


KNOWN_FILTERS = {"JOB_NAME"}
MOST = 100
"""Rows on a page of ListJobs: https://docs.aws.amazon.com/batch/latest/APIReference/API_ListJobs.html"""


class RunningJob(Job):  # type: ignore[misc]  # moto ships no types
    """A job that runs, or is as active as knob `jobs` says, from the moment it is submitted until it is ended."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.job_started_at = datetime.now()  # noqa: DTZ005  # moto counts in local time

    @property
    def status(self) -> str:
        if self.job_stopped:
            return "FAILED"
        forced = settings.knobs().jobs
        return forced.get(self.job_id) or forced.get(self.job_name, "RUNNING")

    @status.setter
    def status(self, value: str) -> None:
        """It follows from whether the job was stopped, and from the knob."""

    def terminate(self, reason: str) -> None:
        super().terminate(reason)
        self._mark_stopped(success=False)


class Batch(BatchBackend):  # type: ignore[misc]  # moto ships no types
    """moto's, without Docker."""

    def create_compute_environment(
        self,
        compute_environment_name: str,
        _type: str,
        state: str | None,
        compute_resources: dict[str, Any],
        service_role: str,
        tags: dict[str, str] | None = None,
    ) -> Any:
        role = service_role or self._service_linked_role()
        return super().create_compute_environment(
            compute_environment_name, _type, state or "ENABLED", compute_resources, role, tags
        )

    def update_compute_environment(
        self,
        compute_environment_name: str,
        state: str | None,
        compute_resources: Any | None,
        service_role: str | None,
    ) -> tuple[str, str]:
        answer: tuple[str, str] = super().update_compute_environment(
            compute_environment_name, state, compute_resources, service_role
        )
        environment = self.get_compute_environment(compute_environment_name)
        environment.compute_resources = {**(environment.compute_resources or {}), **(compute_resources or {})}
        return answer

    def describe_compute_environments(self, environments: list[str] | None = None) -> list[dict[str, Any]]:
        return [_forced(row, "computeEnvironment") for row in super().describe_compute_environments(environments)]

    def describe_job_queues(self, job_queues: list[str] | None = None) -> list[dict[str, Any]]:
        return [_forced(row, "jobQueue") for row in super().describe_job_queues(job_queues)]

    def submit_job(self, job_name: str, job_def_id: str, job_queue: str, **details: Any) -> tuple[str, str, str]:
        definition, queue = self.get_job_definition(job_def_id), self.get_job_queue(job_queue)
        if definition is None or queue is None:
            missing = f"Job definition {job_def_id}" if definition is None else f"Job queue {job_queue}"
            raise ClientException(f"{missing} does not exist")
        if queue.state != "ENABLED":
            raise ClientException(f"Job Queue is {queue.state}.")
        details["array_properties"] = details.get("array_properties") or {}
        job = RunningJob(
            job_name, definition, queue, self, log_backend=self.logs_backend, all_jobs=self._jobs, **details
        )
        self._jobs[job.job_id] = job
        return job_name, job.job_id, job.arn

    def list_jobs(
        self, job_queue_name: str | None, array_job_id: str | None, job_status: str | None = None, filters: Any = None
    ) -> list[Any]:
        """Without a status the running ones; with a filter those of every status."""
        if not job_queue_name and not array_job_id:
            raise ClientException("Please provide one of jobQueue, arrayJobId, multiNodeJobId")
        if job_status is not None and job_status not in JobStatus.job_statuses():
            raise ClientException(f"Job status is not one of {' | '.join(JobStatus.job_statuses())}")
        unknown = [item["name"] for item in filters or () if item["name"] not in KNOWN_FILTERS]
        if unknown:
            raise NotImplementedError(f"filter {unknown[0]}")
        status = job_status or (None if filters else "RUNNING")
        return list(super().list_jobs(job_queue_name, array_job_id, status, filters))

    def _service_linked_role(self) -> str:
        for role in self.iam_backend.get_roles():
            if role.name.lower() == ROLE:
                return str(role.arn)
        return str(self.iam_backend.create_service_linked_role(SERVICE, "", None).arn)


def _forced(row: dict[str, Any], noun: str) -> dict[str, Any]:
    """A row as knob `batch` has it."""
    forced = settings.knobs().batch
    return {**row, **forced.get(row[f"{noun}Arn"], forced.get(row[f"{noun}Name"], {}))}


class BatchResponses(BatchResponse):  # type: ignore[misc]  # moto ships no types
    """moto's, with pages."""

    def listjobs(self) -> str:
        if self._get_param("multiNodeJobId"):
            raise NotImplementedError("nodes of a job")
        names = ("jobQueue", "arrayJobId", "jobStatus", "filters")
        jobs = self.batch_backend.list_jobs(*(self._get_param(name) for name in names))
        places = {name: place for place, name in enumerate(self.batch_backend._jobs)}  # noqa: SLF001  # the only list of all
        limit = min(self._get_param("maxResults") or MOST, settings.knobs().page)
        try:
            shown, more = cut(((places[job.job_id], job) for job in jobs), self._get_param("nextToken"), limit)
        except ValueError:
            raise ClientException("The nextToken is not valid") from None
        token = {"nextToken": more} if more else {}
        return json.dumps({"jobSummaryList": [job.describe_short() for job in shown], **token})


def install() -> None:
    """Use our backend and our responses."""
    use_backend(batch_backends, Batch)
    use_responses(urls, BatchResponses)
