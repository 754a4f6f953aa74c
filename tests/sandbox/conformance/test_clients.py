"""Clients nobody here wrote: the AWS CLI, and boto3's waiters and paginators."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from sandbox.account import REGION
from tests.sandbox.conformance import conformance
from tests.sandbox.conformance.cloud import Cloud, after, parameter

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def aws(cloud: Cloud, tmp_path: Path) -> Run:
    """The AWS CLI, which finds nothing but the sandbox."""
    nothing = tmp_path / "none"
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AWS_ENDPOINT_URL": cloud.url,
        "AWS_ACCESS_KEY_ID": "AKIASANDBOX000000000",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(nothing),
        "AWS_SHARED_CREDENTIALS_FILE": str(nothing),
        "AWS_MAX_ATTEMPTS": "1",
    }

    def run(*arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(Path(sys.executable).parent / "aws"), *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == code, done.stderr
        return done

    return run


def written(tmp_path: Path, resources: dict[str, Any]) -> str:
    path = tmp_path / "template.json"
    path.write_text(json.dumps({"Resources": resources}), encoding="utf-8")
    return str(path)


@conformance("emulates", "Clients")
def test_cli_deploy(cloud: Cloud, aws: Run, tmp_path: Path) -> None:
    """AWS CLI: `s3 cp`, `cloudformation deploy` (twice, from a bucket), `describe-stacks`."""
    path = written(tmp_path, {"A": parameter()})
    cloud.client("s3").create_bucket(Bucket="uploads-of-cli")
    aws("s3", "cp", path, "s3://uploads-of-cli/copy.json")
    assert cloud.client("s3").head_object(Bucket="uploads-of-cli", Key="copy.json")["ContentLength"] > 0
    deploy = ("cloudformation", "deploy", "--stack-name", "cli", "--s3-bucket", "uploads-of-cli", "--template-file")
    assert "Successfully created/updated stack - cli" in aws(*deploy, path).stdout
    assert "No changes to deploy" in aws(*deploy, path, "--no-fail-on-empty-changeset").stdout
    assert cloud.status("cli") == "CREATE_COMPLETE"


@conformance("emulates", "Clients")
def test_cli_watches(cloud: Cloud, aws: Run) -> None:
    """AWS CLI: `wait stack-update-complete`, `describe-stack-events`, `list-stack-resources`, `detect-stack-drift`."""
    cloud.create("cli", {"A": parameter()})
    cloud.knobs.pace = 0.2
    cloud.update("cli", {"A": parameter("2")})
    cloud.world.settle()
    aws("cloudformation", "wait", "stack-update-complete", "--stack-name", "cli")
    told = json.loads(aws("cloudformation", "describe-stack-events", "--stack-name", "cli", "--output", "json").stdout)
    assert told["StackEvents"][0]["ResourceStatus"] == "UPDATE_COMPLETE"
    detection = json.loads(
        aws("cloudformation", "detect-stack-drift", "--stack-name", "cli", "--output", "json").stdout
    )
    found = aws(
        *("cloudformation", "describe-stack-drift-detection-status", "--output", "json"),
        *("--stack-drift-detection-id", detection["StackDriftDetectionId"]),
    )
    assert json.loads(found.stdout)["StackDriftStatus"] == "IN_SYNC"


@conformance("emulates", "Clients")
def test_cli_takes_back(cloud: Cloud, aws: Run) -> None:
    """AWS CLI: `cancel-update-stack` and `continue-update-rollback`, with AWS's errors where they do not apply."""
    cloud.create("cli", {"A": parameter(), "B": after("A")})
    refused = aws("cloudformation", "cancel-update-stack", "--stack-name", "cli", code=254 if _is_v2(aws) else 255)
    assert "CancelUpdateStack cannot be called from current stack status" in refused.stderr
    cloud.knobs.pace = 5
    cloud.knobs.resources = {"A": {"on": "rollback", "reason": "no", "times": 1}}
    cloud.update("cli", {"A": parameter("2"), "B": after("A", "2")})
    aws("cloudformation", "cancel-update-stack", "--stack-name", "cli")
    cloud.knobs.pace = 0.01
    cloud.world.settle()
    assert cloud.status("cli") == "UPDATE_ROLLBACK_FAILED"
    aws("cloudformation", "continue-update-rollback", "--stack-name", "cli", "--resources-to-skip", "A")
    cloud.world.settle()
    assert cloud.status("cli") == "UPDATE_ROLLBACK_COMPLETE"


@conformance("emulates", "Clients")
def test_waiters(cloud: Cloud) -> None:
    """boto3's waiters end as on AWS, the one for updates in failure after a rollback."""
    quick = {"Delay": 0.1, "MaxAttempts": 200}
    cloud.knobs.pace = 0.1
    cloud.create("one", {"A": parameter()})
    cloud.cloudformation.get_waiter("stack_exists").wait(StackName="one", WaiterConfig=quick)
    cloud.cloudformation.get_waiter("stack_create_complete").wait(StackName="one", WaiterConfig=quick)
    cloud.knobs.resources = {"A": {"on": "update", "reason": "no"}}
    cloud.update("one", {"A": parameter("2")})
    with pytest.raises(WaiterError, match="UPDATE_ROLLBACK"):
        cloud.cloudformation.get_waiter("stack_update_complete").wait(StackName="one", WaiterConfig=quick)
    cloud.cloudformation.get_waiter("stack_rollback_complete").wait(StackName="one", WaiterConfig=quick)
    cloud.cloudformation.delete_stack(StackName="one")
    cloud.cloudformation.get_waiter("stack_delete_complete").wait(StackName="one", WaiterConfig=quick)


@conformance("emulates", "Clients")
def test_paginators(cloud: Cloud) -> None:
    """boto3's paginators walk every list to its end."""
    for name in ("one", "two", "three"):
        cloud.create(
            name, {"A": parameter(), "B": parameter()}, Outputs={"O": {"Value": "1", "Export": {"Name": name}}}
        )
    cloud.create("users", {name: parameter({"Fn::ImportValue": "one"}) for name in "AB"})
    cloud.detect("one")
    cloud.change_set("one", "c", {"A": parameter("2"), "B": parameter("2")})
    cloud.knobs.page = 1
    for operation, request, key, count in (
        ("describe_stacks", {}, "Stacks", 4),
        ("list_stacks", {}, "StackSummaries", 4),
        ("list_stack_resources", {"StackName": "one"}, "StackResourceSummaries", 2),
        ("describe_stack_events", {"StackName": "one"}, "StackEvents", 8),
        ("describe_change_set", {"StackName": "one", "ChangeSetName": "c"}, "Changes", 2),
        ("list_change_sets", {"StackName": "one"}, "Summaries", 1),
        ("list_exports", {}, "Exports", 3),
        ("list_imports", {"ExportName": "one"}, "Imports", 1),
    ):
        pages = cloud.cloudformation.get_paginator(operation).paginate(**request)
        assert sum(len(page[key]) for page in pages) == count, operation


def _is_v2(aws: Run) -> bool:
    return "aws-cli/2" in aws("--version").stdout
