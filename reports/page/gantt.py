"""How long each resource took: its bar on the time of the whole operation, in charts that fit on a printed page. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from reports.page.words import tone
from reports.record import Record
from reports.text import duration, visible
from upgrade.facts.actual import ActualChange, Happened, Rollback
from upgrade.facts.stack import Event
from upgrade.rules.actual import is_own, prefixes

ROWS, ROW, HEAD = 36, 24, 22
"""Bars of a chart, and the height of one and of the axis in pixels: a chart that is taller than a page would be cut."""

LONGEST = 48
"""Characters of a name in a chart; the table below has it whole."""

NARROWEST = 0.6
"""Percent. What took no time is seen, too."""

LOOKS: Mapping[Happened, str] = {
    Happened.CREATED: "rising",
    Happened.IMPORTED: "rising",
    Happened.REPLACED: "crossed",
    Happened.DELETED: "hollow",
    Happened.RETAINED: "hollow",
    Happened.FAILED: "falling",
    Happened.CANCELLED: "dotted",
    Happened.UNFINISHED: "dotted",
}
"""How a bar is filled, to be told apart in black and white; what is not here is `solid`."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One resource; position and width in percent of the whole."""

    change: ActualChange
    name: str
    """With the nested stack it is in."""
    left: float
    width: float
    trail: float
    """Where clean-up, or what the rollback did, came to its end; that of the bar if there was neither."""
    tone: str
    look: str
    reason: str
    """Why it failed, in AWS's words; empty if it did not."""

    @property
    def label(self) -> str:
        """The name, as long as it fits."""
        shown = visible(self.name)
        return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"


@dataclass(frozen=True, slots=True)
class Chart:
    """Some bars, on the axis that all charts share."""

    bars: tuple[Bar, ...]
    ticks: tuple[tuple[int, str], ...]
    """Percent, and the time since the operation began."""
    turned: float | None
    """Where the rollback began, in percent; None if there was none."""

    @property
    def height(self) -> int:
        """In pixels."""
        return HEAD + ROW * len(self.bars)


def charts(record: Record) -> list[Chart]:
    """The bars in the order they began, in as many charts as they need."""
    told = bars(record)
    if not told:
        return []
    start, whole = _axis(record)
    ticks = tuple((percent, duration(whole * percent / 100)) for percent in (0, 25, 50, 75, 100))
    turn = turned_back(record)
    turned = min(max((turn.at - start).total_seconds() / whole * 100, 0), 100) if turn else None
    return [Chart(tuple(told[at : at + ROWS]), ticks, turned) for at in range(0, len(told), ROWS)]


def bars(record: Record) -> list[Bar]:
    """One bar a resource, in the order they began."""
    if not record.actual:
        return []
    start, whole = _axis(record)
    nested = nested_in(record)
    by_start = sorted(record.actual, key=lambda change: change.started)
    return [_bar(change, nested[change.stack_arn], start, whole) for change in by_start]


def nested_in(record: Record) -> Mapping[str, str]:
    """By stack ARN what to show before the logical ids of its resources."""
    return prefixes(record.operation.events) if record.operation else {}


def turned_back(record: Record) -> Event | None:
    """The event with which CloudFormation began to restore the old state; None if it did not."""
    events = record.operation.events if record.operation else ()
    return next((event for event in events if event.status == "UPDATE_ROLLBACK_IN_PROGRESS" and is_own(event)), None)


def _axis(record: Record) -> tuple[datetime, float]:
    """When the first resource began, and the seconds until the last was done."""
    start = min(change.started for change in record.actual)
    return start, max((max(change.finished for change in record.actual) - start).total_seconds(), 0.001)


def _bar(change: ActualChange, prefix: str, start: datetime, whole: float) -> Bar:
    took = (change.finished - change.started).total_seconds() / whole * 100
    width = max(min(change.seconds / whole * 100, took), NARROWEST)
    left = min((change.started - start).total_seconds() / whole * 100, 100 - width)
    failed = change.rollback is Rollback.FAILED
    return Bar(
        change,
        prefix + change.logical_id,
        left,
        width,
        max(left + took, left + width),
        tone(change.rollback) if failed else tone(change.happened),
        "falling" if failed else LOOKS.get(change.happened, "solid"),
        next((step.reason for step in change.steps if step.status.endswith("_FAILED") and step.reason), ""),
    )
