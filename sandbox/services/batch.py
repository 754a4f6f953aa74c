"""Batch: jobs that run until somebody ends them, environments that can be changed.

moto runs jobs in Docker (and fails them where there is none), ignores new compute resources, and wants a state and a
service role where AWS takes ENABLED and its own service-linked one.
"""

from datetime import datetime
from typing import Any

from moto.batch.exceptions import ClientException
from moto.batch.models import BatchBackend, Job, batch_backends

from sandbox.services.backends import use_backend

SERVICE = "batch.amazonaws.com"
ROLE = "awsserviceroleforbatch"
"""In lower case: moto writes its end so."""


class RunningJob(Job):  # type: ignore[misc]  # moto ships no types
    """A job that runs from the moment it is submitted until it is terminated."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.job_started_at = datetime.now()  # noqa: DTZ005  # moto counts in local time

    @property
    def status(self) -> str:
        return "FAILED" if self.job_stopped else "RUNNING"

    @status.setter
    def status(self, value: str) -> None:
        """It follows from whether the job was stopped."""

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

    def _service_linked_role(self) -> str:
        for role in self.iam_backend.get_roles():
            if role.name.lower() == ROLE:
                return str(role.arn)
        return str(self.iam_backend.create_service_linked_role(SERVICE, "", None).arn)


def install() -> None:
    """Use our backend."""
    use_backend(batch_backends, Batch)
