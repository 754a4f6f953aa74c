"""What an upgrade takes from outside the template: what parameter values point to, SSM."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

Existing: TypeAlias = Mapping[str, Mapping[str, str]]
"""Of ids of one AWS-specific parameter type, those that exist in this account and region, each with the attributes that
`Fn::ValueOf` knows: `VpcId`, `Tags.owner`."""

SECURE = "SecureString"
"""The type of an SSM parameter that is encrypted."""


@dataclass(frozen=True, slots=True)
class StoredParameter:
    """An SSM parameter as GetParameter tells it without decryption."""

    type: str
    """String, StringList or SecureString."""
    value: str
    """Empty for a SecureString, whose value is never kept."""
    version: int
    modified: datetime
    """When this version was made."""
