"""What to upgrade to, and where it lies."""

from pathlib import Path

import pytest

from tests.builders import entry
from upgrade.config.product import load
from upgrade.config.target import INLINE_LIMIT, S3Object, locate, target_of
from upgrade.errors import UsageError


def test_a_version_becomes_the_products_address() -> None:
    target = target_of(entry(target="v3.8.2"), load("codeocean"))
    assert target.version == "v3.8.2"
    assert target.url == target.address
    assert target.location == S3Object("codeocean-vpc", "templates/v3.8.2/codeocean.template.yaml")


def test_the_command_line_wins() -> None:
    target = target_of(entry(target="v3.8.2"), load("codeocean"), "s3://bucket/a%20b.yaml")
    assert target.version is None
    assert target.location == S3Object("bucket", "a%20b.yaml")
    assert target.url == "https://bucket.s3.amazonaws.com/a%2520b.yaml"


@pytest.mark.parametrize(
    ("address", "location"),
    [
        ("https://b.s3.amazonaws.com/k/e.y", S3Object("b", "k/e.y")),
        ("https://b.s3.eu-west-1.amazonaws.com/k", S3Object("b", "k")),
        ("https://b.s3-eu-west-1.amazonaws.com/k", S3Object("b", "k")),
        ("https://b.s3.dualstack.eu-west-1.amazonaws.com/k", S3Object("b", "k")),
        ("https://b.s3.cn-north-1.amazonaws.com.cn/k", S3Object("b", "k")),
        ("https://my.dotted.bucket.s3.amazonaws.com/k", S3Object("my.dotted.bucket", "k")),
        ("https://s3.amazonaws.com/b/k/e", S3Object("b", "k/e")),
        ("https://s3.eu-west-1.amazonaws.com/b/k", S3Object("b", "k")),
        ("https://s3-us-west-2.amazonaws.com/b/k", S3Object("b", "k")),
        ("https://b.s3.amazonaws.com/a%20b?versionId=3", S3Object("b", "a b", "3")),
        ("s3://b/k/e", S3Object("b", "k/e")),
    ],
)
def test_every_way_to_write_an_s3_address(address: str, location: S3Object) -> None:
    assert locate(address) == location


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/t.yaml",
        "https://b.s3.amazonaws.com/",
        "https://s3.amazonaws.com/b",
        "https://s3.amazonaws.com.evil.org/b/k",
        "http://b.s3.amazonaws.com/k",
        "ftp://x/y",
        "s3://bucket",
        "no/such/file.yaml",
    ],
)
def test_anything_else_is_refused_with_what_to_write(address: str) -> None:
    with pytest.raises(UsageError):
        locate(address)


def test_a_file_is_taken_if_it_fits_into_a_request(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_bytes(b"x" * INLINE_LIMIT)
    target = target_of(entry(target=None, template_url=str(path)), load("generic"))
    assert (target.location, target.url) == (path, None)
    assert locate(path.as_uri()) == path
    path.write_bytes(b"x" * (INLINE_LIMIT + 1))
    with pytest.raises(UsageError, match="must lie in S3"):
        locate(str(path))
    with pytest.raises(UsageError, match="is no file"):
        locate(str(tmp_path))


def test_no_target_and_a_version_without_address_are_refused() -> None:
    with pytest.raises(UsageError, match=r"stacks\.prod: no target"):
        target_of(entry(target=None), load("codeocean"))
    with pytest.raises(UsageError, match="write template_url instead"):
        target_of(entry(target="v1.0.0"), load("generic"))


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-1", "s3.amazonaws.com"),
        ("us-gov-west-1", "s3.us-gov-west-1.amazonaws.com"),
        ("cn-north-1", "s3.cn-north-1.amazonaws.com.cn"),
        ("eusc-de-east-1", "s3.eusc-de-east-1.amazonaws.eu"),
    ],
)
def test_an_object_has_the_address_of_its_partition(region: str, host: str) -> None:
    url = target_of(entry(target=None, template_url="s3://bucket/a/b c", region=region), load("codeocean")).url
    assert url == f"https://bucket.{host}/a/b%20c"
    assert locate(str(url)) == S3Object("bucket", "a/b c")
