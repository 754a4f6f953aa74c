"""What the new version makes of parameters nobody decided on: new ones, changed defaults, removed ones.

A parameter that is not named keeps its value, whatever its default has become; a new one takes a default nobody has read.
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Parameter.html
"""

import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from upgrade.catalogue import Finding, Severity, check, not_applicable, warn
from upgrade.config.entry import StackEntry
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.confidential import is_named
from upgrade.rules.parameters import declarations, secret_names
from upgrade.template.functions import literal
from upgrade.template.resolve import MASKED


@check(
    id="parameter-changes-are-told",
    title="Every new parameter and every changed default is decided on",
    severity=Severity.WARNING,
    why="Defaults change for a reason, and a new parameter may switch something on; CloudFormation tells of neither.",
    remedy="Decide on each, and write the value you want into stacks.toml, be it the default.",
    requirements=("URS-08",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html",),
)
def check_parameter_changes_are_told(before: Snapshot, entry: StackEntry) -> None:
    deployed, target = declarations(before.template.value), declarations(before.target.value)
    if not deployed and not target:
        not_applicable("neither template has parameters")
    live, old, new = before.stack.value.parameters, _defaults(deployed), _defaults(target)
    named = {name for values in (live, old, new) for name, value in values.items() if is_named(name, value)}
    secrets = secret_names(before.template.value) | secret_names(before.target.value) | named
    undecided = {name: default for name, default in new.items() if name not in entry.parameters}

    def shown(name: str, value: str) -> str:
        return MASKED if name in secrets else repr(value)

    findings = [
        _undecided(name, f"is new and takes its default, {shown(name, default)}", default, secrets, entry)
        for name, default in undecided.items()
        if name not in live
    ]
    for name, default in undecided.items():
        if name in live and default not in {live[name], old.get(name)}:
            kept = "the old default" if live[name] == old.get(name) else "the value it has"
            told = f"keeps {kept}, {shown(name, live[name])}; the target's default is {shown(name, default)}"
            findings.append(_undecided(name, told, default, secrets, entry))
    findings += [
        _removed(name, shown(name, value))
        for name, value in live.items()
        if name not in target and value != old.get(name)
    ]
    warn(findings)


def _defaults(declared: Mapping[str, Any]) -> dict[str, str]:
    return {name: literal(each["Default"]) for name, each in declared.items() if "Default" in each}


def _undecided(name: str, told: str, default: str, secrets: AbstractSet[str], entry: StackEntry) -> Finding:
    return Finding(
        found=f"parameter {name} {told}",
        expected="a value for this stack that somebody has decided on",
        remedy=f"write the value you want under [stacks.{entry.name}.parameters]",
        property=name,
        paste="" if name in secrets else f"{name} = {json.dumps(default)}",
    )


def _removed(name: str, value: str) -> Finding:
    return Finding(
        found=f"parameter {name} does not exist in the target: its value here, {value}, is dropped",
        expected="a target that has the parameter, or a decision to do without",
        remedy="look in the release notes for what takes its place",
        property=name,
    )
