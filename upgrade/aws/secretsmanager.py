"""Secrets as Secrets Manager sees them, without what they hold."""

from typing import Any

from botocore.exceptions import ClientError

from upgrade.aws.cloudformation import utc
from upgrade.aws.errors import code_of
from upgrade.facts.keys import Secret


def read_secret(client: Any, secret: str, used_by: tuple[str, ...]) -> Secret:
    """DescribeSecret; `secret` is a name or an ARN."""
    try:
        row = client.describe_secret(SecretId=secret)
    except ClientError as error:
        if code_of(error) != "ResourceNotFoundException":
            raise
        return Secret(exists=False, deleted=None, changed=None, used_by=used_by)
    deleted, changed = (utc(row[key]) if row.get(key) else None for key in ("DeletedDate", "LastChangedDate"))
    return Secret(exists=True, deleted=deleted, changed=changed, used_by=used_by)
