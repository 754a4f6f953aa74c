"""When is the application as healthy as before? Pure; used to know how long to wait."""

from upgrade.facts.services import Database, Databases, TargetGroup, TargetGroups

NOT_SERVING = frozenset({"draining", "unavailable", "unused", "unhealthy.draining"})
"""Targets on their way out, not attached to a listener, or never looked at: they say nothing about the application.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html"""

PASSING = frozenset({
    "backing-up", "configuring-enhanced-monitoring", "configuring-iam-database-auth", "configuring-log-exports",
    "converting-to-vpc", "maintenance", "modifying", "moving-to-vpc", "rebooting", "renaming",
    "resetting-master-credentials", "starting", "upgrading",
})  # fmt: skip
"""States of a database that end by themselves within minutes. `storage-optimization` may take days and is available.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html"""


def waiting_for(baseline: TargetGroups, now: TargetGroups) -> list[str]:
    """What is not yet as healthy as before, a text each; empty when there is nothing to wait for."""
    return [
        f"{name} {_states(now.get(name))}"
        for name in sorted(now)  # what is no longer in the stack, nobody waits for
        if not recovered(baseline.get(name), now.get(name))
    ]


def passing(databases: Databases) -> list[str]:
    """Databases in a state that will end by itself, a text each."""
    return [f"{name} {database.status}" for name, database in sorted(databases.items()) if database.status in PASSING]


def is_available(database: Database) -> bool:
    """Whether a database works; optimizing its storage it does, and that may last for days."""
    return database.status in {"available", "storage-optimization"}


def serving(group: TargetGroup | None) -> frozenset[str]:
    """States of the targets that should serve."""
    return frozenset(target.state for target in group.targets) - NOT_SERVING if group else frozenset()


def is_healthy(group: TargetGroup | None) -> bool:
    """Whether the group has targets that should serve, and all of them are healthy."""
    return serving(group) == {"healthy"}


def was_down(group: TargetGroup | None) -> bool:
    """Whether a group had targets that should serve, and none of them did or was about to."""
    states = serving(group)
    return bool(states) and states.isdisjoint({"healthy", "initial"})


def is_as_before(before: TargetGroup | None, now: TargetGroup | None) -> bool:
    """Whether a group that is not healthy was no healthier before: none of its targets served, or no fewer than now."""
    if was_down(before):
        return True
    return "healthy" in serving(now) and _unwell(now) <= _unwell(before)


def _unwell(group: TargetGroup | None) -> int:
    states = [target.state for target in group.targets] if group else []
    return len([state for state in states if state not in {*NOT_SERVING, "healthy"}])


def recovered(before: TargetGroup | None, now: TargetGroup | None) -> bool:
    """Whether a group is as healthy as before, and nothing is on its way."""
    if is_healthy(now):
        return True
    if not serving(now):  # targets register some time after the update; a group that had none need not get any
        return not serving(before)
    return is_as_before(before, now) and "initial" not in serving(now)


def _states(group: TargetGroup | None) -> str:
    states = sorted(serving(group))
    return "/".join(states) if states else "without targets"
