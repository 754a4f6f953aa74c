"""What became of the update we executed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from upgrade.facts.diagnosis import Diagnosis
from upgrade.facts.stack import Event


class Ending(StrEnum):
    """How an operation ended, as far as we know."""

    COMPLETE = "complete"
    ROLLED_BACK = "rolled back"
    NEEDS_OPERATOR = "needs operator"
    """UPDATE_ROLLBACK_FAILED and the like: only a person can leave that state."""
    UNKNOWN = "unknown"
    """Contact lost or time over while it ran: it may still run."""
    REFUSED = "refused"
    """Not executed: something moved between the judgement and the execution."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One execution of a change set, or one continuation of a rollback."""

    ending: Ending
    token: str
    """ClientRequestToken: `plimsoll-` and the run that executed, where we did. The change set is named after the run that
    planned."""
    change_set_arn: str
    """Empty where a rollback was continued."""
    started: datetime
    finished: datetime
    events: tuple[Event, ...]
    """Events of this operation, oldest first."""
    cause: Event | None
    """The earliest failure of the update itself, not of its rollback and nothing that only follows from another."""
    detail: str
    """One sentence: what happened, or what moved."""
    diagnosis: Diagnosis | None = None
    """None where nothing failed; also in records of earlier versions."""
    adopted_from: str = ""
    """The run that executed, where this one has only taken its update up; empty where it executed itself."""
    skipped: tuple[str, ...] = ()
    """What a rollback was continued without: `LogicalId` or `NestedStackName.LogicalId`."""
