"""AWS Backup: what takes in which resource, where it goes, and what has arrived there."""

from collections.abc import Mapping
from dataclasses import dataclass


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


Vaults = Mapping[str, Vault]
"""By name."""
