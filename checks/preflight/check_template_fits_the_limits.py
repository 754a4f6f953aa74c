"""The target and the templates nested in it keep CloudFormation's limits, and so do the stack's tags and triggers.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""

from collections.abc import Iterator

from upgrade.catalogue import Finding, Severity, check, fail, tell
from upgrade.config.entry import StackEntry
from upgrade.facts.known import Unknown
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.limits import IN_TREE, TAGS, TRIGGERS, Excess, excesses, size_of
from upgrade.rules.parameters import planned_for, pseudo_parameters
from upgrade.template.macros import unseen
from upgrade.template.tree import Branch, branches


@check(
    id="template-fits-the-limits",
    title="The target template and those nested in it keep CloudFormation's limits",
    severity=Severity.BLOCKER,
    why="What is too large CloudFormation refuses, a nested template only when the update has come to it.",
    remedy="Split the template; of a vendor's template tell the vendor.",
    requirements=("URS-25",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html",),
)
def check_template_fits_the_limits(before: Snapshot, entry: StackEntry) -> None:
    stack, nested = before.stack.value, before.nested_targets.value
    values = planned_for(before, entry).values
    tree = list(branches(before.target.value, values, pseudo_parameters(entry, stack), nested))
    fail(
        [_finding(each, branch.path) for branch in tree for each in excesses(branch.template)]
        + [_finding(each, "") for each in _of_the_whole(before, entry, tree)],
        [_unread(path, fact) for path, fact in nested.items() if isinstance(fact, Unknown)],
    )
    hidden = {unseen(branch.template) for branch in tree} - {""}
    if hidden:
        tell(f"not counted, since only CloudFormation knows it: {'; '.join(sorted(hidden))}")


def _of_the_whole(before: Snapshot, entry: StackEntry, tree: list[Branch]) -> Iterator[Excess]:
    stack = before.stack.value
    tags = {key for key in {**stack.tags, **entry.tags} if not key.startswith("aws:")}
    triggers = {*(arn for arn, _ in stack.rollback_triggers), *entry.rollback_triggers}
    for what, found, most in (
        ("resources in the stack and all nested in it", sum(map(size_of, tree)), IN_TREE),
        ("stack tags", len(tags), TAGS),
        ("rollback triggers", len(triggers), TRIGGERS),
    ):
        if found > most:
            yield Excess(what, found, most)


def _finding(excess: Excess, path: str) -> Finding:
    where = f"the template of nested stack {path}" if path else "the target template"
    return Finding(
        found=f"{where} has {excess.found:,} {excess.what}",
        expected=f"at most {excess.most:,}, CloudFormation's limit",
        remedy="make it smaller, or split it into nested stacks; if it is the vendor's, tell the vendor",
        logical_id=path,
        property=excess.what,
    )


def _unread(path: str, fact: Unknown) -> Finding:
    return Finding(
        found=f"the template of nested stack {path} was not looked at: {fact}",
        expected="a template that can be read before the update",
        remedy="look at it by hand; CloudFormation will, when the change set is made",
        logical_id=path,
    )
