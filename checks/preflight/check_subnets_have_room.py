"""The subnets have addresses for the machines that the plan launches.

https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""

from upgrade.catalogue import Finding, Severity, check, not_applicable, warn
from upgrade.facts.changes import Plan
from upgrade.facts.known import Fact
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.machines import launchers
from upgrade.rules.relevance import touched


@check(
    id="subnets-have-room",
    title="Subnets have addresses for the machines that the plan launches",
    severity=Severity.WARNING,
    why="A machine that gets no address does not start; the one it replaces may be gone by then.",
    remedy="Free addresses in the subnet, or give the group another one.",
    requirements=("URS-29",),
    references=("https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",),
)
def check_subnets_have_room(before: Snapshot, plan: Fact[Plan]) -> None:
    changes, live, subnets = touched(plan.value), before.launches.value, before.subnets.value
    region, target = before.identity.value.region, before.target.value
    planned = launchers(target, plan.value.parameters, region, before.resources.value)
    found = {name: each for name, each in planned.items() if name in changes and each.subnets}
    if not found:
        not_applicable("the plan launches no machine into a subnet of which the template tells")
    findings = []
    for name, each in found.items():
        machines = max(each.machines, live[name].desired if name in live else 0)
        known = [subnets[id_] for id_ in each.subnets if id_ in subnets]
        if len(known) == len(each.subnets) and sum(subnet.free for subnet in known) < machines:
            told = ", ".join(f"{subnet.id} ({subnet.zone}): {subnet.free}" for subnet in known)
            findings.append(
                Finding(
                    found=f"{name} needs {machines} free addresses for its machines; left are: {told}",
                    expected=f"{machines} free addresses in its subnets",
                    remedy="free addresses in these subnets, or give the group another one",
                    logical_id=name,
                    physical_id=known[0].id,
                )
            )
    warn(findings)
