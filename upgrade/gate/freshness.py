"""How old the facts may be that a check judges: a judgement on facts that are too old is none. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from upgrade.catalogue import Outcome, Phase, Severity, When
from upgrade.facts.reading import Reading
from upgrade.gate.ledger import Entry
from upgrade.gate.mode import Mode


def in_time(entry: Entry, mode: Mode) -> Entry:
    """A result as it is; if a fact was too old when it was judged, that the check can't tell."""
    if entry.started is None or entry.outcome is Outcome.ERROR:
        return entry
    old = _too_old(_aging(entry, mode), entry, entry.started)
    return replace(entry, outcome=Outcome.ERROR, findings=(), detail=old) if old else entry


def too_old_to_start(entries: Iterable[Entry], now: datetime) -> list[str]:
    """What the checks of the moment of execution rest on and is too old by now, a sentence a check."""
    starts = [each for each in entries if each.check.when is When.START and each.check.severity is Severity.BLOCKER]
    told = [(each, _too_old(each.reads, each, now)) for each in starts]
    return [f"{each.check.id}: {old}" for each, old in told if old]


def _aging(entry: Entry, mode: Mode) -> tuple[Reading, ...]:
    """The facts whose age matters: how things were before an upgrade is old by nature when it is compared with."""
    compares = entry.check.phase is Phase.POSTFLIGHT or mode is Mode.VERIFY
    return tuple(each for each in entry.reads if each.fact.startswith("after.") or not compares)


def _too_old(reads: Iterable[Reading], entry: Entry, now: datetime) -> str:
    """What is to be said of the oldest fact; empty if it is not too old."""
    oldest = min(reads, key=lambda each: each.at, default=None)
    if oldest is None or now - oldest.at <= timedelta(minutes=entry.check.max_age_minutes):
        return ""
    minutes = (now - oldest.at).total_seconds() / 60
    return (
        f"{oldest.fact} was read {minutes:.0f} minutes ago, more than {entry.check.max_age_minutes:g}: run again, or allow "
        f"more by max_age_minutes in [stacks.NAME.checks]"
    )
