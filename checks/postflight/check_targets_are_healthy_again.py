"""UPDATE_COMPLETE does not prove that the application runs: the load balancer's own health checks do.

From v3.8 on the services group no longer waits for a signal, so the stack is complete while the machine still starts.
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html
"""

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable
from upgrade.facts.services import TargetGroup
from upgrade.facts.snapshot import Snapshot

NOT_SERVING = frozenset({"draining", "unused", "unhealthy.draining"})
"""Targets on their way out, or not attached to a listener: they say nothing about the application."""


@check(
    id="targets-are-healthy-again",
    title="Every target group with targets is healthy",
    severity=Severity.BLOCKER,
    why="From v3.8 on UPDATE_COMPLETE no longer waits for the services machine, nor is it rolled back for it.",
    remedy="Look at the services machine's start log; its targets never became healthy in health_minutes.",
    requirement="The application runs after the upgrade",
    references=("https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html",),
    compares_baseline=True,
)
def check_targets_are_healthy_again(before: Snapshot, after: Snapshot) -> None:
    groups = after.target_groups.value
    baseline = before.target_groups.value
    had_targets = {name for name, group in baseline.items() if serving(group)}
    if not had_targets and not any(serving(group) for group in groups.values()):
        not_applicable("no target group of this stack has targets, before or after")
    findings: list[Finding] = []
    warnings: list[Finding] = []
    for name in sorted(had_targets | groups.keys()):
        finding = _judge(name, groups.get(name), had_targets)
        if finding is not None:
            unhealthy_before = name in had_targets and not is_healthy(baseline[name])
            (warnings if unhealthy_before else findings).append(finding)
    fail(findings, warnings)


def serving(group: TargetGroup) -> tuple[str, ...]:
    """States of the targets that should serve."""
    return tuple(target.state for target in group.targets if target.state not in NOT_SERVING)


def is_healthy(group: TargetGroup) -> bool:
    """Whether the group has targets that should serve and all of them are healthy."""
    states = serving(group)
    return bool(states) and set(states) == {"healthy"}


def _judge(name: str, group: TargetGroup | None, had_targets: set[str]) -> Finding | None:
    if group is not None and (is_healthy(group) or (not serving(group) and name not in had_targets)):
        return None
    targets = (
        [] if group is None else [f"{t.id} {t.state}{f' ({t.reason})' if t.reason else ''}" for t in group.targets]
    )
    return Finding(
        found=f"{name}: {', '.join(targets) or 'no target'}",
        expected="every target healthy",
        remedy="read the start log of the machine behind it, then the target's reason code",
        logical_id=name,
        physical_id=group.arn if group else "",
    )
