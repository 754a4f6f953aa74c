"""An empty AWS account over real HTTP, with a real boto3 client whose every answer is checked against its shape."""

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from sandbox.account import REGION
from sandbox.engine.world import World
from sandbox.knobs import Knobs
from tests.sandbox.outside import has_its_shape

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]


@dataclass
class Cloud:
    """One account; helpers say in a line what a test needs."""

    url: str
    knobs: Knobs
    world: World
    cloudformation: Any = field(init=False)

    def __post_init__(self) -> None:
        self.cloudformation = self.client("cloudformation")

    def client(self, service: str) -> Any:
        return _client(self.url, service)

    def create(self, name: str, resources: dict[str, Any], **request: Any) -> str:
        """Create a stack; its status."""
        self.cloudformation.create_stack(
            StackName=name, TemplateBody=template(resources, request), Capabilities=CAPABILITIES, **request
        )
        return self.status(name)

    def update(self, name: str, resources: dict[str, Any], **request: Any) -> str:
        self.cloudformation.update_stack(
            StackName=name, TemplateBody=template(resources, request), Capabilities=CAPABILITIES, **request
        )
        return self.status(name)

    def change_set(self, stack: str, name: str, resources: dict[str, Any], **request: Any) -> dict[str, Any]:
        """Make a change set; as DescribeChangeSet shows it, with property values."""
        made = self.cloudformation.create_change_set(
            StackName=stack,
            ChangeSetName=name,
            TemplateBody=template(resources, request),
            Capabilities=CAPABILITIES,
            **request,
        )
        return self.describe_change_set(made["Id"])

    def describe_change_set(self, arn: str) -> dict[str, Any]:
        found: dict[str, Any] = self.cloudformation.describe_change_set(ChangeSetName=arn, IncludePropertyValues=True)
        return found

    def stack(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        return found

    def status(self, name: str) -> str:
        return str(self.stack(name)["StackStatus"])

    def resource(self, stack: str, logical_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.cloudformation.describe_stack_resource(
            StackName=stack, LogicalResourceId=logical_id
        )["StackResourceDetail"]
        return found

    def physical_id(self, stack: str, logical_id: str) -> str:
        return str(self.resource(stack, logical_id)["PhysicalResourceId"])

    def events(self, name: str) -> list[dict[str, Any]]:
        """All events, oldest first."""
        pages = self.cloudformation.get_paginator("describe_stack_events").paginate(StackName=name)
        return list(reversed(pages.build_full_result()["StackEvents"]))

    def told(self, name: str, logical_id: str | None = None) -> list[str]:
        """`LogicalId STATUS` of all events, or the statuses of one resource, oldest first."""
        return [
            f"{event['LogicalResourceId']} {event['ResourceStatus']}" if logical_id is None else event["ResourceStatus"]
            for event in self.events(name)
            if logical_id in (None, event["LogicalResourceId"])
        ]

    def refused(self, call: str, **request: Any) -> tuple[str, str]:
        """Code and message of the error that a call is answered with."""
        try:
            getattr(self.cloudformation, call)(**request)
        except ClientError as error:
            return error.response["Error"]["Code"], error.response["Error"]["Message"]
        raise AssertionError(f"{call} was not refused")

    def detect(self, stack: str) -> dict[str, Any]:
        """Detect drift; the status of the detection."""
        begun = self.cloudformation.detect_stack_drift(StackName=stack)["StackDriftDetectionId"]
        found: dict[str, Any] = self.cloudformation.describe_stack_drift_detection_status(StackDriftDetectionId=begun)
        return found


@cache
def _client(url: str, service: str) -> Any:
    made = boto3.client(
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id="AKIASANDBOX000000000",
        aws_secret_access_key="sandbox",
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )
    made.meta.events.register("after-call.cloudformation.*", has_its_shape)
    return made


def template(resources: dict[str, Any], request: dict[str, Any]) -> str:
    """A template of these resources; sections such as Outputs are taken out of the request."""
    sections: dict[str, Any] = {
        name: request.pop(name) for name in ("Outputs", "Conditions", "Metadata") if name in request
    }
    if "Declared" in request:
        sections["Parameters"] = request.pop("Declared")
    return json.dumps({"Resources": resources, **sections})


def parameter(value: Any = "1", **attributes: Any) -> dict[str, Any]:
    """The smallest resource: an SSM parameter."""
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}, **attributes}


def after(name: str, value: Any = "1", **attributes: Any) -> dict[str, Any]:
    """One that depends on another."""
    return parameter(value, DependsOn=name, **attributes)
