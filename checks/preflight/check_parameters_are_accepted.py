"""The target template accepts every value it will get, those it takes over from the deployed stack as well.

A value that was legal for years may be refused by a new version's AllowedValues: the update fails before it begins.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from collections.abc import Mapping
from typing import Any

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable
from upgrade.config.entry import StackEntry
from upgrade.facts.known import Known
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.accepted import judge
from upgrade.rules.parameters import declarations, planned_for


@check(
    id="parameters-are-accepted",
    title="The target template accepts every planned parameter value",
    severity=Severity.BLOCKER,
    why="A value the new version no longer allows fails the upgrade, and nobody looks at values that stay as they are.",
    remedy="Give the parameter a value that the target allows.",
    requirements=("URS-08",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html",),
)
def check_parameters_are_accepted(before: Snapshot, entry: StackEntry) -> None:
    target = before.target.value
    declared = declarations(target)
    if not declared:
        not_applicable("the target template has no parameters")
    planned = planned_for(before, entry).values
    # Of what could not be read it is told that it was not: that it is not there nobody has said.
    stored = before.stored.value if isinstance(before.stored, Known) else {}
    existing = before.existing.value if isinstance(before.existing, Known) else {}
    findings, warnings = [], []
    for name, value in planned.items():
        verdict = judge(declared[name], value, stored, existing)
        findings += [_finding(name, problem, declared[name], entry) for problem in verdict.problems]
        warnings += [_untold(name, each) for each in verdict.untold]
    fail(findings, warnings)


def _finding(name: str, problem: str, declared: Mapping[str, Any], entry: StackEntry) -> Finding:
    why = declared.get("ConstraintDescription")
    return Finding(
        found=f"parameter {name}: {problem}",
        expected=str(why) if why else "a value that the target template allows",
        remedy=f"write a value that is allowed under [stacks.{entry.name}.parameters]",
        property=name,
        paste=f"{name} = …",
    )


def _untold(name: str, why: str) -> Finding:
    return Finding(
        found=f"parameter {name} was not judged: {why}",
        expected="a value that can be compared with what the template allows",
        remedy="compare it by hand; CloudFormation will, when the change set is made",
        property=name,
    )
