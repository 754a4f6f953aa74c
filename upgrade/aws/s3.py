"""Templates in S3: read with our credentials, then unsigned, since a vendor's bucket may be public but not granted."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from upgrade.aws.errors import code_of, reason_of
from upgrade.config.target import S3Object
from upgrade.facts.known import Reason
from upgrade.facts.stack import Template
from upgrade.template.read import LIMIT, parse

BUCKET = "AWS::S3::Bucket"

KEY = "alias/aws/s3"
"""The key of a bucket that is encrypted with KMS and names none."""


def read_bucket_key(client: Any, bucket: str) -> str:
    """GetBucketEncryption: the key new objects are encrypted with, an ARN, an id or an alias; empty where it is S3's own."""
    try:
        rules = client.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    except ClientError as error:
        if code_of(error) != "ServerSideEncryptionConfigurationNotFoundError":
            raise
        rules = []
    defaults = [rule.get("ApplyServerSideEncryptionByDefault", {}) for rule in rules]
    named = [str(each.get("KMSMasterKeyID") or KEY) for each in defaults if "kms" in each.get("SSEAlgorithm", "")]
    return named[0] if named else ""


def read_template(client: Callable[[bool], Any], location: S3Object, address: str) -> Template:
    """GetObject of a template; of a larger one just enough to see that it is too large.

    Args:
        client: a client that signs, or, called with False, one that does not.
        location: the object.
        address: for messages and the record.
    """
    try:
        data = _get(client(True), location)
    except ClientError as denied:
        if reason_of(denied) is not Reason.DENIED:
            raise
        try:
            data = _get(client(False), location)
        except ClientError as unsigned:
            raise (unsigned if reason_of(unsigned) is Reason.NOT_FOUND else denied) from None
    return parse(data, address)


def _get(client: Any, location: S3Object) -> bytes:
    version = {"VersionId": location.version_id} if location.version_id else {}
    body = client.get_object(Bucket=location.bucket, Key=location.key, **version)["Body"]
    with body:
        data: bytes = body.read(LIMIT + 1)
    return data
