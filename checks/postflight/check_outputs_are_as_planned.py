"""The stack's outputs are those that the target declares, with the values that can be known.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html
"""

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable, tell
from upgrade.config.entry import StackEntry
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.outputs import planned_outputs
from upgrade.template.functions import Unresolved


@check(
    id="outputs-are-as-planned",
    title="The stack has the outputs that the target declares",
    severity=Severity.BLOCKER,
    why="Other stacks and people's scripts read outputs; one that is gone or has another value breaks them later.",
    remedy="Compare the outputs with the target template, and find out who updated the stack since.",
    requirements=("URS-27",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html",),
)
def check_outputs_are_as_planned(after: Snapshot, before: Snapshot, entry: StackEntry) -> None:
    target = before.target.value
    stack = after.stack.value
    planned, live = planned_outputs(target, stack, entry), stack.outputs
    if not (planned.values or planned.perhaps or planned.loops or live):
        not_applicable("the target declares no outputs, and the stack has none")
    wrong = [
        (name, f"{value!r}, as the target declares")
        for name, value in planned.values.items()
        if not isinstance(value, Unresolved) and live.get(name) != value
    ]
    wrong += [
        (name, "that it is there: the target declares it")
        for name, value in planned.values.items()
        if isinstance(value, Unresolved) and name not in live
    ]
    if not planned.loops:
        known = planned.values.keys() | planned.perhaps
        wrong += [(name, "no such output: the target does not declare it") for name in live if name not in known]
    fail([_finding(name, live.get(name), expected) for name, expected in wrong])
    untold = [name for name, value in planned.values.items() if isinstance(value, Unresolved)]
    untold += sorted(planned.perhaps & live.keys())
    if untold:
        tell(f"there, with values that only AWS knows beforehand: {', '.join(untold)}")


def _finding(name: str, found: str | None, expected: str) -> Finding:
    return Finding(
        found=f"output {name} is {'absent' if found is None else repr(found)}",
        expected=expected,
        remedy="compare with the target template; see the stack's events for who updated it since",
        property=name,
    )
