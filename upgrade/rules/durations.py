"""How long earlier updates and their resources took, and what that says of one that runs: told, never judged. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from upgrade.facts.stack import Event
from upgrade.rules.actual import is_own

PATIENCE = 10 * 60.0
"""Seconds after which a resource is told at the earliest."""

BEGINS, ENDS = "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"
"""Of the stack itself: an update that went well."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the events of a stack tell of its updates that are complete."""

    updates: tuple[float, ...] = ()
    """Seconds each took, clean-up included, the newest first."""
    longest: Mapping[str, float] = field(default_factory=dict)
    """By logical id, the most seconds a resource took in one of them, clean-up left out."""


def earlier(events: Iterable[Event], token: str) -> Earlier:
    """Learn from a stack's events, in any order and as far back as they go; nothing from the update with this token."""
    updates, longest = list[float](), dict[str, float]()
    began: Event | None = None
    started, took = dict[str, datetime](), dict[str, float]()
    for event in sorted(events, key=_order):
        if not is_own(event):
            if event.status.endswith("_IN_PROGRESS"):
                started.setdefault(event.logical_id, event.at)
            elif (
                event.status.endswith("_COMPLETE") and event.status != "DELETE_COMPLETE" and event.logical_id in started
            ):
                took[event.logical_id] = (event.at - started[event.logical_id]).total_seconds()
        elif event.status == BEGINS:
            began, started, took = event, {}, {}
        elif not event.status.endswith("_IN_PROGRESS"):
            if began is not None and event.status == ENDS and began.token != token:
                updates.append((event.at - began.at).total_seconds())
                longest.update((name, max(seconds, longest.get(name, 0.0))) for name, seconds in took.items())
            began = None
    return Earlier(tuple(reversed(updates)), longest)


def expectation(known: Earlier) -> str:
    """One sentence on how long an update may take; empty where no earlier one tells."""
    if not known.updates:
        return ""
    which = "last update" if len(known.updates) == 1 else f"last {len(known.updates)} updates"
    return f"the {which} took {_between(min(known.updates), max(known.updates))}"


def stalls(running: Mapping[str, float], known: Earlier) -> dict[str, str]:
    """A sentence on each resource that takes far longer than it ever did.

    Args:
        running: by logical id, seconds for which it has been at work.
        known: how long it took before.
    """
    return {
        name: f"{name} has been at work for {_told(seconds)}; {_before(known.longest.get(name))}"
        for name, seconds in running.items()
        if seconds > max(2 * known.longest.get(name, 0.0), PATIENCE)
    }


def _before(longest: float | None) -> str:
    return (
        "no earlier update tells how long it takes" if longest is None else f"it never took more than {_told(longest)}"
    )


def _between(shortest: float, longest: float) -> str:
    low, high = _told(shortest), _told(longest)
    if low == high:
        return f"about {high}"
    if low.endswith(" min") or high.endswith(" s"):
        low = low.partition(" ")[0]
    return f"{low} to {high}"


def _told(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 60 else f"{seconds / 60:.0f} min"  # noqa: PLR2004


def _order(event: Event) -> tuple[datetime, int]:
    """By time; at the same time the stack begins before its resources, and rests after them."""
    if not is_own(event):
        return event.at, 1
    return event.at, 0 if event.status == BEGINS else 2
