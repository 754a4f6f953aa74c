"""What hangs on a stack, made by ordinary AWS calls: queues, jobs, groups, machines, databases, roles."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import boto3
import pytest

from sandbox import certificates
from tests.upgrade.world import REGION, World
from upgrade.aws.session import Connection

IMAGE = "ami-12c6146b"
"""Known to every world."""

TRUST = {"Effect": "Allow", "Principal": {"Service": "cloudformation.amazonaws.com"}, "Action": "sts:AssumeRole"}


def queue(world: World) -> str:
    """A job queue; its ARN."""
    batch, name = world.client("batch"), f"queue-{uuid4()}"
    environment = batch.create_compute_environment(computeEnvironmentName=name, type="UNMANAGED")
    order = [{"order": 1, "computeEnvironment": environment["computeEnvironmentArn"]}]
    made = batch.create_job_queue(jobQueueName=name, state="ENABLED", priority=1, computeEnvironmentOrder=order)
    container = {"image": "busybox", "vcpus": 1, "memory": 128, "command": ["sleep", "9"]}
    batch.register_job_definition(jobDefinitionName="sleep", type="container", containerProperties=container)
    return str(made["jobQueueArn"])


def job(world: World, queue: str, name: str = "sleep") -> str:
    """A job that runs until it is ended; its id."""
    return str(world.client("batch").submit_job(jobName=name, jobQueue=queue, jobDefinition="sleep")["jobId"])


def group(world: World, capacity: int = 0, **tags: str) -> str:
    """An Auto Scaling group; its name."""
    name = f"group-{uuid4()}"
    data = {"ImageId": IMAGE, "InstanceType": "m5.large"}
    world.client("ec2").create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data)
    world.client("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName=name,
        LaunchTemplate={"LaunchTemplateName": name, "Version": "$Latest"},
        MinSize=0,
        MaxSize=10,
        DesiredCapacity=capacity,
        AvailabilityZones=["us-east-1a"],
        Tags=[{"Key": key, "Value": value, "PropagateAtLaunch": False} for key, value in tags.items()],
    )
    return name


def machine(world: World, **tags: str) -> str:
    """A machine outside any group; its id."""
    rows = [{"Key": key, "Value": value} for key, value in tags.items()]
    made = world.client("ec2").run_instances(
        ImageId=IMAGE, MinCount=1, MaxCount=1, TagSpecifications=[{"ResourceType": "instance", "Tags": rows}]
    )
    return str(made["Instances"][0]["InstanceId"])


def database(world: World, **values: Any) -> str:
    """A database of 60 GiB; its identifier."""
    name = f"db-{uuid4()}"
    wanted = {
        "AllocatedStorage": 60,
        "DBInstanceClass": "db.t3.medium",
        "Engine": "postgres",
        "EngineVersion": "15",
        "StorageType": "gp3",
        "MasterUsername": "me",
        "MasterUserPassword": "not-a-secret",
        **values,
    }
    world.client("rds").create_db_instance(DBInstanceIdentifier=name, **wanted)
    return name


def role(world: World, trust: Any = TRUST, path: str = "/") -> str:
    """A role; its ARN."""
    document = json.dumps({"Version": "2012-10-17", "Statement": trust})
    made = world.client("iam").create_role(RoleName=f"role-{uuid4()}", AssumeRolePolicyDocument=document, Path=path)
    return str(made["Role"]["Arn"])


def function(world: World) -> str:
    """A Lambda function; its name."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("index.py", "")
    made = world.client("lambda").create_function(
        FunctionName=f"function-{uuid4()}",
        Runtime="python3.12",
        Role=role(world, {**TRUST, "Principal": {"Service": "lambda.amazonaws.com"}}),
        Handler="index.handler",
        Code={"ZipFile": file.getvalue()},
    )
    return str(made["FunctionName"])


def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no call be tried again: what fails fails at once."""
    defaults = Connection.client.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "attempts", 1)


class Answered:
    """What botocore takes for an HTTP answer."""

    status_code = 200


def answering(service: str, answer: Callable[[str, str], dict[str, Any]]) -> Any:
    """A client that gets its answers, by operation and request body, from here: for what no sandbox can show."""
    client = boto3.client(service, region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x")
    client.meta.events.register(
        "before-call", lambda model, params, **_: (Answered, answer(model.name, str(params["body"])))
    )
    return client


def volume(world: World, size: int, **values: Any) -> str:
    """A volume of so many GiB; its id."""
    return str(world.client("ec2").create_volume(AvailabilityZone="us-east-1a", Size=size, **values)["VolumeId"])


def alarm(world: World, state: str = "OK", *actions: str) -> str:
    """An alarm in this state; its name."""
    cloudwatch, name = world.client("cloudwatch"), f"alarm-{uuid4()}"
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/EC2",
        MetricName="CPUUtilization",
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=70,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=list(actions),
    )
    cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="for a test")
    return name


def certificate(world: World, days: int = 300) -> str:
    """An imported certificate with so many days left; its ARN."""
    made = certificates.issue("co.example.com", days=days)
    return str(
        world.client("acm").import_certificate(Certificate=made.certificate, PrivateKey=made.key)["CertificateArn"]
    )
