"""The instance types that the target launches are offered in the zones it launches them in.

Not every zone of a region has every type. A group of several zones goes on in the others.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-discovery.html
"""

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable
from upgrade.config.entry import StackEntry
from upgrade.facts.known import Unknown
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.machines import Launcher, launchers
from upgrade.rules.parameters import plan_parameters


@check(
    id="instance-types-are-offered",
    title="Instance types of the target are offered in the zones used",
    severity=Severity.BLOCKER,
    why="A machine of a type that its zone does not have can't start, and the one it replaces may be gone by then.",
    remedy="Choose a type that the zone offers, or other zones.",
    requirements=("URS-29",),
    references=("https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-discovery.html",),
)
def check_instance_types_are_offered(before: Snapshot, entry: StackEntry) -> None:
    stack, target, resources = before.stack.value, before.target.value, before.resources.value
    values = plan_parameters(entry, stack, target, {}).values
    planned = launchers(target, values, entry.region, resources)
    live = launchers(before.template.value, stack.parameters, entry.region, resources)
    used = [(name, type_, each) for name, each in planned.items() for type_ in each.types]
    if not used:
        not_applicable("the target launches no machine of a type that the template tells")
    new = {(name, type_) for name, type_, _ in used if name not in live or type_ not in live[name].types}
    findings: list[Finding] = []
    warnings: list[Finding] = []
    for name, type_, each in used:
        changes, read = (name, type_) in new, (before.instance_types, before.subnets)
        if not changes and (unread := [fact for fact in read if isinstance(fact, Unknown)]):
            warnings.append(_finding(name, type_, f"can't be looked up ({unread[0]})"))
            continue
        offered, zones = before.instance_types.value[type_].zones, _zones(before, each)
        missing = sorted(zones - set(offered))
        if missing or not offered:
            nowhere = not offered or zones.isdisjoint(offered)
            where = ", ".join(missing) if offered else entry.region
            # Elsewhere than nowhere a group still launches, and a type that runs already has been launched somehow.
            (findings if changes and nowhere else warnings).append(_finding(name, type_, f"is not offered in {where}"))
    fail(findings, warnings)


def _zones(before: Snapshot, launcher: Launcher) -> set[str]:
    subnets = before.subnets.value
    return {*launcher.zones, *(subnets[id_].zone for id_ in launcher.subnets if id_ in subnets)}


def _finding(name: str, type_: str, problem: str) -> Finding:
    return Finding(
        found=f"{name}: {type_} {problem}",
        expected="a type that its zones offer",
        remedy="choose a type that is offered there, or other zones",
        logical_id=name,
        physical_id=type_,
        property="InstanceType",
    )
