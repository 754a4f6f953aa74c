"""Keys and secrets that a deployment can't do without."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from upgrade.facts.known import Fact


@dataclass(frozen=True, slots=True)
class Key:
    """kms:DescribeKey of one key."""

    state: str
    """Enabled, Disabled, PendingDeletion, …; `absent` where KMS knows no such key."""
    used_by: tuple[str, ...]
    """Logical ids of what is encrypted with it, or a few words."""


@dataclass(frozen=True, slots=True)
class Secret:
    """secretsmanager:DescribeSecret of one secret; its value is never read."""

    exists: bool
    deleted: datetime | None
    """DeletedDate; None if its deletion is not scheduled."""
    changed: datetime | None
    """LastChangedDate: when its value, or anything else about it, was last changed; None where AWS gives none."""
    used_by: tuple[str, ...]
    """Logical ids of the resources that refer to it."""


Keys = Mapping[str, Fact[Key]]
"""By ARN, id or alias, as whatever is encrypted with it names it."""
Secrets = Mapping[str, Fact[Secret]]
"""By name or ARN, as the target refers to them. Not asked for (Reason.NOT_ASKED) where only AWS knows the name."""
