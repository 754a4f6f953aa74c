"""The application is healthy before it is upgraded, and how healthy it was is the baseline for afterwards.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html
"""

from upgrade.catalogue import Finding, Severity, When, check, not_applicable, warn
from upgrade.facts.services import TargetGroup
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.health import NOT_SERVING, is_healthy, serving


@check(
    id="targets-are-healthy",
    title="Every target group with targets is healthy before the upgrade",
    severity=Severity.WARNING,
    when=When.START,
    why="What is unhealthy before an upgrade is nothing the checks afterwards can hold against it.",
    remedy="Look at the machine behind the targets; upgrade when the application is healthy, or know why it is not.",
    requirements=("URS-33",),
    references=("https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html",),
)
def check_targets_are_healthy(before: Snapshot) -> None:
    groups = {name: group for name, group in sorted(before.target_groups.value.items()) if serving(group)}
    if not groups:
        not_applicable("no target group of this stack has targets that should serve")
    warn([_finding(name, group) for name, group in groups.items() if not is_healthy(group)])


def _finding(name: str, group: TargetGroup) -> Finding:
    targets = [each for each in group.targets if each.state not in {*NOT_SERVING, "healthy"}]
    told = [f"{each.id} {each.state}{f' ({each.reason})' if each.reason else ''}" for each in targets]
    return Finding(
        found=f"{name}: {', '.join(told)}",
        expected="every target healthy",
        remedy="find out why before the upgrade: afterwards nobody can tell whether the upgrade did it",
        logical_id=name,
        physical_id=group.arn,
    )
