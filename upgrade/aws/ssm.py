"""Parameters as Systems Manager keeps them; never decrypted."""

from typing import Any

from upgrade.aws.cloudformation import utc
from upgrade.facts.inputs import SECURE, StoredParameter


def read_parameter(client: Any, name: str) -> StoredParameter:
    """GetParameter by name, ARN, or either with a version (`name:3`), without decryption."""
    row = client.get_parameter(Name=name, WithDecryption=False)["Parameter"]
    type_ = row["Type"]
    value = "" if type_ == SECURE else row["Value"]
    return StoredParameter(type_, value, row["Version"], utc(row["LastModifiedDate"]))
