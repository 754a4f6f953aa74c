"""Where a template or a stack policy comes from: the request itself, or the sandbox's S3.

Addresses: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html. The AWS CLI builds the address of
an upload from its endpoint, so loopback addresses with the bucket in the path are accepted too.
"""

import ipaddress
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.exceptions import ClientError

from sandbox.engine.errors import ValidationError
from sandbox.engine.world import Region

MAX_BODY = 51_200
MAX_OBJECT = 1_000_000
"""Bytes; https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""

_HOST = re.compile(
    r"(?:(?P<bucket>.+)\.)?s3(?:[.-](?:dualstack\.)?[a-z0-9-]+|\.dualstack\.[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?"
)
_MORE = "\nFor more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"


def template(region: Region, request: Mapping[str, Any], previous: str | None = None) -> str:
    """The text of the template a request means.

    Args:
        region: whose S3 is read.
        request: an API request: TemplateBody, TemplateURL or UsePreviousTemplate.
        previous: the deployed template.

    Raises:
        ValidationError: as CloudFormation words it.
    """
    body, address = request.get("TemplateBody"), request.get("TemplateURL")
    if sum((body is not None, address is not None, bool(request.get("UsePreviousTemplate")))) > 1:
        raise ValidationError("Specify exactly one of: TemplateBody, TemplateURL or UsePreviousTemplate")
    if request.get("UsePreviousTemplate"):
        if previous is None:
            raise ValidationError("Previous template cannot be used: the stack has none")
        return previous
    if body is not None:
        if len(str(body).encode()) > MAX_BODY:
            raise ValidationError(
                f"1 validation error detected: Value '{str(body)[:40]}...' at 'templateBody' failed to satisfy "
                f"constraint: Member must have length less than or equal to {MAX_BODY}"
            )
        return str(body)
    if address is None:
        raise ValidationError("Either Template URL or Template Body must be specified.")
    return read(region, str(address))


def read(region: Region, address: str) -> str:
    """The text at an S3 address. Raises ValidationError."""
    bucket, key, version = location(address)
    if _denied(region):
        raise ValidationError(f"S3 error: Access Denied{_MORE}")
    try:
        found = region.client("s3").get_object(Bucket=bucket, Key=key, **({"VersionId": version} if version else {}))
    except ClientError as error:
        raise ValidationError(f"S3 error: {error.response['Error'].get('Message', 'Access Denied')}{_MORE}") from None
    content: bytes = found["Body"].read()
    if len(content) > MAX_OBJECT:
        raise ValidationError(f"Template may not exceed {MAX_OBJECT} bytes in size.")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise ValidationError("Template format error: unsupported structure.") from None


def location(address: str) -> tuple[str, str, str | None]:
    """Bucket, key and version of an S3 address. Raises ValidationError for any other."""
    url = urlsplit(address)
    path = unquote(url.path).lstrip("/")
    match = _HOST.fullmatch(url.hostname or "")
    bucket = match["bucket"] if match else None
    if bucket is None and (match or _is_loopback(url.hostname or "")):
        bucket, _, path = path.partition("/")
    if url.scheme not in ("http", "https") or not bucket or not path:
        raise ValidationError("TemplateURL must be a supported URL.")
    return bucket, path, next(iter(parse_qs(url.query).get("versionId", [])), None)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _denied(region: Region) -> bool:
    """Whether the fault layer denies the caller to read S3: CloudFormation reads with the caller's credentials."""
    return any(
        rule.get("kind") == "denied"
        and fnmatchcase("s3", rule.get("service", "*"))
        and fnmatchcase("GetObject", rule.get("action", "*"))
        and rule.get("times") != 0
        for rule in region.knobs.api
    )
