"""What still works in a deployment: jobs and worker machines. Pure."""

from collections.abc import Mapping

from upgrade.config.product import Workers
from upgrade.facts.compute import Instance, Launch, Machine, ScalingGroup, ScalingGroups
from upgrade.facts.known import Fact, Known, Unknown
from upgrade.facts.snapshot import Snapshot

LEAVING = ("Terminating", "Detaching")
"""Lifecycle states, and all that begin so, of a machine that will be gone by itself.
https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html"""

MOVING = frozenset({"CREATING", "UPDATING", "DELETING"})
"""States of Batch compute environments and job queues that end by themselves.
https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeEnvironmentDetail.html"""

POOLED = "Warmed:"
"""Machines of a warm pool: prepared, and nobody works on them."""


def worker_groups(groups: ScalingGroups, workers: Workers) -> Mapping[str, ScalingGroup]:
    """The groups on whose machines users' work runs."""
    key, value = workers.group_tag
    return {name: group for name, group in groups.items() if group.tags.get(key) == value}


def serving(group: ScalingGroup) -> tuple[Instance, ...]:
    """The machines of a group that may be at work."""
    return tuple(each for each in group.instances if not each.state.startswith((*LEAVING, POOLED)))


def in_service(launch: Launch) -> tuple[Machine, ...]:
    """The machines of a group that do their work."""
    return tuple(each for each in launch.machines if each.state == "InService")


def stands_still(before: Launch | None, now: Launch) -> bool:
    """Whether a group that had machines in service, and should have some, has none."""
    return before is not None and bool(in_service(before)) and now.desired > 0 and not in_service(now)


def can_start(group: ScalingGroup) -> bool:
    """Whether machines of a group may be started: it may grow, and nobody has suspended it."""
    return group.max_size > 0 and "Launch" not in group.suspended


def leaving(group: ScalingGroup) -> tuple[Instance, ...]:
    """The machines of a group that are on their way out."""
    return tuple(each for each in group.instances if each.state.startswith(LEAVING))


def at_work(snapshot: Snapshot, workers: Workers | None) -> Fact[frozenset[str]]:
    """Ids of everything that is at work; of what the product knows not, nothing."""
    asked = [snapshot.jobs, *([snapshot.groups, snapshot.workers] if workers else [])]
    for each in asked:
        if isinstance(each, Unknown):
            return each
    found = [job.id for queue in snapshot.jobs.value.values() for job in queue.jobs]
    if workers:
        groups = worker_groups(snapshot.groups.value, workers).values()
        found += [machine.id for group in groups for machine in serving(group)]
        found += [machine.id for machine in snapshot.workers.value]
    return Known(frozenset(found), snapshot.identity.at)
