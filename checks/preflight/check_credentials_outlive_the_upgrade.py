"""The executing credentials are still valid when the update ends.

Without a service role CloudFormation works with the caller's session: when that ends, so does the update, half-way. With
one only the watching ends.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
"""

from datetime import datetime, timedelta

from upgrade.catalogue import Finding, Severity, When, check, fail, warn
from upgrade.config.entry import StackEntry
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.moment import has_role, too_short

UNSEEN = timedelta(hours=1)
"""How long a session lasts of which nothing says when it ends: the default of AssumeRole.
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"""


LONGER = (
    "sign in for longer (role-duration-seconds, --duration-seconds; of a role, raise its maximum session duration); or lower "
    "minutes, if the upgrade never takes so long"
)


@check(
    id="credentials-outlive-the-upgrade",
    title="The executing credentials outlive the update",
    severity=Severity.BLOCKER,
    when=When.START,
    why="Where CloudFormation works with the caller's session, the update fails when the session ends.",
    remedy="Sign in anew or ask for a longer session, or let CloudFormation use a service role.",
    requirements=("URS-20",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html",),
)
def check_credentials_outlive_the_upgrade(before: Snapshot, entry: StackEntry, now: datetime) -> None:
    credentials, role = before.credentials.value, has_role(before)
    # A session that follows helps to watch; the one CloudFormation works with was handed over when the update began.
    if not credentials.temporary or (credentials.renewable and role):
        return
    needed = now + timedelta(minutes=entry.minutes)
    ends = credentials.expires or now + UNSEEN
    if ends >= needed:
        return
    finding = Finding(
        found=f"the AWS session ends at {ends:%Y-%m-%d %H:%M %Z}"
        + ("" if credentials.expires else " at the earliest: its end is not known, so one hour is assumed"),
        expected=f"a session valid until {needed:%Y-%m-%d %H:%M %Z}, {entry.minutes:g} minutes from now",
        remedy=LONGER
        + ("; or set service_role_arn, so that CloudFormation does not work with your session" if not role else ""),
    )
    if too_short(entry, before, now):
        fail([finding])
    warn([finding])
