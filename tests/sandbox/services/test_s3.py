"""Who may read an object: everyone unless a policy denies it, and a refusal is AccessDenied."""

import json
from typing import Any
from uuid import uuid4

import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ClientError

from tests.sandbox.providers.resource import aws


@pytest.fixture
def bucket() -> str:
    name = f"vendor-{uuid4()}"
    s3 = aws("s3")
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="v1/template.yaml", Body=b"Resources: {}")
    return name


def put_policy(bucket: str, **statement: Any) -> None:
    whole = {"Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*", **statement}
    document = {"Version": "2012-10-17", "Statement": [whole]}
    aws("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(document))


def read(bucket: str, *, signed: bool = True) -> bytes:
    s3 = aws("s3")
    if signed:
        return bytes(s3.get_object(Bucket=bucket, Key="v1/template.yaml")["Body"].read())

    def strip(request: AWSPreparedRequest, **_: object) -> None:
        request.headers.pop("Authorization", None)

    event = "before-send.s3.GetObject"
    s3.meta.events.register_first(event, strip)
    try:
        return bytes(s3.get_object(Bucket=bucket, Key="v1/template.yaml")["Body"].read())
    finally:
        s3.meta.events.unregister(event, strip)


@pytest.mark.parametrize("signed", [True, False], ids=["signed", "unsigned"])
def test_readable(bucket: str, signed: bool) -> None:
    assert read(bucket, signed=signed) == b"Resources: {}"


@pytest.mark.parametrize("signed", [True, False], ids=["signed", "unsigned"])
def test_denied(bucket: str, signed: bool) -> None:
    put_policy(bucket, Effect="Deny")
    with pytest.raises(ClientError) as refused:
        read(bucket, signed=signed)
    error = refused.value.response
    assert (error["Error"]["Code"], error["Error"]["Message"]) == ("AccessDenied", "Access Denied")
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_head_of_a_denied_object(bucket: str) -> None:
    put_policy(bucket, Effect="Deny")
    with pytest.raises(ClientError) as refused:
        aws("s3").head_object(Bucket=bucket, Key="v1/template.yaml")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_tls_only_policy_locks_nobody_out(bucket: str) -> None:
    put_policy(bucket, Effect="Deny", Action="s3:*", Condition={"Bool": {"aws:SecureTransport": "false"}})
    assert read(bucket) == b"Resources: {}"


def test_a_deny_for_somebody_else_is_not_for_us(bucket: str) -> None:
    put_policy(bucket, Effect="Deny", Principal={"AWS": "arn:aws:iam::444455556666:root"})
    assert read(bucket) == b"Resources: {}"


def test_missing_keys_and_buckets_are_told(bucket: str) -> None:
    for name, key, code in ((bucket, "nothing", "NoSuchKey"), (f"{bucket}-not", "x", "NoSuchBucket")):
        with pytest.raises(ClientError) as refused:
            aws("s3").get_object(Bucket=name, Key=key)
        assert refused.value.response["Error"]["Code"] == code
