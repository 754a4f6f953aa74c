"""Requests as botocore really makes them are recognized in every protocol."""

import io
import re
from typing import Any
from urllib.parse import unquote, urlsplit

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from sandbox import models
from sandbox.operations import Operation, operation_of


class Caught(Exception):  # noqa: N818  # carries a request out of botocore
    def __init__(self, environ: dict[str, Any]) -> None:
        super().__init__()
        self.environ = environ


def catch(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
    url = urlsplit(request.url)
    body = request.body or b""
    content = body.read() if hasattr(body, "read") else body.encode() if isinstance(body, str) else body
    environ = {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": unquote(url.path),
        "RAW_URI": f"{url.path}?{url.query}",
        "QUERY_STRING": url.query,
        "CONTENT_LENGTH": str(len(content)),
        "wsgi.input": io.BytesIO(content),
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value.decode() if isinstance(value, bytes) else value
    raise Caught(environ)


def environ_of(service: str, operation: str, **parameters: Any) -> dict[str, Any]:
    client = boto3.client(
        service,
        region_name="eu-central-1",
        endpoint_url="http://127.0.0.1:1",
        aws_access_key_id="AKIAX",
        aws_secret_access_key="x",
    )
    client.meta.events.register("before-send.*.*", catch)
    with pytest.raises(Caught) as caught:
        getattr(client, operation)(**parameters)
    return caught.value.environ


CALLS = [
    ("cloudformation", "describe_stacks", {}, ("cloudformation", "DescribeStacks", "query")),
    ("sts", "get_caller_identity", {}, ("sts", "GetCallerIdentity", "query")),
    ("elbv2", "describe_target_health", {"TargetGroupArn": "a"}, ("elasticloadbalancing", "DescribeTargetHealth", "query")),
    ("ec2", "describe_vpcs", {}, ("ec2", "DescribeVpcs", "ec2")),
    ("kms", "create_key", {}, ("kms", "CreateKey", "json")),
    ("cloudwatch", "describe_alarms", {}, ("monitoring", "DescribeAlarms", "json")),
    ("batch", "list_jobs", {"jobQueue": "q"}, ("batch", "ListJobs", "rest-json")),
    ("backup", "list_recovery_points_by_resource", {"ResourceArn": "arn:aws:ec2:us-east-1::volume/vol-1"},
     ("backup", "ListRecoveryPointsByResource", "rest-json")),
    ("backup", "list_backup_vaults", {}, ("backup", "ListBackupVaults", "rest-json")),
    ("efs", "describe_file_systems", {}, ("elasticfilesystem", "DescribeFileSystems", "rest-json")),
    ("opensearch", "describe_domain", {"DomainName": "search"}, ("es", "DescribeDomain", "rest-json")),
    ("lambda", "get_function", {"FunctionName": "f"}, ("lambda", "GetFunction", "rest-json")),
    ("route53", "list_hosted_zones", {}, ("route53", "ListHostedZones", "rest-xml")),
    ("s3", "list_buckets", {}, ("s3", "ListBuckets", "rest-xml")),
    ("s3", "list_objects_v2", {"Bucket": "bucket"}, ("s3", "ListObjectsV2", "rest-xml")),
    ("s3", "get_bucket_versioning", {"Bucket": "bucket"}, ("s3", "GetBucketVersioning", "rest-xml")),
    ("s3", "head_object", {"Bucket": "bucket", "Key": "a/b c"}, ("s3", "HeadObject", "rest-xml")),
    ("s3", "get_object", {"Bucket": "bucket", "Key": "a/b", "VersionId": "1"}, ("s3", "GetObject", "rest-xml")),
    ("s3", "get_object_tagging", {"Bucket": "bucket", "Key": "a/b"}, ("s3", "GetObjectTagging", "rest-xml")),
    ("s3", "put_object", {"Bucket": "bucket", "Key": "a"}, ("s3", "PutObject", "rest-xml")),
    ("s3", "copy_object", {"Bucket": "bucket", "Key": "a", "CopySource": "b/c"}, ("s3", "CopyObject", "rest-xml")),
    ("s3", "upload_part", {"Bucket": "bucket", "Key": "a", "PartNumber": 1, "UploadId": "u"},
     ("s3", "UploadPart", "rest-xml")),
    ("s3", "create_bucket", {"Bucket": "bucket"}, ("s3", "CreateBucket", "rest-xml")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "expected"), CALLS, ids=[f"{c[0]}-{c[1]}" for c in CALLS]
)
def test_a_request_of_botocore(
    service: str, operation: str, parameters: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    environ = environ_of(service, operation, **parameters)
    found = operation_of(environ)

    assert (found.service, found.action, found.protocol) == expected
    assert found.region == "eu-central-1"


def test_the_body_can_still_be_read() -> None:
    environ = environ_of("cloudformation", "describe_stacks", StackName="codeocean")
    operation_of(environ)

    assert b"StackName=codeocean" in environ["wsgi.input"].read()


def test_an_unsigned_request_is_one_for_an_object() -> None:
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/bucket/key",
        "QUERY_STRING": "",
        "wsgi.input": io.BytesIO(),
    }

    assert operation_of(environ) == Operation("s3", "GetObject", "rest-xml")


def test_a_presigned_address_is_recognized() -> None:
    client = boto3.client("s3", region_name="us-east-1", aws_access_key_id="AKIAX", aws_secret_access_key="x")
    url = urlsplit(client.generate_presigned_url("get_object", Params={"Bucket": "bucket", "Key": "key"}))
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/bucket/key",
        "QUERY_STRING": url.query,
        "wsgi.input": io.BytesIO(),
    }

    assert operation_of(environ).action == "GetObject"


def test_a_path_no_model_knows_names_method_and_path() -> None:
    environ = environ_of("batch", "list_jobs", jobQueue="q") | {"PATH_INFO": "/v9/other", "RAW_URI": "/v9/other"}

    assert operation_of(environ).action == "POST /v9/other"


@pytest.mark.parametrize(
    ("action", "mutating"),
    [
        ("DescribeStacks", False),
        ("GetTemplate", False),
        ("ListStacks", False),
        ("HeadObject", False),
        ("DetectStackDrift", False),
        ("AssumeRole", False),
        ("SimulatePrincipalPolicy", False),
        ("GET /v9/other", False),
        ("CreateChangeSet", True),
        ("DeleteChangeSet", True),
        ("ExecuteChangeSet", True),
        ("PutObject", True),
        ("ModifyDBInstance", True),
        ("Testify", True),
        ("POST /v9/other", True),
    ],
)
def test_what_changes_something(action: str, mutating: bool) -> None:
    assert Operation("any", action, "query").mutating is mutating


REST = {"s3": "s3", "batch": "batch", "backup": "backup", "efs": "elasticfilesystem", "lambda": "lambda",
        "opensearch": "es", "route53": "route53"}  # fmt: skip


@pytest.mark.parametrize("name", REST)
def test_every_operation_of_a_rest_service_is_told_from_every_other(name: str) -> None:
    """Each model's own route, labels filled, leads back to the operation, or to one that no request can be told from."""
    model = models.untouched(name)
    by_action = {operation: model.operation_model(operation) for operation in model.operation_names}
    mistaken = {}
    for action, operation in by_action.items():
        found = operation_of(filled(operation, REST[name])).action
        if found != action and requirements(by_action[found]) != requirements(operation):
            mistaken[action] = found

    assert mistaken == {}


def filled(operation: Any, signing_name: str) -> dict[str, Any]:
    """The least request of an operation."""
    path, _, query = operation.http["requestUri"].partition("?")
    headers, more = needed(operation)
    return {
        "REQUEST_METHOD": operation.http["method"],
        "PATH_INFO": re.sub(r"\{[^}]+\}", "label", path),
        "QUERY_STRING": "&".join(filter(None, [query, *(f"{key}=1" for key in more)])),
        "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential=AKIAX/20260101/us-east-1/{signing_name}/aws4_request, S=1",
        "wsgi.input": io.BytesIO(),
        **{f"HTTP_{key.upper().replace('-', '_')}": "1" for key in headers},
    }


def needed(operation: Any) -> tuple[set[str], set[str]]:
    """Names of the headers and of the query parameters that an operation requires."""
    shape = operation.input_shape
    members = [shape.members[name].serialization for name in shape.required_members] if shape else []
    return (
        {member["name"] for member in members if member.get("location") == "header"},
        {member["name"] for member in members if member.get("location") == "querystring"},
    )


def requirements(operation: Any) -> object:
    """All that a request can be told by."""
    path, _, query = operation.http["requestUri"].partition("?")
    return operation.http["method"], re.sub(r"\{[^}]+\}", "{}", path).rstrip("/"), query, needed(operation)
