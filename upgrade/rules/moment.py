"""What holds at one moment and not at another, by the clock alone. Pure.

Judged by checks, and once more right before executing: making a change set may take half an hour.
"""

from datetime import datetime, timedelta

from upgrade.config.entry import StackEntry
from upgrade.config.tables import Window
from upgrade.facts.known import Known
from upgrade.facts.snapshot import Snapshot

FORM = "%Y-%m-%d %H:%M %Z"


def is_outside(window: Window, now: datetime) -> bool:
    """Whether nothing may be started now."""
    return not window.from_ <= now <= window.to


def too_short(entry: StackEntry, before: Snapshot, now: datetime) -> datetime | None:
    """When the executing session ends, if that is while CloudFormation still works with it; None if it is not.

    A session of which nothing says when it ends is not among them.
    """
    credentials = before.credentials.value if isinstance(before.credentials, Known) else None
    if credentials is None or not credentials.temporary or has_role(before):
        return None
    needed = now + timedelta(minutes=entry.minutes)
    return credentials.expires if credentials.expires and credentials.expires < needed else None


def has_role(before: Snapshot) -> bool:
    """Whether CloudFormation works with a role of its own rather than with the caller's session."""
    return not isinstance(before.service_role, Known) or before.service_role.value is not None


def passed(entry: StackEntry, before: Snapshot, now: datetime) -> list[str]:
    """What held when it was judged and no longer does, a sentence each."""
    found = []
    if entry.change.window is not None and is_outside(entry.change.window, now):
        found.append(f"it is {now:{FORM}}, outside the change window")
    if ends := too_short(entry, before, now):
        found.append(f"the session ends at {ends:{FORM}}, before an update of {entry.minutes:g} minutes would")
    return found
