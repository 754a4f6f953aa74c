"""One sandbox a process, on loopback, with its environment and its configuration."""

import socket
import threading
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.scenarios import UnknownScenario
from sandbox.server import Sandbox
from tests.sandbox.outside import Outside

Start = Callable[[str], tuple[Sandbox, Outside]]


def test_the_environment_leads_any_client_here(start: Start) -> None:
    sandbox, _ = start("empty")
    environment = sandbox.environment()

    assert environment["PLIMSOLL_SANDBOX"] == environment["AWS_ENDPOINT_URL"] == sandbox.url
    assert sandbox.url.startswith("http://127.0.0.1:")
    assert environment["AWS_EC2_METADATA_DISABLED"] == "true"
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        assert Path(environment[name]).read_text() == ""
    stacks = tomllib.loads(Path(environment["PLIMSOLL_SANDBOX_STACKS"]).read_text())
    assert stacks["stacks"]["demo"]["polling"]["watch"] < 1


def test_it_is_account_111122223333(start: Start) -> None:
    _, aws = start("empty")

    assert aws.client("sts").get_caller_identity()["Account"] == "111122223333"


def test_a_second_one_is_refused_and_the_next_one_is_new(start: Start) -> None:
    first, aws = start("empty")
    aws.client("s3").create_bucket(Bucket="first-bucket")
    with pytest.raises(RuntimeError, match="runs a sandbox already"):
        Sandbox.start("empty")
    first.stop()
    second = Sandbox.start("empty")
    try:
        assert Outside(second.url).client("s3").list_buckets()["Buckets"] == []
        assert Outside(second.url).calls() == [("s3", "ListBuckets")]
    finally:
        second.stop()


def test_a_failed_start_leaves_room_for_another(start: Start) -> None:
    with pytest.raises(UnknownScenario, match="there are: healthy, alarm-raised"):
        Sandbox.start("nosuch")
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="Address already in use"):
        Sandbox.start("empty", port=taken.getsockname()[1])

    assert start("empty")[1].calls() == []


def test_many_clients_at_once(start: Start) -> None:
    _, aws = start("empty")
    sns = aws.client("sns")
    threads = [threading.Thread(target=sns.create_topic, kwargs={"Name": f"topic-{number}"}) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(sns.list_topics()["Topics"]) == 16
    assert aws.calls().count(("sns", "CreateTopic")) == 16


def test_an_operation_takes_the_pace(start: Start) -> None:
    sandbox, aws = start("empty")
    sandbox.knobs.set({"pace": 0.1})
    cloudformation = aws.client("cloudformation")
    template = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}'
    cloudformation.create_stack(StackName="paced", TemplateBody=template)
    at_first = cloudformation.describe_stacks(StackName="paced")["Stacks"][0]["StackStatus"]
    cloudformation.get_waiter("stack_create_complete").wait(StackName="paced", WaiterConfig={"Delay": 1})

    assert at_first == "CREATE_IN_PROGRESS"
