"""No machine is up on which users' work may run.

Stopped machines of a warm pool are prepared and idle; those terminating are given time to go.
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html
"""

from upgrade.catalogue import Finding, Severity, When, check, fail, not_applicable
from upgrade.config.product import Maintenance, Product
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.quiet import leaving, serving, worker_groups


@check(
    id="no-workers-running",
    title="No worker machine is in service",
    severity=Severity.BLOCKER,
    when=When.START,
    why="The update replaces the worker groups; whatever runs on their machines is lost.",
    remedy="Switch maintenance mode on: it terminates worker machines.",
    requirements=("URS-06",),
    references=("https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html",),
)
def check_no_workers_running(before: Snapshot, product: Product) -> None:
    if product.workers is None:
        not_applicable(f"product {product.name} has no worker machines")
    groups, alone = worker_groups(before.groups.value, product.workers), before.workers.value
    remedy = _remedy(product.maintenance)
    findings = [
        Finding(
            found=f"worker machine {machine.id} of {name} is {machine.state}",
            expected="no worker machine in service",
            remedy=remedy,
            logical_id=name,
            physical_id=machine.id,
        )
        for name, group in groups.items()
        for machine in (*serving(group), *leaving(group))
    ]
    findings += [
        Finding(
            f"dedicated worker machine {each.id} is {each.state}",
            "no worker machine in service",
            remedy,
            physical_id=each.id,
        )
        for each in alone
    ]
    fail(findings, [] if groups else [_untold(before, product)])


def _remedy(maintenance: Maintenance | None) -> str:
    how = f": {maintenance.how}" if maintenance else ""
    return f"switch maintenance mode on, which terminates worker machines{how}"


def _untold(before: Snapshot, product: Product) -> Finding:
    key, value = product.workers.group_tag if product.workers else ("", "")
    names = ", ".join(before.groups.value)
    return Finding(
        found=f"no Auto Scaling group carries the tag {key}={value} (there are: {names or 'none'})",
        expected="worker groups that can be told from others",
        remedy="make sure by hand that no worker machine is in service",
    )
