"""A staged template lies where its address says, is never written twice, and never over another."""

import hashlib
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from tests.upgrade.world import BUCKET, REGION, World
from upgrade.aws.doors import Door, Grant
from upgrade.aws.session import Access, Aws
from upgrade.aws.staging import put_template
from upgrade.clock import SystemClock
from upgrade.config.target import S3Object, locate

TEXT = "Resources: {Topic: {Type: AWS::SNS::Topic}}  # größer"
SHA256 = hashlib.sha256(TEXT.encode()).hexdigest()


def put(aws: Aws, prefix: str, text: str = TEXT) -> str:
    """Put a text through the `store` door that leads there."""
    return put_template(aws.connect(Access(REGION)).client("s3", grant=Grant(Door.STORE, prefix)), prefix, SHA256, text)


def stored(world: World, address: str) -> bytes:
    """What lies at an address, as CloudFormation would look for it."""
    location = locate(address)
    assert isinstance(location, S3Object)
    body: bytes = world.client("s3").get_object(Bucket=location.bucket, Key=location.key)["Body"].read()
    return body


@pytest.fixture
def aws(world: World) -> Iterator[Aws]:
    """Connections behind a guard that stands before every client."""
    aws = Aws(SystemClock(), world.url)
    aws.guard.install()
    yield aws
    aws.guard.remove()


@pytest.mark.parametrize(
    "folder", ["", "/", "/a", "/a/b/", "//a", "/a b", "/50%25", "/a#b", "/a?b", "/a+b", "/größe"], ids=repr
)
def test_a_template_lies_where_its_address_says(aws: Aws, world: World, folder: str) -> None:
    address = put(aws, f"s3://{BUCKET}{folder}")
    assert address.startswith(f"https://{BUCKET}.s3.amazonaws.com/")
    assert address.endswith(f"{SHA256}.template")
    assert stored(world, address) == TEXT.encode()


def test_what_is_there_is_left_alone(aws: Aws, world: World) -> None:
    prefix = f"s3://{BUCKET}/twice"
    first = put(aws, prefix)
    assert put(aws, prefix, "another text under the same name") == first
    assert stored(world, first) == TEXT.encode()


def test_a_denial_goes_through(aws: Aws, world: World) -> None:
    world.fail("PutObject", "denied")
    with pytest.raises(ClientError, match="AccessDenied"):
        put(aws, f"s3://{BUCKET}/denied")


def test_a_bucket_that_is_absent_goes_through(aws: Aws) -> None:
    with pytest.raises(ClientError, match="NoSuchBucket"):
        put(aws, "s3://absent-bucket")
