"""UPDATE_COMPLETE does not prove that the application runs: the load balancer's own health checks do.

From v3.8 on the services group no longer waits for a signal, so the stack is complete while the machine still starts.
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html
"""

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable
from upgrade.facts.changes import Plan
from upgrade.facts.known import Fact, Known
from upgrade.facts.services import TargetGroup
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.health import is_as_before, is_healthy, serving


@check(
    id="targets-are-healthy-again",
    title="Every target group with targets is healthy",
    severity=Severity.BLOCKER,
    why="From v3.8 on UPDATE_COMPLETE no longer waits for the services machine, nor is it rolled back for it.",
    remedy="Look at the services machine's start log; its targets never became healthy in health_minutes.",
    requirements=("URS-37",),
    references=("https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html",),
    compares_baseline=True,
)
def check_targets_are_healthy_again(before: Snapshot, after: Snapshot, plan: Fact[Plan]) -> None:
    baseline, groups = before.target_groups.value, after.target_groups.value
    served = {name for groups_of in (baseline, groups) for name, group in groups_of.items() if serving(group)}
    changes = plan.value.changes if isinstance(plan, Known) else ()
    names = sorted(served - {change.logical_id for change in changes if change.action == "Remove"})
    if not names:
        not_applicable("no target group of this stack has targets, before or after")
    findings: list[Finding] = []
    warnings: list[Finding] = []
    for name in names:
        if not is_healthy(groups.get(name)):
            (warnings if is_as_before(baseline.get(name), groups.get(name)) else findings).append(
                _finding(name, groups.get(name))
            )
    fail(findings, warnings)


def _finding(name: str, group: TargetGroup | None) -> Finding:
    targets = [f"{t.id} {t.state}{f' ({t.reason})' if t.reason else ''}" for t in group.targets] if group else []
    return Finding(
        found=f"{name}: {', '.join(targets) or 'no target'}",
        expected="every target healthy",
        remedy="read the start log of the machine behind it, then the target's reason code",
        logical_id=name,
        physical_id=group.arn if group else "",
    )
