"""Credentials are found before any call, a sandbox run goes nowhere else, every call is in the log."""

import shlex
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.upgrade.world import ACCOUNT, REGION, World
from upgrade.aws.errors import fact
from upgrade.aws.session import AT_ONCE, Access, Aws, NotLoopback, _AssumedRole
from upgrade.aws.sts import read_identity
from upgrade.clock import SystemClock
from upgrade.errors import UsageError
from upgrade.facts.gather import gather
from upgrade.facts.known import Reason, Unknown

HERE = Access(REGION)


@pytest.fixture
def aws(world: World) -> Aws:
    return Aws(SystemClock(), world.url)


@pytest.fixture
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "absent"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "absent"))


@pytest.mark.usefixtures("no_credentials")
def test_without_credentials_nothing_is_called() -> None:
    with pytest.raises(UsageError, match="no AWS credentials found in the default chain"):
        Aws(SystemClock()).connect(HERE)


@pytest.mark.usefixtures("no_credentials")
def test_a_profile_that_is_not_configured_is_named() -> None:
    with pytest.raises(UsageError, match="AWS profile 'co-read' is not configured here"):
        Aws(SystemClock()).connect(Access(REGION, profile="co-read"))


@pytest.mark.usefixtures("no_credentials")
def test_a_broken_configuration_of_aws_is_a_usage_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "config"
    broken.write_text("[profile x\nregion = 1")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(broken))
    with pytest.raises(UsageError, match="no AWS credentials found in profile 'x'"):
        Aws(SystemClock()).connect(Access(REGION, profile="x"))


@pytest.mark.parametrize("endpoint", ["http://example.org", "https://sts.amazonaws.com", "127.0.0.1:80", "http://"])
def test_a_sandbox_that_is_not_on_loopback_is_refused(endpoint: str) -> None:
    with pytest.raises(UsageError, match="a sandbox is on loopback"):
        Aws(SystemClock(), endpoint)


def test_a_client_of_a_sandbox_run_refuses_any_other_host(
    aws: Aws, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the environment says, and also for a client that is led elsewhere."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://192.0.2.1:9")
    connection = aws.connect(HERE)
    assert read_identity(connection.client("sts")).account == ACCOUNT
    elsewhere = connection._session.client("sts", endpoint_url="http://192.0.2.1:9")
    with pytest.raises(NotLoopback, match=r"was about to call 192\.0\.2\.1; nothing was sent"):
        elsewhere.get_caller_identity()


def test_a_connection_and_its_clients_are_made_once(aws: Aws) -> None:
    connection = aws.connect(HERE)
    assert aws.connect(Access(REGION)) is connection
    assert connection.client("sts") is connection.client("sts")
    assert connection.client("s3", signed=False) is not connection.client("s3")


def test_a_role_is_assumed_when_first_needed(aws: Aws) -> None:
    access = Access(REGION, role_arn=f"arn:aws:iam::{ACCOUNT}:role/reader", external_id="two")
    connection = aws.connect(access)
    assert aws.log.calls() == ()
    assert ":assumed-role/reader/moto" in read_identity(connection.client("sts")).arn
    assert {call.operation for call in aws.log.calls()} == {"AssumeRole", "GetCallerIdentity"}
    assert {call.endpoint for call in aws.log.calls()} == {aws.endpoint}
    assert len(aws.secrets()) == 3  # the key it is assumed with, and the session's key and token


def test_a_role_that_may_not_be_assumed_is_named(aws: Aws, world: World) -> None:
    connection = aws.connect(Access(REGION, role_arn=f"arn:aws:iam::{ACCOUNT}:role/reader"))
    world.fail("AssumeRole", "denied")
    found = fact(SystemClock(), "rds:DescribeDBInstances", lambda: connection.client("rds").describe_db_instances())
    assert isinstance(found, Unknown)
    assert (found.reason, found.call) == (Reason.DENIED, "sts:AssumeRole")


def test_the_log_knows_every_call_with_its_attempts_and_outcome(aws: Aws, world: World) -> None:
    client = aws.connect(HERE).client("cloudformation")
    world.fail("DescribeStacks", "throttle", times=2)
    fact(SystemClock(), "x:Y", lambda: client.describe_stacks(StackName="absent"))
    fact(SystemClock(), "x:Y", lambda: client.delete_change_set(ChangeSetName="absent", StackName="absent"))
    told = [(call.service, call.operation, call.attempts, call.outcome, call.mutates) for call in aws.log.calls()]
    assert told[0] == ("cloudformation", "DescribeStacks", 3, "ValidationError", False)
    assert told[1][:3] == ("cloudformation", "DeleteChangeSet", 1)
    assert told[1][4]
    assert all(call.request_id and call.endpoint == world.url and call.seconds >= 0 for call in aws.log.calls())


def test_a_call_without_an_answer_is_in_the_log_too(aws: Aws, world: World) -> None:
    client = aws.connect(HERE).client("sts", attempts=2)
    world.fail("GetCallerIdentity", "drop")
    found = fact(SystemClock(), "sts:GetCallerIdentity", lambda: read_identity(client))
    assert isinstance(found, Unknown)
    assert found.reason is Reason.TIMED_OUT
    (call,) = aws.log.calls()
    assert (call.attempts, call.outcome, call.request_id) == (2, "ConnectionClosedError", "")


def test_never_more_calls_at_once_than_allowed(aws: Aws, world: World) -> None:
    client, lock = aws.connect(HERE).client("sts"), threading.Lock()
    under_way, most = 0, 0

    def begin(**_: Any) -> None:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)

    def end(**_: Any) -> None:
        nonlocal under_way
        with lock:
            under_way -= 1

    client.meta.events.register_last("before-send", begin)
    client.meta.events.register_first("response-received", end)
    world.fail("GetCallerIdentity", "latency", delay=0.02)
    threads = [threading.Thread(target=gather, args=([lambda: read_identity(client)] * 8,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(aws.log.calls()) == 24
    assert most == AT_ONCE


def test_a_json_template_keeps_its_bytes(aws: Aws, world: World) -> None:
    """botocore would hand out a dict, and the hash of what CloudFormation holds would be lost."""
    text = '{"Resources":  {"T": {"Type": "AWS::SNS::Topic"}}}'
    name = world.create({"Resources": {"T": {"Type": "AWS::SNS::Topic"}}})
    client = world.client("cloudformation")
    client.update_stack(StackName=name, TemplateBody=text, Tags=[{"Key": "a", "Value": "b"}])
    assert aws.connect(HERE).client("cloudformation").get_template(StackName=name)["TemplateBody"] == text


# ---- how long the credentials last -----------------------------------------------------------------------------------

LATER = "2999-01-01T00:00:00+00:00"
KEYS = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n"
PROCESS = {"Version": 1, "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "x", "SessionToken": "t"}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/reader"


@pytest.fixture
def configured(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The AWS configuration in force; nothing comes from the environment."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    file = tmp_path / "config"
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    return file


def lifetime(aws: Aws, **access: Any) -> tuple[bool, bool, datetime | None]:
    found = aws.connect(Access(REGION, **access)).lifetime()
    return found.temporary, found.renewable, found.expires


def process(answer: dict[str, Any]) -> str:
    """A profile whose credentials a program tells."""
    program = f"import json; print(json.dumps({answer!r}))"
    return f"[profile p]\ncredential_process = {shlex.join([sys.executable, '-c', program])}\n"


def test_keys_in_the_environment_last(aws: Aws) -> None:
    assert lifetime(aws) == (False, True, None)


def test_a_session_in_the_environment_ends_and_is_not_renewed(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "t")
    assert lifetime(aws) == (True, False, None)


def test_a_session_in_the_environment_that_tells_its_end_is_not_renewed(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "t")
    monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", LATER)
    assert lifetime(aws) == (True, False, datetime.fromisoformat(LATER))


def test_keys_of_a_profile_last(aws: Aws, configured: Path) -> None:
    configured.write_text(f"[profile p]\n{KEYS}")
    assert lifetime(aws, profile="p") == (False, True, None)


def test_a_session_of_a_profile_ends_and_is_not_renewed(aws: Aws, configured: Path) -> None:
    configured.write_text(f"[profile p]\n{KEYS}aws_session_token = t\n")
    assert lifetime(aws, profile="p") == (True, False, None)


def test_a_program_that_tells_when_its_session_ends_is_asked_again(aws: Aws, configured: Path) -> None:
    configured.write_text(process({**PROCESS, "Expiration": LATER}))
    assert lifetime(aws, profile="p") == (True, True, datetime.fromisoformat(LATER))


def test_a_program_that_tells_no_end_is_not_asked_again(aws: Aws, configured: Path) -> None:
    configured.write_text(process(PROCESS))
    assert lifetime(aws, profile="p") == (True, False, None)


def test_a_role_assumed_with_keys_is_renewed(aws: Aws) -> None:
    temporary, renewable, expires = lifetime(aws, role_arn=ROLE)
    assert (temporary, renewable) == (True, True)
    assert expires is not None
    assert expires > datetime.now(UTC)


@pytest.mark.parametrize(("minutes", "hours"), [(10, 1), (180, 3), (6000, 12)])
def test_a_session_of_a_role_is_asked_for_as_long_as_it_is_needed(aws: Aws, minutes: float, hours: int) -> None:
    expires = lifetime(aws, role_arn=ROLE, minutes=minutes)[2]
    assert expires is not None
    assert abs(expires - datetime.now(UTC) - timedelta(hours=hours)) < timedelta(minutes=1)


def test_a_role_that_allows_no_such_session_is_assumed_for_an_hour(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_roles.html"""
    assume = _AssumedRole._assume

    def strict(self: _AssumedRole, arguments: dict[str, Any]) -> Any:
        if "DurationSeconds" in arguments:
            told = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
            raise ClientError({"Error": {"Code": "ValidationError", "Message": told}}, "AssumeRole")
        return assume(self, arguments)

    monkeypatch.setattr(_AssumedRole, "_assume", strict)
    expires = lifetime(aws, role_arn=ROLE, minutes=600)[2]
    assert expires is not None
    assert expires - datetime.now(UTC) < timedelta(minutes=61)


def test_a_role_assumed_with_a_session_is_renewed_only_while_that_lasts(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "t")
    temporary, renewable, expires = lifetime(aws, role_arn=ROLE)
    assert (temporary, renewable) == (True, False)
    assert expires is not None


@pytest.mark.parametrize(
    ("token", "renewable"), [("", True), ("aws_session_token = t\n", False)], ids=["keys", "session"]
)
def test_the_role_of_a_profile_is_renewed_as_long_as_its_source_lasts(
    aws: Aws, configured: Path, token: str, renewable: bool
) -> None:
    configured.write_text(f"[profile p]\nrole_arn = {ROLE}\nsource_profile = s\n[profile s]\n{KEYS}{token}")
    assert lifetime(aws, profile="p")[:2] == (True, renewable)


def test_of_a_role_that_may_not_be_assumed_nothing_is_known(aws: Aws, world: World) -> None:
    connection = aws.connect(Access(REGION, role_arn=ROLE))
    world.fail("AssumeRole", "denied")
    found = fact(SystemClock(), "", connection.lifetime)
    assert isinstance(found, Unknown)
    assert (found.reason, found.call) == (Reason.DENIED, "sts:AssumeRole")


@pytest.mark.parametrize("read", ["lifetime", "identity"])
def test_a_session_in_the_environment_that_has_ended_is_expired(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, read: str
) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "t")
    monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z")
    connection = aws.connect(HERE)
    reads = {"lifetime": connection.lifetime, "identity": lambda: read_identity(connection.client("sts"))}
    found = fact(SystemClock(), "sts:GetCallerIdentity", reads[read])
    assert isinstance(found, Unknown)
    assert found.reason is Reason.EXPIRED


@pytest.mark.parametrize("read", ["lifetime", "identity"])
def test_a_program_that_tells_a_session_that_has_ended_is_expired(aws: Aws, configured: Path, read: str) -> None:
    configured.write_text(process({**PROCESS, "Expiration": "2020-01-01T00:00:00Z"}))
    connection = aws.connect(Access(REGION, profile="p"))
    reads = {"lifetime": connection.lifetime, "identity": lambda: read_identity(connection.client("sts"))}
    found = fact(SystemClock(), "sts:GetCallerIdentity", reads[read])
    assert isinstance(found, Unknown)
    assert found.reason is Reason.EXPIRED


def test_credentials_that_were_written_anew_are_taken_up(aws: Aws, configured: Path) -> None:
    configured.write_text(f"[profile p]\n{KEYS}aws_session_token = old\n")
    connection = aws.connect(Access(REGION, profile="p"))
    old = connection.client("sts")
    configured.write_text(f"[profile p]\n{KEYS}aws_session_token = new\n")
    connection.renew("999999999999")
    assert connection.client("sts") is old
    connection.renew(ACCOUNT)
    assert connection.client("sts") is not old
    read_identity(connection.client("sts"))
    assert "new" in aws.secrets()


@pytest.mark.parametrize(
    "now", ["", f"[profile p]\n{KEYS}mfa_serial = arn:aws:iam::{ACCOUNT}:mfa/me\n"], ids=["gone", "asks for a code"]
)
def test_where_no_credentials_follow_the_old_ones_are_kept(aws: Aws, configured: Path, now: str) -> None:
    configured.write_text(f"[profile p]\n{KEYS}{'mfa_serial = x' if now else ''}\n")
    connection = aws.connect(Access(REGION, profile="p"))
    old = connection.client("sts")
    configured.write_text(now)
    connection.renew(ACCOUNT)
    assert connection.client("sts") is old


# ---- credentials that can't be had -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "program",
    ["/no/such/program", "false", "echo garbage", "echo '[]'", "echo '{}'", "echo '{\"Version\": 9}'"],
)
def test_a_program_that_tells_no_credentials_is_a_usage_error(aws: Aws, configured: Path, program: str) -> None:
    configured.write_text(f"[profile p]\ncredential_process = {program}\n")
    with pytest.raises(UsageError, match="no AWS credentials found in profile 'p'"):
        aws.connect(Access(REGION, profile="p"))


@pytest.mark.parametrize("end", ["tomorrow", "2999-01-01T00:00:00"], ids=["no time", "no zone"])
def test_an_end_in_the_environment_that_is_no_moment_is_a_usage_error(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "t")
    monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", end)
    with pytest.raises(UsageError, match="no AWS credentials found"):
        aws.connect(HERE).lifetime()


def test_a_web_identity_whose_token_is_gone_is_nobody(
    aws: Aws, configured: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "gone"))
    connection = aws.connect(HERE)
    found = fact(SystemClock(), "sts:GetCallerIdentity", lambda: read_identity(connection.client("sts")))
    assert isinstance(found, Unknown)
    assert "gone" in found.detail
