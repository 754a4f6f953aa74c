"""A scenario as it is found from outside: over HTTP, with plain boto3."""

import tomllib
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.server import Sandbox
from sandbox.template.load import load
from tests.sandbox.outside import Outside

BUCKET = "codeocean-vpc"


TARGET = "templates/v4.1.0/codeocean.template.yaml"


class Told:
    """A scenario as it is found from outside."""

    def __init__(self, sandbox: Sandbox, aws: Outside) -> None:
        self.knobs = sandbox.knobs
        self.aws = aws
        self.folder = sandbox.stacks_file.parent
        self.configuration = tomllib.loads(sandbox.stacks_file.read_text())

    @property
    def demo(self) -> dict[str, Any]:
        entry: dict[str, Any] = self.configuration["stacks"]["demo"]
        return entry

    def stack(self, name: str = "codeocean") -> dict[str, Any]:
        stack: dict[str, Any] = self.aws.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
        return stack

    def parameters(self) -> dict[str, str]:
        return {row["ParameterKey"]: row["ParameterValue"] for row in self.stack()["Parameters"]}

    def version(self, name: str = "codeocean") -> str:
        body = self.aws.client("cloudformation").get_template(StackName=name)["TemplateBody"]
        return next(line.split()[1] for line in str(body).splitlines() if line.strip().startswith("Version: v"))

    def id(self, logical_id: str) -> str:
        detail = self.aws.client("cloudformation").describe_stack_resource(
            StackName="codeocean", LogicalResourceId=logical_id
        )
        return str(detail["StackResourceDetail"]["PhysicalResourceId"])

    def database(self) -> dict[str, Any]:
        found = self.aws.client("rds").describe_db_instances(DBInstanceIdentifier=self.id("AnalyticsDBInstance"))
        instance: dict[str, Any] = found["DBInstances"][0]
        return instance

    def health(self) -> list[str]:
        arn = self.id("TargetGroupWeb")
        found = self.aws.client("elbv2").describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
        return [row["TargetHealth"]["State"] for row in found]

    def events(self) -> list[str]:
        """What RDS tells of the database's storage."""
        rds = self.aws.client("rds")
        span = {"SourceIdentifier": self.id("AnalyticsDBInstance"), "SourceType": "db-instance", "Duration": 360}
        return [event["Message"] for event in rds.describe_events(**span)["Events"] if "storage" in event["Message"]]

    def images(self) -> list[str]:
        """The images of the live version and of the target, in our region."""
        live = self.aws.client("cloudformation").get_template(StackName="codeocean")["TemplateBody"]
        key = TARGET.replace("v4.1.0", self.demo["target"])
        target = self.aws.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()
        return [load(text)["Mappings"]["AMIs"]["us-east-1"]["id"] for text in (live, target)]

    def acknowledged(self) -> tuple[str, str]:
        """The versions between which maintenance mode is said to be on, as of now."""
        stated = self.demo["acknowledge"]["maintenance_mode"]
        age = datetime.now(UTC) - stated["at"]
        assert timedelta() <= age < timedelta(minutes=2)
        assert stated["by"] == "sandbox"
        return stated["from"], stated["to"]

    def upgrade(self, entry: str, key: str, **values: str) -> str:
        """Upgrade a stack to what the vendor publishes at that key, without the gate; its status."""
        name = self.configuration["stacks"][entry]["stack_name"]
        self.knobs.set({"pace": 0.0})
        cloudformation = self.aws.client("cloudformation")
        cloudformation.update_stack(
            StackName=name,
            TemplateURL=f"https://{BUCKET}.s3.amazonaws.com/{key}",
            Parameters=self.planned(name, **values),
            Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        return str(self.stack(name)["StackStatus"])

    def planned(self, name: str = "codeocean", **values: str) -> list[dict[str, Any]]:
        """Parameters of an update: those given, and what there is."""
        kept = [
            row["ParameterKey"] for row in self.stack(name).get("Parameters", []) if row["ParameterKey"] not in values
        ]
        given = [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]
        return [*given, *({"ParameterKey": key, "UsePreviousValue": True} for key in kept)]

    def target(self) -> bytes:
        content: bytes = self.aws.client("s3").get_object(Bucket=BUCKET, Key=TARGET)["Body"].read()
        return content


def upgraded(world: Told) -> str:
    """The status after the update to the target, made without the gate."""
    return world.upgrade("demo", TARGET)


def running(world: Told) -> list[str]:
    """Names of the jobs that run."""
    batch, queue = world.aws.client("batch"), world.id("BatchSpotJobQueue")
    return [row["jobName"] for row in batch.list_jobs(jobQueue=queue, jobStatus="RUNNING")["jobSummaryList"]]


def workers(world: Told) -> list[str]:
    """States of the instances in the worker group."""
    group = world.id("WorkersAutoScalingGroup")
    [found] = world.aws.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[group])[
        "AutoScalingGroups"
    ]
    return [row["LifecycleState"] for row in found["Instances"]]


def dedicated(world: Told) -> list[str]:
    """Images of the dedicated workers that run."""
    wanted = {
        "tag:Name": "codeocean-dedicated-worker",
        "tag:codeocean:deployment": "codeocean",
        "instance-state-name": "running",
    }
    filters = [{"Name": name, "Values": [value]} for name, value in wanted.items()]
    found = world.aws.client("ec2").describe_instances(Filters=filters)["Reservations"]
    return [instance["ImageId"] for reservation in found for instance in reservation["Instances"]]
