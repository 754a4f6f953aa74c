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
    requirement="What depends on the deployment finds what it needs",
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html",),
)
def check_outputs_are_as_planned(after: Snapshot, before: Snapshot, entry: StackEntry) -> None:
    target = before.target.value if before.target else after.template.value
    stack = after.stack.value
    planned, live = planned_outputs(target, stack, entry), stack.outputs
    if not planned and not live:
        not_applicable("the target declares no outputs, and the stack has none")
    findings = [
        Finding(
            f"output {name} is {live.get(name, 'absent')!r}",
            f"{value!r}, as the target declares",
            _REMEDY,
            property=name,
        )
        for name, value in planned.items()
        if not isinstance(value, Unresolved) and live.get(name) != value
    ]
    findings += [
        Finding(f"output {name} is absent", "that it is there: the target declares it", _REMEDY, property=name)
        for name, value in planned.items()
        if isinstance(value, Unresolved) and name not in live
    ]
    findings += [
        Finding(
            f"output {name} is {live[name]!r}", "no such output: the target does not declare it", _REMEDY, property=name
        )
        for name in live
        if name not in planned
    ]
    fail(findings)
    open_ = sorted(name for name, value in planned.items() if isinstance(value, Unresolved))
    if open_:
        tell(f"there, with values that only AWS knows beforehand: {', '.join(open_)}")


_REMEDY = "compare with the target template; see the stack's events for who updated it since"
