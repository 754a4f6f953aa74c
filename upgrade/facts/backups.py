"""AWS Backup: what takes in which resource, where it goes, and what has arrived there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Selection:
    """One selection of a backup plan: what it takes in, and where the plan puts it."""

    plan: str
    """Name of the plan."""
    name: str
    role: str
    """ARN of the role that makes the backups."""
    resources: tuple[str, ...]
    """ARNs it takes in; `*` stands for anything."""
    excluded: tuple[str, ...]
    """ARNs it leaves out; `*` stands for anything."""
    by_tags: bool
    """Whether tags decide, too: then nothing here says what it takes in."""
    vaults: tuple[str, ...]
    """Names of the vaults that the plan's rules put recovery points into."""
    copies_to: tuple[str, ...]
    """ARNs of the vaults that the plan's rules copy to."""


@dataclass(frozen=True, slots=True)
class Vault:
    """backup:ListBackupVaults, one vault."""

    arn: str
    kms_key: str
    """ARN."""


@dataclass(frozen=True, slots=True)
class RecoveryPoint:
    """What a resource can be restored from."""

    resource: str
    """ARN."""
    created: datetime
    vault: str = ""
    """Name of the vault it lies in; empty for a snapshot made by hand."""
    continuous: bool = False
    """Whether it goes on up to now: point-in-time recovery."""


@dataclass(frozen=True, slots=True)
class CopyJob:
    """backup:ListCopyJobs, one copy of a recovery point."""

    resource: str
    """ARN of what was backed up."""
    destination: str
    """ARN of the vault."""
    state: str
    """CREATED, RUNNING, COMPLETED, FAILED, PARTIAL."""
    at: datetime
    """When it was completed, else when it was begun."""
    message: str
    """Why it failed; untrusted text."""


RecoveryPoints = Mapping[str, RecoveryPoint | None]
"""By logical id of what is backed up, or may be by its tags: the newest usable one; None where there is none."""
Vaults = Mapping[str, Vault]
"""By name."""
