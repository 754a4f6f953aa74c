"""Acme's firewall is told addresses by hand: the network team has to know when the load balancer is made anew."""

from upgrade.catalogue import Finding, Severity, check, warn
from upgrade.facts.changes import Plan
from upgrade.facts.known import Fact

TYPE = "AWS::ElasticLoadBalancingV2::LoadBalancer"


@check(
    id="acme-firewall-is-told",
    title="The load balancer keeps its addresses",
    severity=Severity.WARNING,
    why="A new load balancer has new addresses, and Acme's firewall lets only the old ones through.",
    remedy="Tell the network team before the change window.",
)
def check_acme_firewall_is_told(plan: Fact[Plan]) -> None:
    """On facts of Plimsoll's: `plan` makes it a check on the plan."""
    warn(
        [
            Finding(
                found=f"{change.logical_id} is {change.action}, replacement {change.replacement}",
                expected="the load balancer stays",
                remedy="tell the network team before the change window",
                logical_id=change.logical_id,
            )
            for change in plan.value.changes
            if change.type == TYPE and (change.action != "Modify" or change.replacement != "False")
        ]
    )
