"""What the plan adds or replaces fits into the account's quotas.

A replacement stands beside what it replaces for a while, so all of it counts.
https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html
"""

from collections import Counter

from upgrade.catalogue import Finding, Severity, check, not_applicable, warn
from upgrade.facts.changes import Plan
from upgrade.facts.known import Fact
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.machines import ENVIRONMENT, launchers
from upgrade.rules.quotas import EIPS, ENVIRONMENTS, service_of, vcpu_quota
from upgrade.rules.relevance import touched

COUNTED = {"AWS::EC2::EIP": EIPS, ENVIRONMENT: ENVIRONMENTS}


@check(
    id="quotas-leave-room",
    title="The account's quotas leave room for what the plan adds or replaces",
    severity=Severity.WARNING,
    why="A machine, address or Batch environment beyond a quota can't be made, and the update fails.",
    remedy="Ask for a higher quota; it may take a day.",
    requirements=("URS-29",),
    references=("https://docs.aws.amazon.com/servicequotas/latest/userguide/request-quota-increase.html",),
)
def check_quotas_leave_room(before: Snapshot, plan: Fact[Plan]) -> None:
    needs = _vcpus(before, plan.value)
    for change in plan.value.changes:
        if change.type in COUNTED and (change.action == "Add" or change.replacement == "True"):
            needs[COUNTED[change.type]] += 1
    if not needs:
        not_applicable("the plan adds and replaces no machine, address or Batch environment")
    quotas = before.quotas.value
    warn(
        [
            Finding(
                found=f"{quotas[code].name}: {quotas[code].used} of {quotas[code].limit:g} in use, and the plan needs {need}",
                expected=f"room for {need} more",
                remedy="ask for a higher quota, or free some of it",
                physical_id=code,
                paste=f"aws service-quotas request-service-quota-increase --service-code {service_of(code)} "
                f"--quota-code {code} --desired-value {quotas[code].used + need}",
            )
            for code, need in sorted(needs.items())
            if code in quotas and quotas[code].used + need > quotas[code].limit
        ]
    )


def _vcpus(before: Snapshot, plan: Plan) -> Counter[str]:
    """By quota, the vCPUs of the machines that the plan launches: as many as the group has or should have."""
    changes, live, types = touched(plan), before.launches.value, before.instance_types.value
    region, target = before.identity.value.region, before.target.value
    needs: Counter[str] = Counter()
    for name, each in launchers(target, plan.parameters, region, before.resources.value).items():
        machines = max(each.machines, live[name].desired if name in live else 0)
        known = [types[type_] for type_ in each.types if type_ in types and vcpu_quota(type_)]
        if name in changes and machines and known:
            largest = max(known, key=lambda type_: type_.vcpus)
            needs[vcpu_quota(largest.name)] += machines * largest.vcpus
    return needs
