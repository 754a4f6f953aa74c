"""Keys as KMS sees them."""

from typing import Any

from botocore.exceptions import ClientError

from upgrade.aws.errors import code_of
from upgrade.facts.keys import Key

ABSENT = "absent"


def read_key(client: Any, key: str, used_by: tuple[str, ...]) -> Key:
    """DescribeKey; `key` is an ARN, an id or an alias."""
    try:
        state = client.describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
    except ClientError as error:
        if code_of(error) != "NotFoundException":
            raise
        state = ABSENT
    return Key(state, used_by)
