"""What ends by itself if it is given time, before an upgrade and after: a transient state is no finding.

One row a fact; while a row waits for something, its fact is read again.
"""

from collections.abc import Callable
from dataclasses import dataclass

from upgrade.config.product import Product
from upgrade.facts.known import Known, Reason, Unknown
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.alarms import just_raised, raised
from upgrade.rules.application import unanswered
from upgrade.rules.health import passing, serving, waiting_for
from upgrade.rules.quiet import MOVING, leaving, stands_still, worker_groups

PASSING_SERVICE = frozenset({"modifying", "snapshotting", "updating", "processing a change"})
"""States of a search domain, a cache group or a file system that may end within minutes."""


@dataclass(frozen=True, slots=True)
class Settling:
    """A fact that may settle."""

    fact: str
    """Its name in a snapshot."""
    waits: Callable[[Snapshot, Snapshot, Product], list[str]]
    """Given how things were before, how they are now and the product: what is waited for, a few words each."""


def _databases(_: Snapshot, now: Snapshot, __: Product) -> list[str]:
    return passing(now.databases.value) if isinstance(now.databases, Known) else []


def _volumes(_: Snapshot, now: Snapshot, __: Product) -> list[str]:
    """Volumes being modified; optimizing one may take a day and is not waited for."""
    found = now.volumes.value if isinstance(now.volumes, Known) else {}
    return [f"volume {name} (modifying)" for name, volume in found.items() if volume.modification == "modifying"]


def _stateful_services(_: Snapshot, now: Snapshot, __: Product) -> list[str]:
    found = now.stateful_services.value if isinstance(now.stateful_services, Known) else {}
    return [f"{name} ({service.status})" for name, service in found.items() if service.status in PASSING_SERVICE]


def _workers(_: Snapshot, now: Snapshot, product: Product) -> list[str]:
    """Worker machines on their way out."""
    found = (
        worker_groups(now.groups.value, product.workers) if product.workers and isinstance(now.groups, Known) else {}
    )
    machines = [each for group in found.values() for each in leaving(group)]
    return [f"worker machine {each.id} ({each.state})" for each in machines]


def _refreshes(_: Snapshot, now: Snapshot, __: Product) -> list[str]:
    found = now.refreshes.value if isinstance(now.refreshes, Known) else {}
    return [f"instance refresh of {name} ({each.status})" for name, rows in found.items() for each in rows]


def _environments(_: Snapshot, now: Snapshot, __: Product) -> list[str]:
    found = now.environments.value if isinstance(now.environments, Known) else {}
    return [f"compute environment {name} ({each.status})" for name, each in found.items() if each.status in MOVING]


def _queues(_: Snapshot, now: Snapshot, __: Product) -> list[str]:
    found = now.queues.value if isinstance(now.queues, Known) else {}
    return [f"job queue {name} ({each.status})" for name, each in found.items() if each.status in MOVING]


def _launches(before: Snapshot, now: Snapshot, _: Product) -> list[str]:
    """Groups that had machines in service and have none yet."""
    was = before.launches.value if isinstance(before.launches, Known) else {}
    found = now.launches.value if isinstance(now.launches, Known) else {}
    return [f"a machine of {name}" for name, each in found.items() if stands_still(was.get(name), each)]


def _functions(_: Snapshot, now: Snapshot, __: Product) -> list[str]:
    found = now.functions.value if isinstance(now.functions, Known) else {}
    pending = [name for name, each in found.items() if isinstance(each, Known) and each.value.state == "Pending"]
    return [f"function {name} (Pending)" for name in pending]


def _target_groups(before: Snapshot, now: Snapshot, _: Product) -> list[str]:
    """Targets that are not yet as healthy as they were; an answer about them that may come the next time."""
    if isinstance(now.target_groups, Unknown):
        passing_fault = now.target_groups.reason in {Reason.THROTTLED, Reason.TIMED_OUT}
        return [f"an answer about target groups ({now.target_groups})"] if passing_fault else []
    baseline = before.target_groups.value if isinstance(before.target_groups, Known) else {}
    return waiting_for(baseline, now.target_groups.value)


def _joining(_: Snapshot, now: Snapshot, __: Product) -> list[str]:
    """Targets that were registered only now."""
    found = now.target_groups.value if isinstance(now.target_groups, Known) else {}
    return [f"{name} initial" for name, group in sorted(found.items()) if "initial" in serving(group)]


def _new_alarms(_: Snapshot, now: Snapshot, __: Product) -> list[str]:
    return just_raised(now.alarms.value, now.alarms.at) if isinstance(now.alarms, Known) else []


def _alarms(before: Snapshot, now: Snapshot, _: Product) -> list[str]:
    """Alarms that were not raised before."""
    was = raised(before.alarms.value) if isinstance(before.alarms, Known) else {}
    found = raised(now.alarms.value) if isinstance(now.alarms, Known) else {}
    return [f"alarm {name}" for name in found if name not in was]


def _answers(before: Snapshot, now: Snapshot, _: Product) -> list[str]:
    """Addresses of the application that do not answer well yet."""
    if not isinstance(now.answers, Known):
        return []
    baseline = before.answers.value if isinstance(before.answers, Known) else {}
    return [f"an answer of {address}" for address in unanswered(baseline, now.answers.value)]


def _version(_: Snapshot, now: Snapshot, __: Product) -> list[str]:
    """The version of an application that answers, but by its old machine, or not yet to this question."""
    probe = now.version_probe.value if isinstance(now.version_probe, Known) else None
    answers = now.answers.value.values() if isinstance(now.answers, Known) else ()
    comes = probe is not None and (probe.is_older or probe.at_least.passing)
    return ["the application's version"] if comes and any(answer.good for answer in answers) else []


BEFORE = (
    Settling("databases", _databases),
    Settling("groups", _workers),
    Settling("refreshes", _refreshes),
    Settling("environments", _environments),
    Settling("queues", _queues),
    Settling("volumes", _volumes),
    Settling("stateful_services", _stateful_services),
    Settling("functions", _functions),
    Settling("target_groups", _joining),
    Settling("alarms", _new_alarms),
)
AFTER = (
    Settling("target_groups", _target_groups),
    Settling("databases", _databases),
    Settling("alarms", _alarms),
    Settling("launches", _launches),
    Settling("answers", _answers),
    Settling("version_probe", _version),
)
