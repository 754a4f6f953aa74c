"""The same upgrade has succeeded on another stack, not long ago.

Read from that run's evidence, which has to lie in the evidence folder of this run.
"""

from datetime import datetime, timedelta

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable, tell
from upgrade.config.entry import StackEntry
from upgrade.facts.review import Review
from upgrade.facts.snapshot import Snapshot

DAYS = 90
"""How old a rehearsal may be, unless a threshold says otherwise."""


@check(
    id="was-rehearsed",
    title="The upgrade has been rehearsed on another stack",
    severity=Severity.BLOCKER,
    why="What has never been upgraded anywhere is tried for the first time in production.",
    remedy="Upgrade the stack of the rehearsal to this very template, with evidence in the same folder.",
    requirements=("URS-21",),
)
def check_was_rehearsed(before: Snapshot, entry: StackEntry, review: Review, now: datetime) -> None:
    stack = entry.change.rehearsed_on
    if stack is None:
        not_applicable("no rehearsal is asked for")
    target, days = before.target.value, entry.checks.threshold("was-rehearsed", DAYS)
    same = [each for each in review.rehearsals if each.template_sha256 == target.sha256]
    good = [each for each in same if each.verdict == "UPGRADED"]
    if good and now - good[0].finished <= timedelta(days=days):
        tell(f"rehearsed on {stack}, {good[0].finished:%Y-%m-%d %H:%M %Z}: {good[0].bundle}")
    if good:
        found = f"{stack} was upgraded to this template on {good[0].finished:%Y-%m-%d}, more than {days:g} days ago"
    elif same:
        found = f"the upgrade of {stack} to this template ended in {same[0].verdict}: {same[0].bundle}"
    elif review.rehearsals:
        found = f"{stack} was upgraded, but not to this template (sha256 {target.sha256})"
    else:
        found = f"there is no evidence of an upgrade of {stack}"
    fail(
        [
            Finding(
                found=found,
                expected=f"{stack} UPGRADED to this template within {days:g} days",
                remedy=f"upgrade {stack} first; evidence that lies elsewhere has to be copied into this run's folder",
                property="change.rehearsed_on",
                paste=f"pytest --stack {stack} --upgrade",
            )
        ]
    )
