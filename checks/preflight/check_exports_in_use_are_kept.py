"""No export that another stack imports is removed or changed.

CloudFormation notices it at the very end of an update, and takes the whole update back.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
"""

from collections.abc import Iterator

from upgrade.catalogue import Finding, Severity, cannot_tell, check, fail, not_applicable
from upgrade.config.entry import StackEntry
from upgrade.facts.changes import Plan
from upgrade.facts.known import Fact, Unknown
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Stack
from upgrade.rules.exports import Endangered, endangered
from upgrade.rules.inputs import target_branches
from upgrade.rules.parameters import planned_for


@check(
    id="exports-in-use-are-kept",
    title="No export that another stack imports is removed or changed",
    severity=Severity.BLOCKER,
    why="CloudFormation refuses it only when everything else is done, and takes the whole update back.",
    remedy="Let the importing stack do without the export first, or keep the output and its export as they are.",
    requirements=("URS-27",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html",),
)
def check_exports_in_use_are_kept(before: Snapshot, entry: StackEntry, plan: Fact[Plan]) -> None:
    own = (before.stack.value, *before.nested.value)
    if not any(stack.exports for stack in own):
        not_applicable("the stack exports nothing")
    importers, names = before.importers.value, {stack.name for stack in own}
    blocking, told, unread = list[Finding](), list[Finding](), list[Finding]()
    for stack, each in _endangered(before, entry, plan.value):
        users = importers[each.name]
        if isinstance(users, Unknown):
            (unread if each.certain else told).append(_finding(stack, each, f"; who imports it is not known: {users}"))
        elif users.value:
            others = set(users.value) - names
            finding = _finding(stack, each, f", and {', '.join(users.value)} import{'s' * (len(users.value) == 1)} it")
            (blocking if each.certain and others else told).append(finding)
    fail(blocking, [*told, *unread] if blocking else [])
    cannot_tell(unread)
    fail([], told)


def _endangered(before: Snapshot, entry: StackEntry, plan: Plan) -> Iterator[tuple[Stack, Endangered]]:
    root, resources, nested = before.stack.value, before.resources.value, before.nested_targets.value
    values = planned_for(before, entry).values
    tree = target_branches(before.target.value, root, entry, values, resources=resources, nested=nested)
    branches = {branch.path: branch for branch in tree}
    paths = {each.physical_id: each.logical_id for each in resources}
    for stack in (root, *before.nested.value):
        path = "" if stack is root else paths[stack.arn]
        deployed = before.template.value if stack is root else None
        if path in branches or path not in nested:
            found = endangered(stack, deployed, branches.get(path), plan)
        else:
            why = f"the target template of nested stack {path} could not be read"
            found = (Endangered(name, why, certain=False) for name in stack.exports.values())
        yield from ((stack, each) for each in found)


def _finding(stack: Stack, each: Endangered, users: str) -> Finding:
    return Finding(
        found=f"export {each.name} of stack {stack.name}: {each.why}{users}",
        expected="an export that stays as it is for as long as another stack imports it",
        remedy="update the importing stack first so that it does without, or ask for a template that keeps the export",
        physical_id=stack.arn,
        property=each.name,
    )
