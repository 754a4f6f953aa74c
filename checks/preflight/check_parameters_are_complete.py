"""Every parameter of the target has a value, and every configured one exists in it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from upgrade.catalogue import Finding, Severity, check, fail
from upgrade.config.entry import StackEntry
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.parameters import planned_for


@check(
    id="parameters-are-complete",
    title="Every new parameter has a value, and every configured one exists",
    severity=Severity.BLOCKER,
    why="Without a value CloudFormation refuses the update; a mistyped name leaves the real parameter as it was.",
    remedy="Write the value, or correct the name, in stacks.toml.",
    requirements=("URS-08",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html",),
)
def check_parameters_are_complete(before: Snapshot, entry: StackEntry) -> None:
    planned = planned_for(before, entry)
    fail(
        [
            Finding(
                found=problem.found,
                expected="a value for every parameter of the target, and no other",
                remedy=problem.remedy,
                property=problem.parameter,
                paste=problem.paste,
            )
            for problem in planned.problems
        ]
    )
