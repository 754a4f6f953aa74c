"""The recovery: one item, started only through an open gate.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html
"""

from collections.abc import Callable

from upgrade.catalogue import Finding, Severity, check, fail
from upgrade.facts.diagnosis import Failure
from upgrade.facts.operation import Ending, Operation

AT_REST = "UPDATE_ROLLBACK_COMPLETE"


@check(
    id="recovery",
    title="The rollback was continued and the stack came to rest",
    severity=Severity.BLOCKER,
    why="This is the recovery.",
    remedy="See what could not be taken back, mend it, and recover again.",
    requirements=("URS-39",),
    references=("https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html",),
)
def check_recovery(execute: Callable[[], Operation]) -> None:
    operation = execute()
    if operation.ending is Ending.COMPLETE:
        return
    found, findings = operation.diagnosis, []
    if found is not None and operation.ending is not Ending.UNKNOWN:
        findings += [_failure(each) for each in (found.cause, *found.not_undone) if each is not None]
        findings += [
            Finding(
                f"what failed in a nested stack can't be read: {nested}", "readable events of every nested stack", _SEE
            )
            for nested in found.unread
        ]
    fail(findings or [Finding(operation.detail, AT_REST, _WAYS_ON.get(operation.ending, _SEE))])


_SEE = "look at the stack's own events before you do anything else"
_WAYS_ON = {
    Ending.REFUSED: "nothing was executed: see to what it names, then run the same command again",
    Ending.UNKNOWN: "the rollback may still run: run the same command again, it takes the recovery up",
}


def _failure(failure: Failure) -> Finding:
    return Finding(
        found=f"{failure.resource}: {failure.reason}",
        expected="taken back by the rollback",
        remedy=failure.remedy,
        logical_id=failure.resource,
        physical_id=failure.event.physical_id,
    )
