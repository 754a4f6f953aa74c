"""All that a run leaves for its record, collected by the plugin and rendered by `reports`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from upgrade.facts.call import Call
from upgrade.facts.changes import Plan
from upgrade.facts.known import Fact
from upgrade.facts.operation import Operation
from upgrade.facts.review import Review
from upgrade.facts.snapshot import Snapshot
from upgrade.gate.decision import Decision, Happened
from upgrade.gate.ledger import Entry
from upgrade.gate.mode import Mode
from upgrade.gate.waivers import Judged
from upgrade.rules.bound import BoundPlan


@dataclass(frozen=True, slots=True)
class Published:
    """What became of the evidence."""

    lines: list[str]
    """The closing summary."""
    problems: tuple[str, ...]
    """Why the evidence is not complete, a sentence each."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One run, whatever its ending. What the run did not come to is None."""

    run_id: str
    mode: Mode
    entry: str
    """Name of the entry in stacks.toml."""
    configuration: Mapping[str, object]
    """The entry as it was understood, without any secret."""
    product: str
    target: str
    """The address of the template to upgrade to."""
    command: tuple[str, ...]
    started: datetime
    finished: datetime
    decision: Decision
    entries: tuple[Entry, ...]
    """One for each required check of the mode, in running order."""
    before: Snapshot | None
    plan: Fact[Plan] | None
    operation: Operation | None
    after: Snapshot | None
    own_facts: Mapping[str, Fact[Any]]
    """What the user's own checks have read, by name."""
    review: Review
    waivers: tuple[Judged, ...]
    """What became of each configured waiver."""
    report_only: tuple[str, ...]
    bound: BoundPlan | None
    """The plan, where there is one that was or may be executed."""
    calls: tuple[Call, ...]
    environment: Mapping[str, str]
    """Versions of Python, of this tool and of what it stands on; the platform; the CI run, where there is one."""
    adopted_from: str = ""
    """The run whose update this one has taken up, and whose journal it goes on with; empty if it has none."""

    happened: Happened | None = None
    """What the decision was made from; None of a run that has not come to its end."""
    skew: float | None = None
    """Seconds that our clock was ahead of the first answer's; None if no answer told the time."""
    manifest: str = ""
    """Of the checks that must exist, as it stood when the run began; empty where that was not kept."""
    plugins: tuple[str, ...] = ()
    """Of pytest, with their versions."""
    configuration_sha256: str = ""
    """Of the stacks file."""

    @property
    def journal(self) -> str:
        """The run under whose name the journal lies."""
        return self.adopted_from or self.run_id
