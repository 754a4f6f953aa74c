"""Faults, as boto3 decodes them in every protocol."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, IncompleteRead
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.sandbox.outside import Outside

CALLS = {
    "query": ("rds", "describe_db_instances"),
    "ec2": ("ec2", "describe_vpcs"),
    "json": ("kms", "list_keys"),
    "json of a service that signs by another name": ("cloudwatch", "describe_alarms"),
    "rest-json": ("batch", "describe_job_queues"),
    "rest-json of a service that signs by another name": ("efs", "describe_file_systems"),
    "rest-xml": ("route53", "list_hosted_zones"),
    "s3": ("s3", "list_buckets"),
}
CODES = {
    "throttle": {"ec2": "RequestLimitExceeded", "s3": "SlowDown", "json": "ThrottlingException",
                 "rest-json": "TooManyRequestsException", "": "Throttling"},
    "expired": {"ec2": "RequestExpired", "s3": "ExpiredToken", "json": "ExpiredTokenException",
                "rest-json": "ExpiredTokenException", "": "ExpiredToken"},
    "denied": {"ec2": "UnauthorizedOperation", "json": "AccessDeniedException",
               "rest-json": "AccessDeniedException", "": "AccessDenied"},
    "http500": {"ec2": "InternalError", "s3": "InternalError", "json": "InternalServerError",
                "rest-json": "InternalServerException", "": "InternalFailure"},
    "skewed": {"ec2": "RequestExpired", "s3": "RequestTimeTooSkewed", "json": "InvalidSignatureException",
               "rest-json": "InvalidSignatureException", "": "SignatureDoesNotMatch"},
    "absent": {"s3": "MethodNotAllowed", "json": "UnknownOperationException", "rest-json": "UnknownOperationException",
               "": "InvalidAction"},
}  # fmt: skip


def call(aws: Outside, protocol: str) -> None:
    service, operation = CALLS[protocol]
    getattr(aws.client(service), operation)()


@pytest.mark.parametrize("protocol", CALLS)
@pytest.mark.parametrize("kind", CODES)
def test_an_error_in_every_protocol(aws: Outside, protocol: str, kind: str) -> None:
    aws.fault(kind=kind)
    with pytest.raises(ClientError) as caught:
        call(aws, protocol)
    codes = CODES[kind]

    assert caught.value.response["Error"]["Code"] == codes.get(protocol.partition(" ")[0], codes[""])
    assert caught.value.response["Error"]["Message"]
    assert caught.value.response["ResponseMetadata"]["RequestId"]


@pytest.mark.parametrize("protocol", CALLS)
def test_no_answer_in_any_protocol(aws: Outside, protocol: str) -> None:
    aws.fault(kind="drop")
    with pytest.raises(ConnectionClosedError):
        call(aws, protocol)


@pytest.mark.parametrize("ahead", [0, 600, -600])
def test_answers_are_dated_by_the_sandboxs_clock(aws: Outside, ahead: int) -> None:
    aws.set(clock=ahead)
    answer = aws.client("sts").get_caller_identity()
    date = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])

    assert abs((date - datetime.now(UTC)).total_seconds() - ahead) < 60


def test_a_denial_names_the_action(aws: Outside) -> None:
    aws.fault(kind="denied", service="monitoring")
    with pytest.raises(ClientError, match="not authorized to perform: cloudwatch:DescribeAlarms"):
        aws.client("cloudwatch").describe_alarms()


def test_an_answer_to_head_has_no_body(aws: Outside) -> None:
    aws.fault(kind="denied", service="s3")
    client = aws.client("s3")
    for _ in range(2):  # a body would be read as the beginning of the next answer
        with pytest.raises(ClientError) as caught:
            client.head_object(Bucket="some-bucket", Key="key")
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_dropped_call_was_not_carried_out_a_lost_one_was(aws: Outside) -> None:
    s3 = aws.client("s3")
    for kind in ("drop", "lost"):
        aws.fault(kind=kind, action="CreateBucket")
        with pytest.raises(ConnectionClosedError):
            s3.create_bucket(Bucket=f"bucket-{kind}")

    assert "bucket-lost" in {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
    assert "bucket-drop" not in {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}


def test_of_an_answer_that_is_cut_off_half_arrives(aws: Outside) -> None:
    aws.fault(kind="cut")
    connection = HTTPConnection(urlsplit(aws.url).netloc, timeout=20)
    connection.request("GET", "/some-bucket")
    with pytest.raises(IncompleteRead) as caught:
        connection.getresponse().read()
    assert caught.value.expected is not None
    assert abs(len(caught.value.partial) - caught.value.expected) <= 1


def outcomes(aws: Outside, calls: int) -> str:
    """`x` for a failed call, `.` for another."""
    sts, found = aws.client("sts"), ""
    for _ in range(calls):
        try:
            sts.get_caller_identity()
            found += "."
        except ClientError:
            found += "x"
    return found


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({}, "xxxxxxx"),
        ({"every": 3}, "..x..x."),
        ({"times": 2}, "xx....."),
        ({"after": 4}, "....xxx"),
        ({"after": 1, "every": 2, "times": 2}, "..x.x.."),
        ({"service": "sts", "action": "GetCallerIdentity"}, "xxxxxxx"),
        ({"service": "sts", "action": "Get*"}, "xxxxxxx"),
        ({"service": "iam"}, "......."),
        ({"action": "AssumeRole"}, "......."),
    ],
    ids=str,
)
def test_which_calls_a_rule_hits(aws: Outside, rule: dict[str, object], expected: str) -> None:
    aws.fault(kind="throttle", **rule)

    assert outcomes(aws, len(expected)) == expected


def test_the_first_of_two_rules_decides_and_both_count(aws: Outside) -> None:
    aws.post({"api": [{"kind": "denied", "times": 1}, {"kind": "throttle", "times": 2}]})

    assert outcomes(aws, 4) == "xx.."


def test_a_rule_knows_a_service_by_botocores_name_too(aws: Outside) -> None:
    aws.fault(kind="throttle", service="efs")
    with pytest.raises(ClientError):
        aws.client("efs").describe_file_systems()


def test_latency_is_injected_before_the_answer(aws: Outside) -> None:
    sts = aws.client("sts")
    sts.get_caller_identity()
    aws.fault(kind="latency", delay=0.2)
    began = time.monotonic()
    sts.get_caller_identity()

    assert time.monotonic() - began >= 0.2


@pytest.mark.parametrize(("kind", "carried_out"), [("drop", False), ("lost", True)])
def test_a_held_call_waits_for_its_release(aws: Outside, kind: str, carried_out: bool) -> None:
    aws.fault(kind=kind, action="CreateBucket", times=1, hold=True)
    s3, name = aws.client("s3"), f"held-{kind}"
    with ThreadPoolExecutor() as pool:
        calling = pool.submit(s3.create_bucket, Bucket=name)
        while not (held := aws.get("held")["held"]):
            time.sleep(0.02)  # noqa: TID251  # another thread is at work
        made = name in {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
        waits = not calling.done()
        assert aws.ask("POST", "release") == (200, {"held": []})
        with pytest.raises(ConnectionClosedError):
            calling.result()

    assert (waits, made, [call["action"] for call in held]) == (True, carried_out, ["CreateBucket"])
    assert aws.get("held") == {"held": []}


def test_what_is_held_for_a_while_is_carried_out(aws: Outside) -> None:
    aws.fault(kind="latency", action="GetCallerIdentity", hold=True)
    with ThreadPoolExecutor() as pool:
        calling = pool.submit(aws.client("sts").get_caller_identity)
        while not aws.get("held")["held"]:
            time.sleep(0.02)  # noqa: TID251  # another thread is at work
        aws.ask("POST", "release")

    assert calling.result()["Account"]


def test_every_call_is_logged_as_received(aws: Outside) -> None:
    before = len(aws.get("calls")["calls"])
    aws.client("sts").get_caller_identity()
    aws.client("s3", "us-east-1").create_bucket(Bucket="logged-bucket")
    aws.fault(kind="denied", service="rds")
    with pytest.raises(ClientError):
        aws.client("rds", "eu-central-1").describe_db_instances()
    aws.fault(kind="drop", service="rds")
    with pytest.raises(ConnectionClosedError):
        aws.client("rds").delete_db_instance(DBInstanceIdentifier="none")
    calls = aws.get("calls")["calls"][before:]

    assert [(c["service"], c["action"], c["region"], c["mutating"], c["status"]) for c in calls] == [
        ("sts", "GetCallerIdentity", "us-east-1", False, 200),
        ("s3", "CreateBucket", "us-east-1", True, 200),
        ("rds", "DescribeDBInstances", "eu-central-1", False, 403),
        ("rds", "DeleteDBInstance", "us-east-1", True, 0),
    ]
    assert [c["time"] for c in calls] == sorted(c["time"] for c in calls)


def test_what_the_sandbox_does_itself_is_neither_logged_nor_disturbed(aws: Outside) -> None:
    aws.fault(kind="denied", service="sns")
    template = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}'
    cloudformation = aws.client("cloudformation")
    cloudformation.create_stack(StackName="undisturbed", TemplateBody=template)

    assert cloudformation.describe_stacks(StackName="undisturbed")["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"
    assert "sns" not in {service for service, _ in aws.calls()}


# ---- control ---------------------------------------------------------------------------------------------------------


def test_knobs_are_shown_as_set(aws: Outside) -> None:
    status, answer = aws.post({"pace": 0, "page": 7})

    assert (status, answer["pace"], answer["page"]) == (200, 0, 7)
    assert aws.get("faults") == answer
    aws.post({"page": 100})


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"speed": 1}, "unknown knob: speed"),
        ({"_lock": 1}, "_lock"),
        ({"pace": "fast"}, "knob pace: expected float"),
        ({"pace": True}, "knob pace: expected float"),
        ({"api": {}}, "knob api: expected list"),
        ({"api": [{"kind": "explode"}]}, "one of throttle"),
        ({"api": ["throttle"]}, "one of throttle"),
        ({"api": [{"kind": "throttle", "evry": 3}]}, "unknown key of a rule: evry"),
        ({"api": [{"kind": "throttle", "every": "3"}]}, "of the wrong type"),
        ({"api": [{"kind": "throttle", "every": 0}]}, "1 or more"),
        ({"api": [{"kind": "throttle", "every": True}]}, "of the wrong type"),
        ({"api": [{"kind": "drop", "hold": 1}]}, "of the wrong type"),
        ({"images": []}, "knob images: expected dict"),
        ({"images": {"ami-1": True}}, "image ami-1: expected an object"),
        ({"images": {"ami-1": {"stat": "pending"}}}, "unknown key of image ami-1: stat"),
        ({"images": {"ami-1": {"shared": "no"}}}, 'image ami-1, shared: "no" is of the wrong type'),
        ({"jobs": {"align": "SLEEPING"}}, 'job align: "SLEEPING" is none of SUBMITTED'),
        ({"jobs": {"align": 1}}, "job align: 1 is none of SUBMITTED"),
        ([], "expected an object"),
        (b"{", "Expecting property name"),
        (b"\xff", "invalid start byte"),
    ],
    ids=str,
)
def test_bad_knobs_are_refused_and_change_nothing(aws: Outside, values: object, words: str) -> None:
    before = aws.get("faults")
    status, answer = aws.post(values)

    assert status == 400
    assert words in answer["error"]
    assert aws.get("faults") == before


def test_an_unknown_control_address_names_the_known_ones(aws: Outside) -> None:
    status, answer = aws.ask("GET", "knobs")

    assert status == 404
    assert "GET /__sandbox__/faults" in answer["error"]
    assert "POST /__sandbox__/release" in answer["error"]
