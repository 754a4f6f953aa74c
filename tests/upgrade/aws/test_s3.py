"""A template in S3: read with our credentials, unsigned only where these are denied, and never more of it than is taken."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.upgrade.world import BUCKET, REGION, World, topic
from upgrade.aws.errors import reason_of
from upgrade.aws.s3 import read_template
from upgrade.aws.session import Access, Aws
from upgrade.clock import SystemClock
from upgrade.config.target import S3Object, locate
from upgrade.facts.known import Reason
from upgrade.facts.stack import Template
from upgrade.template.decode import MalformedTemplate
from upgrade.template.read import LIMIT


@pytest.fixture
def asked() -> list[bool]:
    """Whether each client that was asked for signs, in order."""
    return []


def read(world: World, address: str, asked: list[bool] | None = None) -> Template:
    connection = Aws(SystemClock(), world.url).connect(Access(REGION))

    def client(signed: bool) -> Any:
        if asked is not None:
            asked.append(signed)
        return connection.client("s3", signed=signed, attempts=1)

    location = locate(address)
    assert isinstance(location, S3Object)
    return read_template(client, location, address)


def public(world: World, address: str) -> str:
    world.client("s3").put_object_acl(Bucket=BUCKET, Key=address.rsplit("/", 1)[-1], ACL="public-read")
    return address


def test_a_template_is_read_with_our_credentials_alone(world: World, asked: list[bool]) -> None:
    address = world.publish(topic("x"))
    found = read(world, address, asked)
    assert (found.source, found.body) == (address, topic("x"))
    assert asked == [True]


def test_denied_to_us_it_is_read_unsigned(world: World, asked: list[bool]) -> None:
    address = public(world, world.publish(topic("x")))
    world.fail("GetObject", "denied", times=1)
    assert read(world, address, asked).body == topic("x")
    assert asked == [True, False]


def test_denied_to_everybody_it_is_denied(world: World) -> None:
    address = world.publish(topic("x"))
    world.fail("GetObject", "denied")
    with pytest.raises(ClientError) as denied:
        read(world, address)
    assert reason_of(denied.value) is Reason.DENIED


def test_denied_to_us_and_absent_for_everybody_it_is_absent(world: World) -> None:
    world.fail("GetObject", "denied", times=1)
    with pytest.raises(ClientError) as absent:
        read(world, f"s3://{BUCKET}/absent")
    assert reason_of(absent.value) is Reason.NOT_FOUND


def test_denied_to_us_and_throttled_for_everybody_it_is_denied(world: World) -> None:
    address, get = world.publish(topic("x")), {"service": "s3", "action": "GetObject"}
    world.faults(api=[{**get, "kind": "denied", "times": 1}, {**get, "kind": "throttle", "after": 1}])
    with pytest.raises(ClientError) as denied:
        read(world, address)
    assert reason_of(denied.value) is Reason.DENIED


@pytest.mark.parametrize(("kind", "reason"), [("expired", Reason.EXPIRED), ("http500", Reason.TIMED_OUT)])
def test_what_is_no_denial_is_not_tried_unsigned(world: World, asked: list[bool], kind: str, reason: Reason) -> None:
    address = public(world, world.publish(topic("x")))
    world.fail("GetObject", kind)
    with pytest.raises(ClientError) as failed:
        read(world, address, asked)
    assert reason_of(failed.value) is reason
    assert asked == [True]


@pytest.mark.parametrize("place", [f"s3://{BUCKET}/absent", "s3://no-such-bucket-anywhere/x"], ids=["key", "bucket"])
def test_what_is_absent_is_not_found(world: World, place: str) -> None:
    with pytest.raises(ClientError) as absent:
        read(world, place)
    assert reason_of(absent.value) is Reason.NOT_FOUND


def test_the_version_that_the_address_names_is_read(world: World) -> None:
    s3 = world.client("s3")
    s3.create_bucket(Bucket="versioned-templates")
    s3.put_bucket_versioning(Bucket="versioned-templates", VersioningConfiguration={"Status": "Enabled"})
    texts = [b"Resources: {A: {Type: AWS::SNS::Topic}}", b"Resources: {B: {Type: AWS::SNS::Topic}}"]
    first, _ = (s3.put_object(Bucket="versioned-templates", Key="t", Body=text)["VersionId"] for text in texts)
    address = "https://versioned-templates.s3.amazonaws.com/t"
    assert read(world, f"{address}?versionId={first}").body["Resources"] == {"A": {"Type": "AWS::SNS::Topic"}}
    assert read(world, address).body["Resources"] == {"B": {"Type": "AWS::SNS::Topic"}}


def test_of_a_template_that_is_too_large_no_more_is_read_than_shows_it(world: World) -> None:
    address = world.publish(b"#" * (LIMIT * 2))
    with pytest.raises(MalformedTemplate, match="more than 1,000,000 bytes"):
        read(world, address)


def test_a_template_of_exactly_the_limit_is_taken(world: World) -> None:
    text = b"Resources: {A: {Type: AWS::SNS::Topic}} #"
    assert read(world, world.publish(text + b"x" * (LIMIT - len(text)))).size == LIMIT
