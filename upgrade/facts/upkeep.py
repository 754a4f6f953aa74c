"""When AWS itself works on databases, caches and search domains: backups and maintenance."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Work:
    """Something that AWS is going to do, or does already."""

    what: str
    at: datetime | None
    """None: it is being done."""


@dataclass(frozen=True, slots=True)
class Upkeep:
    """The windows and planned work of one resource."""

    name: str
    """Physical id."""
    backup: str
    """Daily window in UTC, as `03:00-04:00`; empty where no backups are made in one."""
    maintenance: tuple[str, ...]
    """Weekly windows in UTC, as `mon:03:00-mon:04:00`; of a cache group those of its nodes."""
    pending: tuple[Work, ...]


Upkeeps = Mapping[str, Upkeep]
"""By logical id."""
