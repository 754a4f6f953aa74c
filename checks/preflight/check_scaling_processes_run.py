"""The processes by which CloudFormation replaces machines run, and nothing else replaces them at the same time.

CloudFormation waits for what a suspended process would do until it times out; an instance refresh and a rolling update of
the same group work against each other. Other processes (AZRebalance, ScheduledActions …) stop no update.
https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html
"""

from collections.abc import Iterator

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable
from upgrade.facts.changes import Plan
from upgrade.facts.compute import Refresh, ScalingGroup
from upgrade.facts.known import Fact
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.relevance import by_relevance

NEEDED = ("Launch", "Terminate", "HealthCheck", "ReplaceUnhealthy")


@check(
    id="scaling-processes-run",
    title="No Auto Scaling group that changes is suspended or being refreshed",
    severity=Severity.BLOCKER,
    why="CloudFormation waits for machines that a suspended process never starts or ends, and then fails the update.",
    remedy="Resume the processes; wait until the instance refresh has ended.",
    requirements=("URS-33",),
    references=(
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html",
    ),
)
def check_scaling_processes_run(before: Snapshot, plan: Fact[Plan]) -> None:
    groups, refreshes = before.groups.value, before.refreshes.value
    if not groups:
        not_applicable("the stack has no Auto Scaling group")
    findings = (
        finding for name, group in groups.items() for finding in _findings(name, group, refreshes.get(name, ()))
    )
    fail(*by_relevance(findings, plan.value))


def _findings(name: str, group: ScalingGroup, refreshes: tuple[Refresh, ...]) -> Iterator[Finding]:
    if suspended := [process for process in NEEDED if process in group.suspended]:
        yield Finding(
            found=f"in {name} these processes are suspended: {', '.join(suspended)}",
            expected=f"{', '.join(NEEDED)} are not suspended",
            remedy="find out why they were suspended, and resume them",
            logical_id=name,
            physical_id=group.name,
            paste=f"aws autoscaling resume-processes --auto-scaling-group-name {group.name} "
            f"--scaling-processes {' '.join(suspended)}",
        )
    for refresh in refreshes:
        yield Finding(
            found=f"instance refresh {refresh.id} of {name} is {refresh.status}",
            expected="no instance refresh under way",
            remedy="wait until it has ended",
            logical_id=name,
            physical_id=group.name,
        )
