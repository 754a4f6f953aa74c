"""How things were before an upgrade, from an earlier run's evidence."""

from dataclasses import dataclass

from upgrade.facts.changes import Plan
from upgrade.facts.known import Fact
from upgrade.facts.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Baseline:
    """What that run read before, and what it planned."""

    bundle: str
    """Its evidence folder."""
    snapshot: Snapshot
    plan: Fact[Plan] | None
    """None if it made no plan."""
