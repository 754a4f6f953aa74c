"""The upgrade starts inside the change window, where one is agreed."""

from datetime import datetime, timedelta

from upgrade.catalogue import Finding, Severity, When, check, fail, not_applicable, warn
from upgrade.config.entry import StackEntry
from upgrade.rules.moment import FORM, is_outside


@check(
    id="inside-the-change-window",
    title="The upgrade starts inside the agreed change window",
    severity=Severity.BLOCKER,
    when=When.START,
    why="Outside the window users work, and those who could help are not there.",
    remedy="Wait for the window, or have another one agreed.",
    requirements=("URS-20",),
)
def check_inside_the_change_window(entry: StackEntry, now: datetime) -> None:
    window = entry.change.window
    if window is None:
        not_applicable("no change window is configured")
    agreed = f"between {window.from_:{FORM}} and {window.to:{FORM}}"
    if is_outside(window, now):
        fail(
            [
                Finding(
                    f"it is {now:{FORM}}, outside the change window",
                    f"a start {agreed}",
                    "wait for the window, or have another one agreed",
                    property="change.window",
                )
            ]
        )
    end = now + timedelta(minutes=entry.minutes)
    if end > window.to:
        warn(
            [
                Finding(
                    found=f"an update of {entry.minutes:g} minutes from now may last until {end:{FORM}}",
                    expected=f"an end before {window.to:{FORM}}",
                    remedy="start earlier, or have a longer window agreed",
                    property="change.window",
                )
            ]
        )
