"""No client in this process gets past the guard, whoever made it; what is refused is not sent, and is in the log."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.client import BaseClient
from botocore.stub import Stubber

from upgrade.aws.calls import REFUSED, CallLog
from upgrade.aws.doors import READ, Door, Grant
from upgrade.aws.guard import NOBODY, ForbiddenCall, Guard
from upgrade.clock import SystemClock
from upgrade.errors import PlimsollError

ORIGINAL = BaseClient._make_api_call
OURS = "plimsoll-20261123T120000Z-0a1b2c3d"
MAKE = {"StackName": "s", "ChangeSetName": OURS, "ChangeSetType": "UPDATE", "TemplateBody": "{}"}


def made(service: str, endpoint: str | None = None) -> Any:
    """A client made by boto3 itself, without the gate. It sends nothing: whatever gets so far fails the test."""

    def sent(request: Any, **_: object) -> None:
        pytest.fail(f"{request.method} {request.url} was sent")

    client = boto3.client(
        service,
        region_name="us-east-1",
        endpoint_url=endpoint,
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="x",
    )
    client.meta.events.register_first("before-send", sent)
    return client


def answered(client: Any, operation: str, answer: dict[str, Any] | None = None) -> Any:
    """The client, one answer of an operation prepared."""
    stub = Stubber(client)
    stub.add_response(operation, answer or {})
    stub.activate()
    return client


@pytest.fixture
def log() -> CallLog:
    return CallLog(SystemClock())


@pytest.fixture
def guard(log: CallLog) -> Iterator[Guard]:
    """A guard that stands before every client; botocore is what it was afterwards, whatever the test does."""
    guard = Guard(log)
    guard.install()
    try:
        yield guard
    finally:
        guard.remove()
        BaseClient._make_api_call = ORIGINAL


def told(log: CallLog) -> list[tuple[str, str, str, str]]:
    return [(call.service, call.operation, call.door, call.outcome) for call in log.calls()]


WRITES: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "UpdateStack": ("cloudformation", lambda client: client.update_stack(StackName="s", UsePreviousTemplate=True)),
    "DeleteStack": ("cloudformation", lambda client: client.delete_stack(StackName="s")),
    "CreateChangeSet": ("cloudformation", lambda client: client.create_change_set(**MAKE)),
    "ExecuteChangeSet": ("cloudformation", lambda client: client.execute_change_set(ChangeSetName=OURS)),
    "DeleteChangeSet": ("cloudformation", lambda client: client.delete_change_set(ChangeSetName=OURS)),
    "PutObject": ("s3", lambda client: client.put_object(Bucket="b", Key="k", IfNoneMatch="*")),
    "DeleteObject": ("s3", lambda client: client.delete_object(Bucket="b", Key="k")),
    "TerminateInstances": ("ec2", lambda client: client.terminate_instances(InstanceIds=["i-1"])),
    "GetSecretValue": ("secretsmanager", lambda client: client.get_secret_value(SecretId="x")),
    "GetParameter": ("ssm", lambda client: client.get_parameter(Name="x", WithDecryption=True)),
    "ModifyDBInstance": ("rds", lambda client: client.modify_db_instance(DBInstanceIdentifier="x")),
    "DeregisterTargets": ("elbv2", lambda client: client.deregister_targets(TargetGroupArn="x", Targets=[{"Id": "i"}])),
}


@pytest.mark.parametrize("operation", WRITES)
def test_a_client_of_anybodys_own_is_refused_and_nothing_is_sent(guard: Guard, log: CallLog, operation: str) -> None:
    service, call = WRITES[operation]
    client = made(service)

    with pytest.raises(ForbiddenCall, match=rf"^{service} {operation} was refused before it was sent: .*read door"):
        call(client)
    (kept,) = log.calls()
    signing = client.meta.service_model.signing_name
    assert (kept.service, kept.operation, kept.door, kept.outcome) == (signing, operation, "read", REFUSED)
    assert (kept.attempts, kept.endpoint, kept.request_id) == (0, "", "")


def test_the_refusal_is_an_error_of_ours() -> None:
    """So that a check that meets it is an ERROR, which blocks."""
    assert issubclass(ForbiddenCall, PlimsollError)


def test_a_client_made_before_the_guard_meets_it_too(log: CallLog) -> None:
    client = made("cloudformation")
    guard = Guard(log)
    guard.install()
    try:
        with pytest.raises(ForbiddenCall):
            client.delete_stack(StackName="s")
    finally:
        guard.remove()


def test_so_do_resources_paginators_waiters_and_sessions_of_their_own(guard: Guard) -> None:
    session = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name="us-east-1")
    low = botocore.session.Session()
    low.set_credentials("x", "x")
    calls: list[Callable[[], Any]] = [
        session.resource("s3").Object("b", "k").delete,
        session.resource("ec2").Instance("i-1").terminate,
        lambda: list(made("s3").get_paginator("list_objects_v2").paginate(Bucket="b")),
        lambda: made("ec2").get_waiter("vpn_connection_available").wait(),
        lambda: low.create_client("cloudformation", "us-east-1").delete_stack(StackName="s"),
        lambda: made("s3").upload_fileobj(open(__file__, "rb"), "b", "k"),  # noqa: SIM115, PTH123  # never read
        lambda: made("cloudformation")._make_api_call("DeleteStack", {"StackName": "s"}),
    ]

    for call in calls:
        with pytest.raises(ForbiddenCall):
            call()


def test_a_refusal_comes_before_the_parameters_are_looked_at(guard: Guard, log: CallLog) -> None:
    with pytest.raises(ForbiddenCall):
        made("cloudformation").delete_stack(NoSuchParameter=1)
    assert len(log.calls()) == 1


def test_reading_passes_and_is_in_the_log(guard: Guard, log: CallLog) -> None:
    answered(made("cloudformation"), "describe_stacks", {"Stacks": []}).describe_stacks(StackName="s")

    assert told(log) == [("cloudformation", "DescribeStacks", "read", "ok")]
    assert not log.calls()[0].mutates


PLAN, APPLY, STORE = Grant(Door.PLAN), Grant(Door.APPLY), Grant(Door.STORE, "s3://b/staging")
PUT = {"Bucket": "b", "Key": "staging/x", "IfNoneMatch": "*"}


@pytest.mark.parametrize(
    ("grant", "service", "operation", "parameters"),
    [
        (PLAN, "cloudformation", "create_change_set", MAKE),
        (PLAN, "cloudformation", "delete_change_set", {"ChangeSetName": OURS, "StackName": "s"}),
        (APPLY, "cloudformation", "execute_change_set", {"ChangeSetName": OURS, "StackName": "s"}),
        (STORE, "s3", "put_object", PUT),
    ],
    ids=["make", "delete", "execute", "put"],
)
def test_a_door_lets_its_own_calls_through(
    guard: Guard, log: CallLog, grant: Grant, service: str, operation: str, *, parameters: dict[str, Any]
) -> None:
    client = answered(made(service), operation)
    guard.grant(client, grant)
    getattr(client, operation)(**parameters)

    (call,) = log.calls()
    assert (call.door, call.outcome, call.mutates) == (str(grant.door), "ok", True)


@pytest.mark.parametrize(
    ("grant", "service", "operation", "parameters"),
    [
        (PLAN, "cloudformation", "create_change_set", {**MAKE, "ChangeSetType": "CREATE"}),
        (PLAN, "cloudformation", "create_change_set", {**MAKE, "ChangeSetName": "release-5"}),
        (PLAN, "cloudformation", "delete_change_set", {"ChangeSetName": "release-5", "StackName": "s"}),
        (PLAN, "cloudformation", "execute_change_set", {"ChangeSetName": OURS}),
        (PLAN, "cloudformation", "delete_stack", {"StackName": "s"}),
        (PLAN, "s3", "put_object", PUT),
        (APPLY, "cloudformation", "execute_change_set", {"ChangeSetName": "release-5", "StackName": "s"}),
        (APPLY, "cloudformation", "create_change_set", MAKE),
        (APPLY, "cloudformation", "update_stack", {"StackName": "s"}),
        (STORE, "s3", "put_object", {**PUT, "Key": "x"}),
        (STORE, "s3", "put_object", {**PUT, "Bucket": "other"}),
        (STORE, "s3", "put_object", {"Bucket": "b", "Key": "staging/x"}),
        (STORE, "s3", "delete_object", {"Bucket": "b", "Key": "staging/x"}),
        (STORE, "s3", "put_object_acl", {"Bucket": "b", "Key": "staging/x"}),
    ],
    ids=str,
)
def test_and_no_others(
    guard: Guard, log: CallLog, grant: Grant, service: str, operation: str, *, parameters: dict[str, Any]
) -> None:
    client = made(service)
    guard.grant(client, grant)

    with pytest.raises(ForbiddenCall, match=f"a client of the {grant.door} door may not call it"):
        getattr(client, operation)(**parameters)
    assert [(call.door, call.outcome) for call in log.calls()] == [(str(grant.door), REFUSED)]


def test_a_door_is_one_clients_and_not_its_neighbours(guard: Guard) -> None:
    guard.grant(made("cloudformation"), PLAN)

    with pytest.raises(ForbiddenCall):
        made("cloudformation").create_change_set(**MAKE)


def test_a_client_keeps_the_door_it_has(guard: Guard, log: CallLog) -> None:
    """A second grant opens nothing, and logs nothing twice."""
    client = answered(made("cloudformation"), "describe_stacks", {"Stacks": []})
    guard.grant(client, READ)
    guard.grant(client, PLAN)
    client.describe_stacks()

    with pytest.raises(ForbiddenCall):
        client.create_change_set(**MAKE)
    assert told(log) == [
        ("cloudformation", "DescribeStacks", "read", "ok"),
        ("cloudformation", "CreateChangeSet", "read", REFUSED),
    ]


def test_a_client_that_reaches_no_server_passes(guard: Guard, log: CallLog) -> None:
    client = answered(made("cloudformation", NOBODY), "delete_stack")
    client.delete_stack(StackName="s")

    assert NOBODY == "http://127.0.0.1:1"
    assert log.calls() == ()


@pytest.mark.parametrize(
    "endpoint", ["http://127.0.0.1:10", "http://127.0.0.1:1/x", "http://localhost:1", "https://127.0.0.1:1"]
)
def test_other_endpoints_do_not(guard: Guard, endpoint: str) -> None:
    with pytest.raises(ForbiddenCall):
        made("cloudformation", endpoint).delete_stack(StackName="s")


def test_many_threads_are_refused_one_by_one(guard: Guard, log: CallLog) -> None:
    client, refused = made("cloudformation"), []

    def call() -> None:
        with pytest.raises(ForbiddenCall) as error:
            client.delete_stack(StackName="s")
        refused.append(error)

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == len(log.calls()) == 8


def test_removed_it_leaves_botocore_as_it_was(log: CallLog) -> None:
    guard = Guard(log)
    try:
        guard.install()
        assert BaseClient._make_api_call is not ORIGINAL
    finally:
        guard.remove()
    assert BaseClient._make_api_call is ORIGINAL
    answered(made("cloudformation"), "delete_stack").delete_stack(StackName="s")
    assert log.calls() == ()


def test_removing_what_is_not_installed_does_nothing(log: CallLog) -> None:
    guard = Guard(log)
    guard.remove()
    guard.install()
    guard.remove()
    guard.remove()

    assert BaseClient._make_api_call is ORIGINAL


def test_installed_twice_it_is_removed_as_a_whole(log: CallLog) -> None:
    guard = Guard(log)
    try:
        guard.install()
        guard.install()
        guard.remove()
        assert BaseClient._make_api_call is ORIGINAL
    finally:
        BaseClient._make_api_call = ORIGINAL


def test_installed_anew_it_refuses_again(guard: Guard) -> None:
    client = made("cloudformation")
    guard.remove()
    answered(client, "delete_stack").delete_stack(StackName="s")
    guard.install()

    with pytest.raises(ForbiddenCall):
        client.delete_stack(StackName="s")
