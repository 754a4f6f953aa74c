"""The call log: what was denied, what was refused, through which door, and what time the endpoint has."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW
from tests.upgrade.world import BUCKET, REGION, World
from upgrade.aws.calls import REFUSED, CallLog
from upgrade.aws.doors import READ, Door, Grant
from upgrade.aws.guard import ForbiddenCall
from upgrade.aws.session import Access, Aws
from upgrade.clock import SystemClock

ANSWER = b"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:sts::111122223333:assumed-role/a/b</Arn><UserId>x</UserId><Account>111122223333</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""


class Noon(SystemClock):
    """A clock that says one moment."""

    def now(self) -> datetime:
        return NOW


@contextmanager
def endpoint(date: str | None) -> Iterator[str]:
    """A server that knows who asks, and tells this time."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response_only(200)
            if date is not None:
                self.send_header("Date", date)
            self.send_header("Content-Length", str(len(ANSWER)))
            self.end_headers()
            self.wfile.write(ANSWER)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def skew(date: str | None) -> float | None:
    """How far our clock at noon is ahead of an endpoint that tells this time."""
    log = CallLog(Noon())
    with endpoint(date) as url:
        client = boto3.client(
            "sts", region_name=REGION, endpoint_url=url, aws_access_key_id="x", aws_secret_access_key="x"
        )
        log.attach(client.meta.events, READ.door)
        client.get_caller_identity()
    return log.skew()


@pytest.fixture
def aws(world: World) -> Iterator[Aws]:
    aws = Aws(SystemClock(), world.url)
    aws.guard.install()
    yield aws
    aws.guard.remove()


def client(aws: Aws, service: str, grant: Grant = READ) -> Any:
    return aws.connect(Access(REGION)).client(service, attempts=1, grant=grant)


def called(*calls: Callable[[], object]) -> None:
    for call in calls:
        with suppress(ClientError, ForbiddenCall):
            call()


# ---- what was denied -------------------------------------------------------------------------------------------------


def test_nothing_is_denied_at_first(aws: Aws) -> None:
    client(aws, "sts").get_caller_identity()
    assert aws.log.denied() == ()


def test_each_denied_action_is_told_once_under_the_name_iam_has_for_it(aws: Aws, world: World) -> None:
    targets, batch = client(aws, "elbv2"), client(aws, "batch")
    world.fail("*", "denied")
    called(
        lambda: targets.describe_target_health(TargetGroupArn="arn:x"),
        lambda: batch.list_jobs(jobQueue="x"),
        lambda: batch.list_jobs(jobQueue="x"),
        lambda: client(aws, "ec2").describe_images(),
        lambda: client(aws, "s3").get_object(Bucket=BUCKET, Key="x"),
    )
    assert aws.log.denied() == (
        "batch:ListJobs",
        "ec2:DescribeImages",
        "elasticloadbalancing:DescribeTargetHealth",
        "s3:GetObject",
    )


@pytest.mark.parametrize("kind", ["throttle", "expired", "http500", "drop"])
def test_what_failed_otherwise_was_not_denied(aws: Aws, world: World, kind: str) -> None:
    world.fail("DescribeStacks", kind)
    with pytest.raises((ClientError, BotoCoreError)):
        client(aws, "cloudformation").describe_stacks(StackName="x")
    assert len(aws.log.calls()) == 1
    assert aws.log.denied() == ()


@pytest.mark.parametrize(
    ("message", "denied"),
    [("Signature expired: x is now earlier than y", ()), ("The signature does not match", ("sts:GetCallerIdentity",))],
)
def test_a_wrong_clock_is_no_missing_permission(aws: Aws, message: str, denied: tuple[str, ...]) -> None:
    model = client(aws, "sts").meta.service_model.operation_model("GetCallerIdentity")
    error = {"Code": "SignatureDoesNotMatch", "Message": message}
    aws.log._answered(model, {"Error": error, "ResponseMetadata": {"HTTPStatusCode": 403}}, {})
    assert aws.log.denied() == denied


def test_what_is_absent_was_not_denied(aws: Aws) -> None:
    called(lambda: client(aws, "cloudformation").describe_stacks(StackName="absent"))
    assert [call.outcome for call in aws.log.calls()] == ["ValidationError"]
    assert aws.log.denied() == ()


# ---- what was refused ------------------------------------------------------------------------------------------------


def test_a_call_that_is_refused_is_in_the_log_and_was_not_denied(aws: Aws, world: World) -> None:
    sent = len(world.calls())
    with pytest.raises(ForbiddenCall):
        client(aws, "cloudformation").delete_stack(StackName="x")
    (call,) = aws.log.calls()
    assert (call.service, call.operation, call.outcome, call.door) == (
        "cloudformation", "DeleteStack", REFUSED, Door.READ,
    )  # fmt: skip
    assert (call.attempts, call.endpoint, call.request_id) == (0, "", "")
    assert call.mutates
    assert aws.log.denied() == ()
    assert len(world.calls()) == sent


@pytest.mark.parametrize("door", list(Door), ids=str)
def test_a_call_is_told_with_the_door_of_its_client(aws: Aws, door: Door) -> None:
    client(aws, "sts", Grant(door)).get_caller_identity()
    called(lambda: client(aws, "cloudformation", Grant(door)).delete_stack(StackName="x"))
    assert [(call.door, str(call.door)) for call in aws.log.calls()] == [(door, door.value)] * 2


def test_calls_are_told_in_the_order_they_began(aws: Aws, world: World) -> None:
    sts, began = client(aws, "sts"), threading.Event()
    sts.meta.events.register("before-send", lambda **_: began.set())
    world.fail("GetCallerIdentity", "latency", delay=0.3)
    slow = threading.Thread(target=sts.get_caller_identity)
    slow.start()
    began.wait()
    called(lambda: client(aws, "cloudformation").describe_stacks(StackName="absent"))
    slow.join()
    assert [call.operation for call in aws.log.calls()] == ["GetCallerIdentity", "DescribeStacks"]


# ---- what time it is there -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ahead", [0, 1, 600, -86_400])
def test_how_far_our_clock_is_ahead_is_told(ahead: int) -> None:
    assert skew(format_datetime(NOW - timedelta(seconds=ahead), usegmt=True)) == ahead


def test_a_zone_of_the_endpoints_own_is_understood() -> None:
    assert skew("Mon, 23 Nov 2026 14:00:00 +0200") == 0


@pytest.mark.parametrize(
    "date",
    [None, "", "yesterday", "0", "Mon, 99 Nov 2026 12:00:00 GMT", "Mon, 23 Nov 2026 12:00:00",
     "Mon, 23 Nov 2026 12:00:00 -0000", "Mon, 23 Nov 2026 12:00:00 +9999"],
)  # fmt: skip
def test_an_answer_that_tells_no_time_is_an_answer(date: str | None) -> None:
    assert skew(date) in {None, 0}


@given(
    st.text()
    | st.builds(
        "{}, {} {} {} {}:{} {}".format,
        st.sampled_from(["Mon", "Xxx"]),
        st.integers(0, 40),
        st.sampled_from(["Nov", "Feb", "X"]),
        st.integers(-1, 10_000),
        st.integers(0, 30),
        st.integers(0, 70),
        st.sampled_from(["GMT", "-0000", "+0200", "EST", "+99999999", ""]),
    )
)
def test_whatever_a_server_takes_for_a_date_is_no_error(date: str) -> None:
    log = CallLog(Noon())
    log._answered(None, {"ResponseMetadata": {"HTTPHeaders": {"date": date}}}, {})
    assert log.skew() is None or isinstance(log.skew(), float)


def test_the_first_answer_tells_the_time_and_no_later_one(aws: Aws) -> None:
    sts = client(aws, "sts")
    assert aws.log.skew() is None
    sts.get_caller_identity()
    first = aws.log.skew()
    sts.get_caller_identity()
    assert first is not None
    assert abs(first) < 60
    assert aws.log.skew() == first
