"""The stack has the tags it had and those that were added.

An update that sends tags replaces all of them: what is left out is lost, on the stack and on its resources.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-add-tags.html
"""

from collections.abc import Mapping

from upgrade.catalogue import Finding, Severity, check, fail, tell
from upgrade.config.entry import StackEntry
from upgrade.facts.snapshot import Snapshot
from upgrade.template.resolve import MASKED


@check(
    id="tags-are-as-planned",
    title="Every tag of the stack is there with its planned value",
    severity=Severity.BLOCKER,
    why="Cost reports, backups and access rules hang on tags; an update can lose all of them without a word.",
    remedy="Set the tags again: an update with all of them.",
    requirements=("URS-11",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-add-tags.html",),
)
def check_tags_are_as_planned(before: Snapshot, after: Snapshot, entry: StackEntry) -> None:
    planned = {**_own(before.stack.value.tags), **entry.tags}
    live = _own(after.stack.value.tags)
    masked = sorted(key for key, value in planned.items() if value == MASKED and key in live)
    fail(
        [
            _finding(key, live.get(key), value)
            for key, value in planned.items()
            if live.get(key) != value and key not in masked
        ],
        # Tags that a governance tool has added meanwhile take nothing away.
        [_finding(key, live[key], None) for key in live if key not in planned],
    )
    if masked:
        tell(f"secret, so not compared: {', '.join(masked)}")


def _own(tags: Mapping[str, str]) -> dict[str, str]:
    """Without those that AWS itself sets."""
    return {key: value for key, value in tags.items() if not key.startswith("aws:")}


def _finding(key: str, found: str | None, planned: str | None) -> Finding:
    return Finding(
        found=f"tag {key} is {'absent' if found is None else repr(found)}",
        expected="no such tag" if planned is None else f"{planned!r}, as planned",
        remedy="see the stack's events for who changed it",
        property=key,
    )
