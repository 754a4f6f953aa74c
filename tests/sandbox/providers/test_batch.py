"""Batch environments and queues are changed in place and carry what they are given."""

from typing import Any

import pytest

from sandbox.providers.base import Gone
from tests.sandbox.providers.resource import Resource, aws


def trust(service: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


@pytest.fixture
def environment(subnets: list[str], group: Resource, template: Resource) -> Resource:
    role = Resource("AWS::IAM::Role", {"AssumeRolePolicyDocument": trust("ec2.amazonaws.com")})
    profile = Resource("AWS::IAM::InstanceProfile", {"Roles": [role.id]})
    wanted = {
        "Type": "MANAGED",
        "ComputeResources": {
            "Type": "EC2",
            "AllocationStrategy": "BEST_FIT_PROGRESSIVE",
            "InstanceRole": profile.attributes["Arn"],
            "InstanceTypes": ["optimal"],
            "LaunchTemplate": {"LaunchTemplateId": template.id, "Version": "1"},
            "MinvCpus": 0,
            "MaxvCpus": "256",
            "SecurityGroupIds": [group.id],
            "Subnets": subnets,
            "Tags": {"Name": "jobs"},
        },
        "Tags": {"component": "jobs"},
    }
    return Resource("AWS::Batch::ComputeEnvironment", wanted, "Environment")


@pytest.fixture
def queue(environment: Resource) -> Resource:
    wanted = {
        "Priority": "1",
        "ComputeEnvironmentOrder": [{"ComputeEnvironment": environment.id, "Order": 1}],
        "JobStateTimeLimitActions": [
            {"Action": "CANCEL", "MaxTimeSeconds": 600, "Reason": "MISCONFIGURATION", "State": "RUNNABLE"}
        ],
        "Tags": {"component": "jobs"},
    }
    return Resource("AWS::Batch::JobQueue", wanted, "Queue")


def test_environment(environment: Resource, queue: Resource) -> None:
    assert environment.attributes["ComputeEnvironmentArn"] == environment.id
    assert environment.drift() == {}
    resources = {**environment.request.properties["ComputeResources"], "MaxvCpus": 512}
    resources["LaunchTemplate"] = {**resources["LaunchTemplate"], "Version": "2"}
    environment.update(ComputeResources=resources, Tags={"component": "jobs", "new": "1"})
    assert environment.drift() == {}
    [live] = aws("batch").describe_compute_environments(computeEnvironments=[environment.id])["computeEnvironments"]
    assert live["computeResources"]["launchTemplate"]["version"] == "2"
    assert live["computeResources"]["maxvCpus"] == 512
    assert live["tags"]["new"] == "1"


def test_environment_changed_outside(environment: Resource) -> None:
    aws("batch").update_compute_environment(computeEnvironment=environment.id, computeResources={"maxvCpus": 4})
    assert environment.drift()["ComputeResources"]["MaxvCpus"] == 4


def test_environment_starts_no_instances(environment: Resource, group: Resource) -> None:
    filters = [{"Name": "instance.group-id", "Values": [group.id]}]
    assert aws("ec2").describe_instances(Filters=filters)["Reservations"] == []
    [live] = aws("batch").describe_compute_environments(computeEnvironments=[environment.id])["computeEnvironments"]
    assert (live["state"], live["status"]) == ("ENABLED", "VALID")


def test_queue(queue: Resource) -> None:
    assert queue.attributes["JobQueueArn"] == queue.id
    assert queue.drift() == {}
    aws("batch").update_job_queue(jobQueue=queue.id, priority=9)
    assert queue.drift() == {"Priority": 9}
    queue.update(Priority=5)
    assert queue.drift() == {}


def test_deleted_queue_first(environment: Resource, queue: Resource) -> None:
    for resource in (queue, environment):
        resource.delete()
        with pytest.raises(Gone):
            resource.read()
        resource.delete()
