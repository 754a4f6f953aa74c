"""Which template to upgrade to, and where it lies: pure, decided before the first AWS call."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

from upgrade.config.entry import StackEntry
from upgrade.config.product import Product, parse_version
from upgrade.config.region import partition, url_suffix
from upgrade.errors import UsageError

INLINE_LIMIT = 51_200
"""Bytes a template may have in the request itself; a larger one must lie in S3.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""

_DNS = r"amazonaws\.(?:com(?:\.cn)?|eu)"
_VIRTUAL_HOST = re.compile(rf"(?P<bucket>.+)\.s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.{_DNS}")
_PATH_STYLE = re.compile(rf"s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.{_DNS}")
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html"""


@dataclass(frozen=True, slots=True)
class S3Object:
    """A template in S3."""

    bucket: str
    key: str
    version_id: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """The template to upgrade to."""

    address: str
    """As the record shows it: an https address, an s3:// address or a path."""
    location: S3Object | Path
    version: str | None
    """The version that was asked for; None where an address was."""
    region: str
    """Of the stack."""

    @property
    def url(self) -> str | None:
        """What CloudFormation gets as TemplateURL; None for a file, which goes into the request."""
        if isinstance(self.location, Path):
            return None
        if self.address.startswith("s3://"):
            return s3_url(self.location.bucket, self.location.key, self.region)
        return self.address


def target_of(entry: StackEntry, product: Product, to: str | None = None) -> Target:
    """The target of a stack entry.

    Args:
        entry: the configuration.
        product: makes a version an address.
        to: a version, an address or a path in place of the configured target.

    Raises:
        UsageError: nothing is asked for, or it can't be an address of a template.
    """
    wanted = to or entry.target or entry.template_url
    if wanted is None:
        raise UsageError(
            f'stacks.{entry.name}: no target: write target = "v3.8.2" or template_url = "https://…", or give --to='
        )
    if parse_version(wanted) is not None:
        address = product.address(wanted)
        if address is None:
            raise UsageError(
                f"target {wanted}: product {product.name} says no address for a version; write template_url instead"
            )
        return Target(address, locate(address), wanted, entry.region)
    return Target(wanted, locate(wanted, staged=entry.staging is not None), None, entry.region)


def s3_url(bucket: str, key: str, region: str) -> str:
    """The https address of an object, which CloudFormation reads.

    Source: https://docs.aws.amazon.com/general/latest/gr/s3.html; outside the `aws` partition there is no global host, and
    buckets are in the stack's partition.
    """
    host = "s3.amazonaws.com" if partition(region) == "aws" else f"s3.{region}.{url_suffix(region)}"
    return f"https://{bucket}.{host}/{quote(key)}"


def locate(address: str, *, staged: bool = False) -> S3Object | Path:
    """Where an address points.

    Args:
        address: as it was written.
        staged: whether a file that is too large for a request can be put into S3.

    Raises:
        UsageError: it is neither in S3 nor a readable file small enough to be sent.
    """
    parts = urlsplit(address)
    match parts.scheme:
        case "https":
            return _in_s3(address)
        case "s3":
            if not parts.netloc or not parts.path.strip("/"):
                raise UsageError(f"{address}: expected s3://bucket/key")
            return S3Object(parts.netloc, parts.path.removeprefix("/"))
        case "" | "file":
            return _file(Path(unquote(parts.path) if parts.scheme else address), staged=staged)
    raise UsageError(
        f"{address}: expected an https address in S3, s3://bucket/key, a path, or a version such as v3.8.2"
    )


def _in_s3(address: str) -> S3Object:
    parts = urlsplit(address)
    host, path = parts.hostname or "", unquote(parts.path).removeprefix("/")
    version_id = parse_qs(parts.query).get("versionId", [None])[0]
    if match := _PATH_STYLE.fullmatch(host):
        bucket, _, key = path.partition("/")
    elif match := _VIRTUAL_HOST.fullmatch(host):
        bucket, key = match["bucket"], path
    else:
        raise UsageError(
            f"{address}: CloudFormation reads templates from S3 only; expected https://BUCKET.s3.amazonaws.com/KEY"
        )
    if not bucket or not key:
        raise UsageError(f"{address}: names no object; expected https://BUCKET.s3.amazonaws.com/KEY")
    return S3Object(bucket, key, version_id)


def _file(path: Path, *, staged: bool) -> Path:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise UsageError(f"template {path}: can't be read: {error.strerror}") from None
    if not path.is_file():
        raise UsageError(f"template {path}: is no file")
    if size > INLINE_LIMIT and not staged:
        raise UsageError(
            f"template {path}: {size:,} bytes; a file of more than {INLINE_LIMIT:,} must lie in S3: "
            'write staging = "s3://bucket/prefix", or copy it there and write template_url'
        )
    return path
