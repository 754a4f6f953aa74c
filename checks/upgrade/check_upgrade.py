"""The upgrade: one item between the phases, started only through an open gate.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html
"""

from collections.abc import Callable, Iterator

from upgrade.catalogue import Finding, Severity, check, fail
from upgrade.facts.diagnosis import Diagnosis, Failure
from upgrade.facts.operation import Ending, Operation


@check(
    id="upgrade",
    title="The change set was executed and the update completed",
    severity=Severity.BLOCKER,
    why="This is the upgrade.",
    remedy="See the first cause; the stack's state and the way on are in the verdict.",
    requirements=("URS-16",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html",),
)
def check_upgrade(execute: Callable[[], Operation]) -> None:
    operation = execute()
    if operation.ending is Ending.COMPLETE:
        return
    failures = list(_failures(operation.diagnosis)) if operation.diagnosis else []
    if not failures or operation.ending is Ending.UNKNOWN:
        failures.append(Finding(operation.detail, "UPDATE_COMPLETE", _WAYS_ON[operation.ending]))
    fail(failures)


_SEE = "look at the stack's own events before you do anything else"
_WAYS_ON = {
    Ending.REFUSED: "nothing was executed: see to what it names, then run the gate again",
    Ending.UNKNOWN: "the update may still run: run the same command again, it takes the update up and judges the stack",
    Ending.ROLLED_BACK: _SEE,
    Ending.NEEDS_OPERATOR: _SEE,
}
"""Where no failure of a resource says what to do."""


def _failures(found: Diagnosis) -> Iterator[Finding]:
    """The first cause, what failed beside it, what could not be taken back; and what is not known of it."""
    if found.cause:
        yield _failure(found.cause, "UPDATE_COMPLETE")
    for failure in found.also:
        yield _failure(failure, "no other failure")
    for failure in found.not_undone:
        yield _failure(failure, "taken back by the rollback")
    for nested in found.unread:
        yield Finding(
            found=f"what failed in a nested stack can't be read: {nested}",
            expected="readable events of every nested stack",
            remedy="look at that stack's own events: the first failure lies there",
        )


def _failure(failure: Failure, expected: str) -> Finding:
    return Finding(
        found=f"{failure.resource}: {failure.reason}",
        expected=expected,
        remedy=failure.remedy,
        logical_id=failure.resource,
        physical_id=failure.event.physical_id,
    )
