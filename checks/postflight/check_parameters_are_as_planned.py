"""The live parameters are those that were planned.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Parameter.html
"""

from upgrade.catalogue import Finding, Severity, check, fail, tell
from upgrade.config.entry import StackEntry
from upgrade.facts.changes import Plan
from upgrade.facts.known import Fact, Known
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.parameters import needs_actual, plan_parameters
from upgrade.template.resolve import MASKED


@check(
    id="parameters-are-as-planned",
    title="Every live parameter has its planned value",
    severity=Severity.BLOCKER,
    why="A value that is not the planned one was set by somebody else, or was never applied.",
    remedy="See the stack's events for who updated it, and compare the values.",
    requirements=("URS-09",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Parameter.html",),
)
def check_parameters_are_as_planned(before: Snapshot, plan: Fact[Plan], after: Snapshot, entry: StackEntry) -> None:
    planned, live = _planned(before, plan, entry), after.stack.value.parameters
    both = planned.keys() & live.keys()
    masked = sorted(name for name in both if MASKED in {planned[name], live[name]})
    fail(
        [
            Finding(
                found=f"parameter {name} is {_shown(live.get(name))}",
                expected=f"{_shown(planned.get(name))}, as planned",
                remedy="see the stack's events for who updated it since",
                property=name,
            )
            for name in sorted(planned.keys() | live.keys())
            if name not in masked and planned.get(name) != live.get(name)
        ]
    )
    if masked:
        tell(f"secret, so not compared: {', '.join(masked)}")


def _planned(before: Snapshot, plan: Fact[Plan], entry: StackEntry) -> dict[str, str]:
    """What the change set says; without one, what the configuration asks for."""
    if isinstance(plan, Known):
        return dict(plan.value.parameters)
    target = before.target.value
    databases = before.databases.value if needs_actual(entry) else {}
    return dict(plan_parameters(entry, before.stack.value, target, databases).values)


def _shown(value: str | None) -> str:
    return "absent" if value is None else repr(value)
