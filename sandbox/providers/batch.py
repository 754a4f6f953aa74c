"""AWS::Batch: compute environment and job queue, changed in place.

AWS replaces an environment whose launch template changes unless ReplaceComputeEnvironment is false; here it is always
changed in place, so that its queue keeps pointing to it.
"""

from typing import Any

from sandbox.providers import names, tags
from sandbox.providers.base import Handled, Properties, Request
from sandbox.providers.guarded import only
from sandbox.providers.shapes import accepted

NAME_LIMIT = 128


def _carry_tags(request: Request, batch: Any) -> None:
    arn = request.physical_id
    tags.carry(
        request,
        lambda added: batch.tag_resource(resourceArn=arn, tags=added),
        lambda keys: batch.untag_resource(resourceArn=arn, tagKeys=keys),
    )


class ComputeEnvironment:
    """AWS::Batch::ComputeEnvironment; Ref is the ARN."""

    drift = True

    def create(self, request: Request) -> Handled:
        batch = request.client("batch")
        name = names.given(request, "ComputeEnvironmentName", NAME_LIMIT)
        values = {**request.properties, "ComputeEnvironmentName": name, "Tags": tags.wanted(request)}
        made = batch.create_compute_environment(**accepted(batch, "CreateComputeEnvironment", values))
        arn = made["computeEnvironmentArn"]
        return Handled(arn, {"ComputeEnvironmentArn": arn})

    def update(self, request: Request) -> Handled:
        batch = request.client("batch")
        arn = request.physical_id
        values = {**request.properties, "ComputeEnvironment": arn}
        batch.update_compute_environment(**accepted(batch, "UpdateComputeEnvironment", values))
        _carry_tags(request, batch)
        return Handled(arn, {"ComputeEnvironmentArn": arn})

    def delete(self, request: Request) -> None:
        self._describe(request)
        batch = request.client("batch")
        batch.update_compute_environment(computeEnvironment=request.physical_id, state="DISABLED")
        batch.delete_compute_environment(computeEnvironment=request.physical_id)

    def read(self, request: Request) -> Properties:
        return {**self._describe(request)}

    @staticmethod
    def _describe(request: Request) -> dict[str, Any]:
        batch = request.client("batch")
        arns = [request.physical_id]
        found: dict[str, Any] = only(
            batch.describe_compute_environments(computeEnvironments=arns)["computeEnvironments"],
        )
        return found


class JobQueue:
    """AWS::Batch::JobQueue; Ref is the ARN."""

    drift = True

    def create(self, request: Request) -> Handled:
        batch = request.client("batch")
        values = {
            "State": "ENABLED",
            **request.properties,
            "JobQueueName": names.given(request, "JobQueueName", NAME_LIMIT),
            "Tags": tags.wanted(request),
        }
        arn = batch.create_job_queue(**accepted(batch, "CreateJobQueue", values))["jobQueueArn"]
        return Handled(arn, {"JobQueueArn": arn})

    def update(self, request: Request) -> Handled:
        batch = request.client("batch")
        arn = request.physical_id
        batch.update_job_queue(**accepted(batch, "UpdateJobQueue", {**request.properties, "JobQueue": arn}))
        _carry_tags(request, batch)
        return Handled(arn, {"JobQueueArn": arn})

    def delete(self, request: Request) -> None:
        batch = request.client("batch")
        self._describe(request)
        batch.update_job_queue(jobQueue=request.physical_id, state="DISABLED")
        batch.delete_job_queue(jobQueue=request.physical_id)

    def read(self, request: Request) -> Properties:
        return self._describe(request)

    @staticmethod
    def _describe(request: Request) -> dict[str, Any]:
        batch = request.client("batch")
        found: dict[str, Any] = only(batch.describe_job_queues(jobQueues=[request.physical_id])["jobQueues"])
        return found
