"""Puts a template that is too large for a request where CloudFormation can read it: the `store` door."""

from typing import Any

from botocore.exceptions import ClientError

from upgrade.aws.errors import code_of
from upgrade.config.target import s3_url

THERE_ALREADY = "PreconditionFailed"
"""With IfNoneMatch an object that exists is not written again. Its name is its hash, so it is the same one."""


def put_template(client: Any, prefix: str, sha256: str, text: str) -> str:
    """Put a template below an s3:// prefix; the address CloudFormation reads it at."""
    bucket, _, folder = prefix.removeprefix("s3://").partition("/")
    key = "/".join(filter(None, [folder.rstrip("/"), f"{sha256}.template"]))
    try:
        client.put_object(Bucket=bucket, Key=key, Body=text.encode(), ContentType="text/plain", IfNoneMatch="*")
    except ClientError as error:
        if code_of(error) != THERE_ALREADY:
            raise
    return s3_url(bucket, key, client.meta.region_name)
