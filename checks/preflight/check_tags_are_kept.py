"""The change set keeps the tags of the stack.

A request that sends tags replaces all of them: what is left out is lost, on the stack and on its resources.
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
"""

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable, tell
from upgrade.config.entry import StackEntry
from upgrade.facts.changes import Plan
from upgrade.facts.known import Fact
from upgrade.facts.snapshot import Snapshot


@check(
    id="tags-are-kept",
    title="The change set keeps every tag of the stack",
    severity=Severity.BLOCKER,
    why="Cost reports, backups and access rules hang on tags; an update can lose all of them without a word.",
    remedy="Find out why the tag is left out, and make the change set again.",
    requirements=("URS-11",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html",),
)
def check_tags_are_kept(before: Snapshot, plan: Fact[Plan], entry: StackEntry) -> None:
    made, live = plan.value, before.stack.value.tags
    present = {key: value for key, value in live.items() if not key.startswith("aws:")}
    if not present:
        not_applicable("the stack has no tags")
    if not made.tags and made.status != "CREATE_COMPLETE":
        not_applicable(f"there is no change set to execute: it is {made.status}")
    if not made.tags and entry.tags.items() <= present.items():
        tell("the request sends no tags, so CloudFormation keeps all of them")
    kept = {**present, **entry.tags}
    fail([_finding(key, made.tags.get(key), kept[key]) for key in present if made.tags.get(key) != kept[key]])


def _finding(key: str, planned: str | None, value: str) -> Finding:
    return Finding(
        found=f"the change set {'leaves out' if planned is None else f'sets {planned!r} as the value of'} tag {key}",
        expected=f"tag {key} = {value!r}",
        remedy="run again; if it stays so, find out what changes tags in this account",
        property=key,
    )
