"""Lambda still takes updates of the functions that the plan changes.

Some time after the support of a runtime has ended, Lambda refuses to create functions with it, and later to update them;
what exists goes on running. The dates are shipped with this version: their age is told.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable, tell
from upgrade.facts.changes import Plan, ResourceChange
from upgrade.facts.known import Fact
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.relevance import touched
from upgrade.rules.runtimes import runtimes
from upgrade.template.functions import Unresolved
from upgrade.template.resolve import NO_VALUE, Resolver

FUNCTION = "AWS::Lambda::Function"
ASIDE = frozenset({"Tags", "Metadata", "CreationPolicy", "UpdatePolicy", "DeletionPolicy", "UpdateReplacePolicy"})
"""Changes of these alone leave the function as it is."""


@check(
    id="runtimes-can-be-updated",
    title="Lambda still updates functions of the planned runtimes",
    severity=Severity.BLOCKER,
    why="Lambda refuses to update a function whose runtime is past its last date, and the update fails.",
    remedy="Ask the vendor for a target whose functions have a supported runtime.",
    requirements=("URS-29",),
    references=("https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html",),
)
def check_runtimes_can_be_updated(before: Snapshot, plan: Fact[Plan], now: datetime) -> None:
    changes, planned, today = touched(plan.value), _runtimes(before, plan.value), now.date()
    unseen = [each for each in plan.value.changes if each.type == FUNCTION and each.logical_id not in planned]
    hidden = [each.logical_id for each in unseen if each.action != "Remove"]
    if not planned and not hidden:
        not_applicable("the target has no Lambda function")
    findings = list[Finding]()
    warnings = [_finding(name, "has a runtime that the target template does not tell", today) for name in hidden]
    for name, runtime in planned.items():
        refused, problem = _problem(runtime, changes.get(name), today)
        if problem:
            (findings if refused else warnings).append(_finding(name, problem, today))
    fail(findings, warnings)
    tell(runtimes().age(today))


def _runtimes(before: Snapshot, plan: Plan) -> Mapping[str, Any]:
    """The planned runtime of every function of the target, none for a container image."""
    target = before.target.value
    resolver = Resolver(target, plan.parameters, {"AWS::Region": before.identity.value.region})
    declared: Any = target.body["Resources"]
    return {
        name: resolver.property(name, "Runtime")
        for name, exists in resolver.active().items()
        if exists is not False and declared[name].get("Type") == FUNCTION
    }


def _problem(runtime: Any, change: ResourceChange | None, today: date) -> tuple[bool, str]:
    """Whether Lambda refuses what is planned, and what is wrong; an empty text if nothing is."""
    if runtime is NO_VALUE:
        return False, ""
    if isinstance(runtime, Unresolved):
        return False, f"has a runtime that only AWS knows: {runtime.why}"
    if (dates := runtimes().lifecycles.get(str(runtime))) is None:
        return False, f"has runtime {runtime}, of which this version of Plimsoll knows no dates"
    making = change is not None and (change.action == "Add" or change.replacement == "True")
    last = dates.create if making else dates.update
    if _updates(change) and last is not None and last <= today:
        return (
            True,
            f"has runtime {runtime}; since {last} Lambda refuses to {'create' if making else 'update'} functions of it",
        )
    if dates.deprecated is not None and dates.deprecated <= today:
        until = f"; updates are refused from {dates.update} on" if dates.update else ""
        return False, f"has runtime {runtime}, without support since {dates.deprecated}{until}"
    return False, ""


def _updates(change: ResourceChange | None) -> bool:
    if change is None or change.action == "Remove":
        return False
    return not change.scope or not ASIDE.issuperset(change.scope)


def _finding(name: str, problem: str, today: date) -> Finding:
    return Finding(
        found=f"{name} {problem}",
        expected=f"a runtime whose functions Lambda still creates and updates ({runtimes().age(today)})",
        remedy=f"ask the template's author for a newer runtime; dates of all runtimes: {runtimes().source}",
        logical_id=name,
        property="Runtime",
    )
