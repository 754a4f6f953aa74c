"""What every check said: the book the verdict is computed from."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from upgrade.catalogue import CheckInfo, Finding, Outcome
from upgrade.facts.reading import Reading


@dataclass(frozen=True, slots=True)
class Entry:
    """One check's result."""

    check: CheckInfo
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    detail: str = ""
    """Why it is ERROR, NOT_APPLICABLE, DEFERRED, BLOCKED or NOT_RUN; a remark of one that passed."""
    started: datetime | None = None
    seconds: float = 0.0
    reads: tuple[Reading, ...] = ()
    """The facts it has read."""


_WORST_LAST = [
    Outcome.NOT_RUN,
    Outcome.PASS,
    Outcome.NOT_APPLICABLE,
    Outcome.DEFERRED,
    Outcome.WARN,
    Outcome.WAIVED,
    Outcome.BLOCKED,
    Outcome.FAIL,
    Outcome.ERROR,
]


@dataclass
class Ledger:
    """Results by check id. A second result for a check (an error in its teardown, say) only ever makes it worse."""

    _entries: dict[str, Entry] = field(default_factory=dict)

    def record(self, entry: Entry) -> None:
        """Keep a result."""
        known = self._entries.get(entry.check.id)
        if known is None or _WORST_LAST.index(entry.outcome) > _WORST_LAST.index(known.outcome):
            self._entries[entry.check.id] = entry

    def get(self, check_id: str) -> Entry | None:
        """The result of a check; None if it has none."""
        return self._entries.get(check_id)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def complete(self, required: Iterable[CheckInfo]) -> tuple[Entry, ...]:
        """One entry for each required check, in their order: NOT_RUN for those without a result."""
        return tuple(
            self.get(info.id) or Entry(info, Outcome.NOT_RUN, detail="it was never started") for info in required
        )
