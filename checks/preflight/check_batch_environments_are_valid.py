"""Batch takes changes of the stack's compute environments and queues.

An environment that is INVALID, or does not come out of a change, takes no update, and a queue no environment that is not
VALID. Whether one is enabled does not matter: a disabled one is valid too.
https://docs.aws.amazon.com/batch/latest/userguide/invalid_compute_environment.html
"""

from collections.abc import Container, Iterator

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable
from upgrade.facts.changes import Plan
from upgrade.facts.compute import Environment, Queue
from upgrade.facts.known import Fact
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.quiet import MOVING
from upgrade.rules.relevance import by_relevance, touched

REMEDIES = {
    "INVALID": "correct what Batch names as the reason",
    **dict.fromkeys(
        MOVING, "wait until Batch has changed it; if that does not end, correct what it names as the reason"
    ),
}


@check(
    id="batch-environments-are-valid",
    title="Batch compute environments and job queues are valid",
    severity=Severity.BLOCKER,
    why="Batch refuses to change an environment that is invalid or stuck in a change, and the update fails.",
    remedy="Correct what the status reason names, or wait until the change is over.",
    requirements=("URS-33",),
    references=("https://docs.aws.amazon.com/batch/latest/userguide/invalid_compute_environment.html",),
)
def check_batch_environments_are_valid(before: Snapshot, plan: Fact[Plan]) -> None:
    environments, queues = before.environments.value, before.queues.value
    if not environments and not queues:
        not_applicable("the stack has no Batch compute environment and no job queue")
    fail(*by_relevance(_findings(before, touched(plan.value)), plan.value))


def _findings(before: Snapshot, changes: Container[str]) -> Iterator[Finding]:
    environments, queues = before.environments.value, before.queues.value
    yield from (_finding(name, each) for name, each in environments.items() if each.status != "VALID")
    yield from (_finding(name, each) for name, each in queues.items() if each.status != "VALID")
    bad = {each.arn: name for name, each in environments.items() if each.status != "VALID"}
    for name, queue in queues.items():
        for arn in queue.environments:
            if name in changes and arn in bad:
                yield Finding(
                    found=f"{name} uses {bad[arn]}, which is not VALID",
                    expected="a queue whose compute environments are VALID",
                    remedy=f"correct {bad[arn]} first",
                    logical_id=name,
                    physical_id=queue.arn,
                )


def _finding(name: str, each: Environment | Queue) -> Finding:
    return Finding(
        found=f"{name} is {each.status}" + (f": {each.reason}" if each.reason else ""),
        expected="VALID",
        remedy=REMEDIES.get(each.status, "Plimsoll does not know this status: look at it in the Batch console"),
        logical_id=name,
        physical_id=each.arn,
    )
